import type { ProviderDefinition } from './definition.ts'
import type { Params } from './params.ts'

/**
 * What is asked for: the given scopes, else the definition's own, and those that always belong to it (without
 * `offline_access` a jira grant has no refresh token); none where a param stands for them.
 */
export function requestedScopes(
  { authorization, link }: ProviderDefinition,
  given: readonly string[] | undefined,
  params: Params = {},
): readonly string[] {
  const scopes = authorization?.scopes
  if (scopes?.unless !== undefined && Object.hasOwn(params, scopes.unless)) return []
  const asked = given ?? scopes?.default ?? link?.scopes.default ?? []
  if (!scopes?.always) return asked
  const missing = scopes.always.filter((scope) => !asked.includes(scope))
  return missing.length > 0 ? [...asked, ...missing] : asked
}
