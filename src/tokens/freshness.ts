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

/** The tokens with one chain put in another's place; a refresh token that did not come again is kept. */
export function replaceChain(
  tokens: ConnectionTokens,
  name: string | undefined,
  fresh: TokenChain,
): ConnectionTokens {
  const old = chainOf(tokens, name)
  const kept: TokenChain =
    fresh.refreshToken === undefined && old?.refreshToken !== undefined
      ? {
          ...fresh,
          refreshToken: old.refreshToken,
          ...(!fresh.refreshTokenExpiresAt &&
            old.refreshTokenExpiresAt && { refreshTokenExpiresAt: old.refreshTokenExpiresAt }),
        }
      : fresh
  if (name !== undefined) return { ...tokens, additional: { ...tokens.additional, [name]: kept } }
  return {
    ...kept,
    ...(tokens.standsFor !== undefined && { standsFor: tokens.standsFor }),
    ...(tokens.additional && { additional: tokens.additional }),
  }
}
