import type { ConnectionTokens, TokenChain } from '../types.ts'

const maxSkew = 5 * 60_000

/** Whether a token lives longer than the skew: the smaller of 5 min and a tenth of its lifetime (DESIGN §3). */
export function isFresh(chain: TokenChain, obtainedAt: Date, now: number, skew?: number): boolean {
  if (!chain.expiresAt) return true
  const end = chain.expiresAt.getTime()
  const lifetime = Math.max(0, end - obtainedAt.getTime())
  return end - now > (skew ?? Math.min(maxSkew, lifetime / 10))
}

export function isAlive(chain: TokenChain, now: number): boolean {
  return !chain.expiresAt || chain.expiresAt.getTime() > now
}

/** The chain of a name: the connection's own without one, an additional one by its name. */
export function chainOf(tokens: ConnectionTokens, name: string | undefined): TokenChain | undefined {
  if (name === undefined || name === tokens.standsFor) return tokens
  const { additional } = tokens
  return additional && Object.hasOwn(additional, name) ? additional[name] : undefined
}

/** All chains with their names; `undefined` names the connection's own. */
export function chainsOf(tokens: ConnectionTokens): [string | undefined, TokenChain][] {
  return [[undefined, tokens], ...Object.entries(tokens.additional ?? {})]
}

/** Whether two states of a chain are different tokens. */
export function isOther(a: TokenChain | undefined, b: TokenChain | undefined): boolean {
  return a?.accessToken !== b?.accessToken || a?.refreshToken !== b?.refreshToken
}

/** The tokens with one chain in another's place. */
export function putChain(
  tokens: ConnectionTokens,
  name: string | undefined,
  chain: TokenChain,
): ConnectionTokens {
  if (name !== undefined) return { ...tokens, additional: { ...tokens.additional, [name]: chain } }
  const { standsFor: _standsFor, additional: _additional, ...own }: ConnectionTokens = chain
  return {
    ...own,
    ...(tokens.standsFor !== undefined && { standsFor: tokens.standsFor }),
    ...(tokens.additional && { additional: tokens.additional }),
  }
}

/** What a refresh answered, with the old refresh token where none came anew (RFC 6749 §6). */
export function keepRefreshToken(fresh: TokenChain, old: TokenChain): TokenChain {
  if (fresh.refreshToken !== undefined || old.refreshToken === undefined) return fresh
  const end = fresh.refreshTokenExpiresAt ?? old.refreshTokenExpiresAt
  return { ...fresh, refreshToken: old.refreshToken, ...(end && { refreshTokenExpiresAt: end }) }
}
