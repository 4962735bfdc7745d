import { defineProvider } from '../provider/define.ts'
import type { ProviderDefinition } from '../provider/definition.ts'
import { nearest } from '../provider/nearest.ts'
import { isDefinitionFile, readDefinitionFile } from './definition-file.ts'
import { usageFailure } from './exit-codes.ts'

/** A built-in definition by id or alias, or the one in a file of the user's own. */
export async function findDefinition(name: string): Promise<ProviderDefinition> {
  const { findProvider, providers } = await import('../../providers/index.ts')
  const builtIn = findProvider(name)
  if (builtIn) return builtIn
  if (isDefinitionFile(name)) return onlyDefinition(name)
  const names = providers.flatMap((each: ProviderDefinition) => [each.id, ...(each.aliases ?? [])])
  const near = nearest(name, names)
  throw usageFailure(
    `there is no integration "${name}"${near === undefined ? '' : `; did you mean "${near}"?`}`,
    '`npx latchkey providers` lists them. A definition of your own is given by its file: ./acme.json',
  )
}

async function onlyDefinition(path: string): Promise<ProviderDefinition> {
  const [first, ...more] = await readDefinitionFile(path)
  if (first === undefined || more.length > 0)
    throw usageFailure(`${path} holds ${more.length + 1} definitions, and this command takes one`)
  return defineProvider(first)
}
