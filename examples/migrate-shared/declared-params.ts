import type { ProviderDefinition } from 'latchkey'

/**
 * What a definition declares, under its own name (`realmId`) or in snake case (`realm_id`). Trusted params are left out:
 * those belong in the client's options.
 */
export function declaredParams(
  { params = {} }: ProviderDefinition,
  values: Readonly<Record<string, unknown>>,
): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [name, { trusted }] of Object.entries(params)) {
    const value = values[name] ?? values[name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)]
    if (!trusted && (typeof value === 'string' || typeof value === 'number')) found[name] = String(value)
  }
  return found
}
