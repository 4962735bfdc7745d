import type { ProviderDefinition } from './definition.ts'

/**
 * What is asked for: the given scopes, else the definition's own, and those that always belong to it (without
 * `offline_access` a jira grant has no refresh token).
 */
export function requestedScopes(
  { authorization, link }: ProviderDefinition,
  given: readonly string[] | undefined,
): readonly string[] {
  const scopes = authorization?.scopes
  const asked = given ?? scopes?.default ?? link?.scopes.default ?? []
  const missing = (scopes?.always ?? []).filter((scope) => !asked.includes(scope))
  return missing.length > 0 ? [...asked, ...missing] : asked
}
