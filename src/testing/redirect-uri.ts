import type { Simulation } from './simulation.ts'

/** A redirect URI with parameters added to what it has already (RFC 6749 §3.1.2). */
export function withParams(redirectUri: string, params: readonly (readonly [string, string])[]): string {
  const url = new URL(redirectUri)
  for (const [name, value] of params) url.searchParams.append(name, value)
  return url.href
}

/** Whether a URL is a registered redirect URI but for parameters that the client added. */
export function isRegistered(simulation: Simulation, text: string): boolean {
  if (!URL.canParse(text)) return false
  const given = new URL(text)
  return simulation.redirectUris.some((registered) => {
    const own = new URL(registered)
    return (
      `${own.origin}${own.pathname}` === `${given.origin}${given.pathname}` &&
      [...own.searchParams].every(([name, value]) => given.searchParams.get(name) === value)
    )
  })
}
