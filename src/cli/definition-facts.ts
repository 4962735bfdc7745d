import type { ParamDefinition, ProviderDefinition } from '../provider/definition.ts'

/** Params by who gives them: the user, or only whoever configures the client. Captured ones are nobody's to give. */
export function paramsOf(
  { params = {} }: ProviderDefinition,
  giver: 'user' | 'client',
): readonly (readonly [string, ParamDefinition])[] {
  return Object.entries(params).filter(([, { trusted = false, from = 'user' }]) => {
    if (trusted) return giver === 'client'
    return giver === 'user' && [from].flat().includes('user')
  })
}

/** A value for each param that a user must give: the definition's own examples. */
export function requiredExamples(definition: ProviderDefinition): Readonly<Record<string, string>> {
  const needed = paramsOf(definition, 'user').filter(([, { required }]) => required)
  return Object.fromEntries(needed.map(([name, { example }]) => [name, example]))
}

/** Scopes that are asked for where nobody names others. */
export function defaultScopes({ authorization, link }: ProviderDefinition): readonly string[] {
  const scopes = authorization?.scopes
  const asked = scopes?.default ?? link?.scopes.default ?? []
  return [...new Set([...asked, ...(scopes?.always ?? [])])]
}
