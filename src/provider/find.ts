import type { ProviderDefinition } from './definition.ts'

/** Case and the word separator are spelling, not identity: `Google_Calendar` is `google-calendar`. */
function spelling(name: string): string {
  return name.trim().toLowerCase().replaceAll('_', '-')
}

/** The definition with this id or alias, however it is spelled; `undefined` where there is none. */
export function findByName(
  definitions: readonly ProviderDefinition[],
  idOrAlias: string,
): ProviderDefinition | undefined {
  const wanted = spelling(idOrAlias)
  return definitions.find(({ id, aliases = [] }) =>
    [id, ...aliases].some((name) => spelling(name) === wanted),
  )
}
