import { type ClientContext, connectionKey } from '../context.ts'
import { isOAuthError, type OAuthError } from '../errors/oauth-error.ts'
import { reportError } from '../hooks.ts'
import type { Connection, ConnectionKey, ConnectionRef, ConnectionTokens, TokenChain } from '../types.ts'
import { toConnection } from './connection-record.ts'
import { chainOf, chainsOf, isAlive } from './freshness.ts'
import { assertActive, markEnded } from './grant-end.ts'
import { type Held, hold } from './held.ts'
import type { Lease } from './refresh-lease.ts'
import { createRefresher, type Reason } from './refresher.ts'
import { until } from './until.ts'

/** ms that a caller whose token still lives waits for a refresh, be it that of another process. */
const patience = 2_000

/** Hands out tokens that live (DESIGN §3 getAccessToken). */
export function createTokenKeeper(context: ClientContext) {
  const { clock, provider } = context
  const refresher = createRefresher(context)
  const { refreshOnce, isDue } = refresher

  /** The token of a name, also of the first one's own; `params_invalid` where the connection has none called so. */
  function pick(tokens: ConnectionTokens, name: string | undefined): TokenChain {
    const isFirst = name === provider.tokenResponse?.tokenName && tokens.standsFor === undefined
    const chain = isFirst ? tokens : chainOf(tokens, name)
    if (chain) return chain
    throw context.fail({ code: 'params_invalid', detail: `this connection has no token called "${name}"` })
  }

  async function withoutRefreshToken(
    { record }: Held,
    chain: TokenChain,
    rejected: string | undefined,
  ): Promise<string> {
    if (chain.accessToken === rejected)
      throw context.fail({
        code: 'refresh_unsupported',
        detail: 'the token was refused and this connection has no refresh token',
      })
    if (isAlive(chain, clock())) return chain.accessToken
    throw await markEnded(context, record, undefined)
  }

  /**
   * A refresh ahead of time, for a token that still lives. A store that fails and a holder of the lease that is slow or
   * dead cost the caller nothing but its patience.
   */
  async function refreshAhead(
    key: ConnectionKey,
    { record }: Held,
    chain: TokenChain,
    name: string | undefined,
  ): Promise<string> {
    const waited = refresher.runningFor(key) ?? 0
    const refreshing = refreshOnce(key, {}).then(
      ({ tokens }) => pick(tokens, name).accessToken,
      (error: unknown) => {
        if (!isOAuthError(error) || !['store_failed', 'timeout'].includes(error.code)) throw error
        reportError(context, error, toConnection(record))
        return chain.accessToken
      },
    )
    // Whoever has stopped waiting must not leave a rejection behind that nobody handles.
    refreshing.catch(() => undefined)
    if (waited >= patience) return chain.accessToken
    let timer: ReturnType<typeof setTimeout> | undefined
    const enough = new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve(chain.accessToken), patience - waited)
    })
    return Promise.race([refreshing, enough]).finally(() => clearTimeout(timer))
  }

  return {
    exclusively: refresher.exclusively,

    /**
     * For a process that ends: what is under way is finished, and what is unsaved is saved, each in `ms` at most. Answers
     * how many connections' tokens had to be given up.
     */
    async settle(ms: number): Promise<number> {
      await until(refresher.idle(), ms)
      const lost = await context.unsaved.flush(context, ms)
      await until(refresher.released(), ms)
      return lost
    },
    pick,

    /** For whoever has the lease already: the connection with tokens that live, as far as that can be had. */
    async renewHeld(key: ConnectionKey, lease: Lease): Promise<Held> {
      try {
        return await refresher.refreshInsideLease(key, lease, {})
      } catch (error) {
        if (!isOAuthError(error)) throw error
        return hold(context, key)
      }
    },

    async getAccessToken(
      ref: ConnectionRef,
      {
        rejected,
        token: name,
      }: { readonly rejected?: string | undefined; readonly token?: string | undefined } = {},
    ): Promise<string> {
      const key = connectionKey(context, ref)
      const held = await hold(context, key)
      assertActive(context, held.record)
      const chain = pick(held.tokens, name)
      if (!isDue(chain, held.record, { rejected })) return chain.accessToken
      if (chain.refreshToken === undefined) return withoutRefreshToken(held, chain, rejected)
      if (chain.accessToken !== rejected && isAlive(chain, clock()))
        return refreshAhead(key, held, chain, name)
      const joined = refresher.runningFor(key) !== undefined
      const refreshed = pick((await refreshOnce(key, { rejected })).tokens, name)
      // A refresh that others had begun for another reason may have left this chain as it was.
      const isGood = refreshed.accessToken !== rejected && isAlive(refreshed, clock())
      if (isGood || !joined) return refreshed.accessToken
      return pick((await refreshOnce(key, { rejected })).tokens, name).accessToken
    },

    /** An API has said that the grant is over. It counts only against the very token that was used. */
    async grantEnded(key: ConnectionKey, used: string, because: OAuthError): Promise<void> {
      const { record, tokens } = await hold(context, key)
      if (tokens.accessToken === used) await markEnded(context, record, because)
      // One of several tokens has ended; the others are not its victims.
      else if (chainsOf(tokens).some(([, { accessToken }]) => accessToken === used))
        reportError(context, because, toConnection(record))
    },

    /** Unconditional (RFC 6749 §6). Also the way out of `reconnect_required` when the provider takes the grant again. */
    async refresh(ref: ConnectionRef): Promise<Connection> {
      const key = connectionKey(context, ref)
      const { tokens } = await hold(context, key)
      if (!chainsOf(tokens).some(([, chain]) => chain.refreshToken !== undefined))
        throw context.fail({ code: 'refresh_unsupported', detail: 'this connection has no refresh token' })
      return toConnection((await refreshOnce(key, { force: true })).record)
    },

    /** For sweeps: renews what is due, as it is by the time that this process has the lease. */
    renew: (key: ConnectionKey, isDue: NonNullable<Reason['isDue']>) => refreshOnce(key, { isDue }),

    /** For sweeps: marks a connection that has ended and cannot be renewed. */
    async endIfOver(key: ConnectionKey): Promise<void> {
      const { record, tokens } = await hold(context, key)
      assertActive(context, record)
      if (tokens.refreshToken === undefined && !isAlive(tokens, clock()))
        throw await markEnded(context, record, undefined)
    },
  }
}

export type TokenKeeper = ReturnType<typeof createTokenKeeper>
