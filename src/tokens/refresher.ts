import { type ClientContext, speaks, templateParams } from '../context.ts'
import { tracedRefresh } from '../diagnostics.ts'
import type { OAuthErrorCode } from '../errors/codes.ts'
import { isOAuthError, type OAuthError } from '../errors/oauth-error.ts'
import { runHook } from '../hooks.ts'
import { encodeConnectionKey } from '../stores/connection-key.ts'
import type { ConnectionKey, StoredConnection, TokenChain } from '../types.ts'
import { createBackOff } from './back-off.ts'
import { toConnection } from './connection-record.ts'
import { chainOf, chainsOf, isAlive, isFresh, isOther, keepRefreshToken } from './freshness.ts'
import { assertActive, judgeEnded, looksTake } from './grant-end.ts'
import { type Held, hold } from './held.ts'
import { createRefreshLease, type Lease } from './refresh-lease.ts'
import { refreshAttempts, requestRefresh } from './refresh-request.ts'
import { saveRenewed } from './save-renewed.ts'

/** What makes a refresh necessary. */
export interface Reason {
  /** A token an API has just refused. */
  readonly rejected?: string | undefined
  /** Whatever the expiry says. */
  readonly force?: boolean
  /** Instead of the expiry. A failure is then told, also where the old token would do. */
  readonly isDue?: (chain: TokenChain, record: StoredConnection) => boolean
}

/** What has come of it. `renewed`: the provider has answered with new tokens just now, to this process. */
export interface Refreshed extends Held {
  readonly renewed: boolean
}

const storeAllowance = 5_000
/** What a provider's answer, or the lack of one, can say without ending the grant. */
const transient = new Set<OAuthErrorCode>([
  'timeout',
  'network',
  'provider_error',
  'rate_limited',
  'html_response',
  'malformed_response',
  'response_too_large',
  'unexpected_redirect',
])

/** One refresh a connection, whatever number of callers and processes (DESIGN §3 getAccessToken). */
export function createRefresher(context: ClientContext) {
  const { clock, provider, unsaved } = context
  const inFlight = new Map<string, { readonly since: number; readonly refreshed: Promise<Refreshed> }>()
  const backOff = createBackOff(clock)
  const chainCount = 1 + Object.keys(provider.tokenResponse?.additionalTokens ?? {}).length
  /** Outlives every attempt of every chain, the looks at a grant that seems dead, and the writes between them. */
  const leaseMs =
    chainCount * (context.timeout * refreshAttempts + looksTake + storeAllowance) + storeAllowance
  const { exclusively, released } = createRefreshLease(context, leaseMs)

  function isDue(chain: TokenChain, record: StoredConnection, reason: Reason): boolean {
    if (reason.force || chain.accessToken === reason.rejected) return true
    if (reason.isDue) return reason.isDue(chain, record)
    return !isFresh(chain, record.refreshedAt, clock(), context.refreshSkew)
  }

  /** Callers in this process share one refresh; other processes are held off by the lease. */
  function refreshOnce(key: ConnectionKey, reason: Reason): Promise<Refreshed> {
    const id = encodeConnectionKey(key)
    const running = inFlight.get(id)
    if (running) return running.refreshed
    const inLease = () => exclusively(id, (lease) => refreshInsideLease(key, lease, reason))
    const refreshed = tracedRefresh(key, inLease, ({ renewed }) => {
      if (!renewed) return 'unchanged'
      return unsaved.get(id) ? 'unsaved' : 'refreshed'
    }).finally(() => inFlight.delete(id))
    inFlight.set(id, { since: performance.now(), refreshed })
    return refreshed
  }

  /** For whoever has the lease. */
  async function refreshInsideLease(key: ConnectionKey, lease: Lease, reason: Reason): Promise<Refreshed> {
    const id = encodeConnectionKey(key)
    let held = await hold(context, key)
    let renewed = false
    if (!reason.force) assertActive(context, held.record)
    for (const [name] of chainsOf(held.tokens)) {
      // Looked up anew each time: the one before may have brought somebody else's newer record.
      const chain = chainOf(held.tokens, name)
      if (chain?.refreshToken === undefined || !isDue(chain, held.record, reason)) continue
      const paused = reason.force ? undefined : backOff.current(id)
      if (paused) {
        if (isDispensable(chain, reason)) continue
        throw paused
      }
      const used = { ...chain, refreshToken: chain.refreshToken }
      const refreshed = await refreshChain(lease, held, name, used, reason)
      held = refreshed
      renewed ||= refreshed.renewed
    }
    return { record: held.record, tokens: held.tokens, renewed }
  }

  /** Whether whoever asked can do with the old token for now. */
  function isDispensable(chain: TokenChain, reason: Reason): boolean {
    return !reason.force && !reason.isDue && chain.accessToken !== reason.rejected && isAlive(chain, clock())
  }

  async function refreshChain(
    lease: Lease,
    held: Held,
    name: string | undefined,
    chain: TokenChain & { readonly refreshToken: string },
    reason: Reason,
  ): Promise<Refreshed> {
    const asItIs = (found: Held) => ({ ...found, renewed: false })
    const id = encodeConnectionKey(held.record)
    /** What somebody else has stored by now, or else the error. */
    const othersOr = async (error: OAuthError) => {
      const now = await hold(context, held.record)
      if (isOther(chainOf(now.tokens, name), chain)) return asItIs(now)
      throw error
    }
    if (!speaks(context, 'oauth2')) return asItIs(held)
    try {
      const params = templateParams(context, held.record)
      const maySend = () => lease.isGoodFor(context.timeout)
      const answer = await requestRefresh(context, chain, params, held.record, maySend)
      if (answer.dead) return asItIs(await judgeEnded(context, held, name, answer.dead))
      // The provider says that somebody has just refreshed, or they could have: this process has lost the lease.
      if (answer.conflict) return await othersOr(answer.conflict)
      const chains = new Map([[name, keepRefreshToken(answer.chain, chain)]])
      const obtainedAt = new Date(clock())
      const renewed = { chains, obtainedAt, params: answer.captured, status: 'active' } as const
      const saved = await saveRenewed(context, held, renewed)
      backOff.succeeded(id)
      const connection = toConnection(saved.record)
      await runHook(context, 'onRefreshed', () => context.hooks.onRefreshed?.({ connection }), connection)
      return { ...saved, renewed: true }
    } catch (error) {
      if (!isOAuthError(error)) throw error
      if (!transient.has(error.code)) throw error
      backOff.failed(id, error)
      if (isDispensable(chain, reason)) return asItIs(held)
      throw error
    }
  }

  return {
    exclusively,
    released,
    isDue,
    refreshOnce,
    refreshInsideLease,
    /** Resolves when every refresh that is under way has come to its end. */
    idle: (): Promise<unknown> =>
      Promise.allSettled([...inFlight.values()].map(({ refreshed }) => refreshed)),
    /** ms since which a refresh of this connection is under way in this process. */
    runningFor(key: ConnectionKey): number | undefined {
      const running = inFlight.get(encodeConnectionKey(key))
      return running && performance.now() - running.since
    },
  }
}
