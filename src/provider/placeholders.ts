import type { ProviderDefinition } from './definition.ts'

const clientValues = ['clientId', 'clientSecret']
const grantValues = [...clientValues, 'redirectUri', 'scope']
const requestValues = [...clientValues, 'accessToken']
const pageValues = [...clientValues, 'userId', 'scopes', 'completionUri']

/** What a flow fills besides params and derived values, by the part of a definition; the first that fits holds. */
const flowValues: readonly (readonly [
  part: RegExp,
  protocol: string | undefined,
  names: readonly string[],
])[] = [
  // No code exchange has a token yet.
  [/^token\.basicCredentials\./, 'oauth2', clientValues],
  [/\.basic(?:Credentials)?\./, undefined, requestValues],
  [/^(?:api\.credential|identity\.request|discovery|revocation\.lookup)\./, undefined, requestValues],
  [/^authorization\./, undefined, ['clientId', 'redirectUri']],
  [/^link\.create\.json\./, 'plaid-link', pageValues],
  [/^link\.update\.json\./, 'plaid-link', [...pageValues, 'accessToken']],
  [/^link\.session\.json\./, 'plaid-link', [...clientValues, 'linkToken']],
  [/^token\.json\./, 'plaid-link', [...clientValues, 'publicToken']],
  [/^(?:link|token)\./, 'plaid-link', clientValues],
  [/^(?:token|longLived)\./, 'oauth2', grantValues],
  [/^refresh\./, 'oauth2', [...grantValues, 'accessToken', 'refreshToken']],
  [/^revocation\./, undefined, [...clientValues, 'redirectUri', 'accessToken', 'refreshToken']],
  [/^history\./, undefined, ['since', 'until', 'position']],
]

/** Names a param cannot have: a template could not tell it from a value of the flow, and params are kept in clear. */
export const reservedNames: readonly string[] = [...new Set(flowValues.flatMap(([, , names]) => names))]

/**
 * Text that is no template: prose, patterns, paths into an answer, names of parameters, words to look for. Whatever is
 * not named here is taken for one, so that a new field is checked from its first day.
 */
const noTemplates: readonly RegExp[] = [
  /^(?:\$schema|id|name|category|aliases|docs|checked|lifecycle|setup|quirks|protocol|credentials)(?:\.|$)/,
  /^params\.[^.]+\.(?!default$)/,
  /^derived\.[^.]+\.from$/,
  /^tokenResponse\./,
  /^callback\.(?!match\.)/,
  /^authorization\.(?:scopes|additionalScopes)\./,
  /^link\.(?:token|url|publicToken|exit|scopes)(?:\.|$)/,
  /\.(?:when|pattern|extract|parameter)$/,
  /\.capture\./,
  /\.choose\.(?!where\.equals$)/,
  /^history\.(?:timeFormat|items|emptyWith|id|time|total)(?:\.|$)/,
  /^history\.page\.(?!resource$)/,
  /\.(?:dead|transient|conflict|gone|expired|notExpired|ended|rateLimited|rateLimitReset|notReady)\./,
]

const placeholder = /\{([A-Za-z][A-Za-z0-9]*)\}/g
const onePlaceholder = /^\{[A-Za-z][A-Za-z0-9]*\}$/

/** Every string of a definition with its path. */
export function* strings(value: unknown, path = ''): Generator<readonly [path: string, text: string]> {
  if (typeof value === 'string') yield [path, value]
  else if (typeof value === 'object' && value !== null)
    for (const [key, inner] of Object.entries(value)) yield* strings(inner, path ? `${path}.${key}` : key)
}

/** The placeholders of a text. In a JSON body only a string that is nothing else is one: GraphQL is full of braces. */
function placeholdersIn(path: string, text: string): string[] {
  if (noTemplates.some((each) => each.test(path))) return []
  if (/\.json(?:\.|$)/.test(path) && !onePlaceholder.test(text)) return []
  return [...text.matchAll(placeholder)].map(([, name = '']) => name)
}

/** Placeholders that nothing fills, by their path. */
export function unfilledPlaceholders(definition: ProviderDefinition): string[] {
  const own = [...Object.keys(definition.params ?? {}), ...Object.keys(definition.derived ?? {})]
  const mistakes: string[] = []
  for (const [path, text] of strings(definition)) {
    const flow = flowValuesAt(definition, path)
    for (const name of placeholdersIn(path, text)) {
      if (flow.includes(name)) continue
      if (!own.includes(name))
        mistakes.push(`${path}: nothing is called "${name.slice(0, 60)}"; ${choice([...own, ...flow])}`)
      // A derived value can be made from the flow's, so it is checked wherever it is used.
      else if (!path.startsWith('derived.'))
        for (const inner of namesBehind(definition, name))
          if (!own.includes(inner) && !flow.includes(inner))
            mistakes.push(`${path}: "${name}" is made from "${inner}", which nothing fills here`)
    }
  }
  return mistakes
}

function flowValuesAt(definition: ProviderDefinition, path: string): readonly string[] {
  if (path.startsWith('derived.')) return reservedNames
  const part = flowValues.find(
    ([place, protocol]) => place.test(path) && (protocol ?? definition.protocol) === definition.protocol,
  )
  return part?.[2] ?? []
}

/** Every name that a param's default or a derived value leads to; its own too, where it leads back to itself. */
export function namesBehind(definition: ProviderDefinition, start: string): ReadonlySet<string> {
  const { params = {}, derived = {} } = definition
  const leadsTo = (name: string): readonly string[] => {
    const fallback = Object.hasOwn(params, name) ? params[name]?.default : undefined
    if (fallback !== undefined) return placeholdersIn(`params.${name}.default`, fallback)
    const rule = Object.hasOwn(derived, name) ? derived[name] : undefined
    if (!rule) return []
    return [rule.from, ...rule.cases.flatMap(({ value }) => placeholdersIn(`derived.${name}.value`, value))]
  }
  const found = new Set<string>()
  const open = [...leadsTo(start)]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (!found.has(name)) open.push(...leadsTo(name))
    found.add(name)
  }
  return found
}

function choice(names: readonly string[]): string {
  if (names.length === 0) return 'no value can stand here'
  const list = names.map((name) => `{${name}}`).join(', ')
  return `what can stand here: ${list.length > 200 ? `${list.slice(0, 199)}…` : list}`
}
