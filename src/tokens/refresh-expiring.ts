import type { RefreshExpiringOptions, RefreshExpiringResult } from '../client-types.ts'
import type { ClientContext } from '../context.ts'
import { isOAuthError, type OAuthError } from '../errors/oauth-error.ts'
import { reportError } from '../hooks.ts'
import type { ConnectionFilter, StoredConnection, TokenChain } from '../types.ts'
import { checkNumber } from './check-number.ts'
import { toConnection } from './connection-record.ts'
import { eachOf } from './each-of.ts'
import { chainsOf, isAlive } from './freshness.ts'
import { openPacked, unpackTokens } from './sealed-tokens.ts'
import type { TokenKeeper } from './token-keeper.ts'

const day = 86_400_000
const defaultWithin = 10 * 60_000
/** Where nobody knows how long a refresh token lives unused, or it is long. */
const mostIdle = 30 * day
const defaultConcurrency = 8
/** ms that a sweep pauses at most when the provider asks for fewer requests. */
const mostPause = 60_000

/** What ends soon, access token by access token, or has not been used for long. */
interface Due {
  readonly filter: ConnectionFilter
  isDue(chain: TokenChain, record: StoredConnection): boolean
}

/**
 * Refreshes what is due, a bounded number at a time, reading the store as it goes. Several processes can do it at once:
 * each reads in an order of its own, and inside the lease a connection is looked at again.
 */
export async function refreshExpiring(
  context: ClientContext,
  keeper: TokenKeeper,
  options: RefreshExpiringOptions = {},
): Promise<RefreshExpiringResult> {
  const { concurrency = defaultConcurrency, signal, onProgress } = options
  const { within, idleFor } = chosenTimes(context, options)
  const counts = { refreshed: 0, failed: 0, reconnectRequired: 0 }
  if (context.provider.protocol !== 'oauth2') return counts
  const startedAt = context.clock()
  let resumeAt = 0

  async function renew(record: StoredConnection, { isDue }: Due): Promise<void> {
    await pauseUntil(resumeAt, signal)
    if (signal?.aborted) return
    const state = stateOf(context, record, isDue)
    if (state === 'alive') return
    let outcome: keyof typeof counts
    try {
      const renewed = state === 'due' && (await keeper.renew(record, isDue)).renewed
      if (state === 'over') await keeper.endIfOver(record)
      if (!renewed) return
      outcome = 'refreshed'
    } catch (error) {
      if (!isOAuthError(error)) throw error
      // It was disconnected meanwhile.
      if (error.code === 'connection_not_found') return
      outcome = error.code === 'reconnect_required' ? 'reconnectRequired' : 'failed'
      if (outcome === 'failed') {
        reportError(context, error, toConnection(record))
        resumeAt = Math.max(resumeAt, performance.now() + askedPause(error))
      }
    }
    counts[outcome] += 1
    onProgress?.({ ...counts, outcome, connection: toConnection(record) })
  }

  for (const due of sweeps(startedAt, within, idleFor)) {
    const filter = { ...due.filter, provider: context.provider.id, status: 'active' } as const
    await eachOf(context.store.list(filter), { concurrency, signal }, async (record) => {
      // Somebody has been here since this sweep began.
      if (record.refreshedAt.getTime() < startedAt) await renew(record, due)
    })
  }
  return counts
}

/**
 * What a record is, as it was listed: most are alive, and need not be read again. To another client id's tokens the
 * provider would answer as if the grant were over (RFC 6749 §5.2, "issued to another client"), so they are left alone.
 */
function stateOf(
  context: ClientContext,
  record: StoredConnection,
  isDue: Due['isDue'],
): 'alive' | 'due' | 'over' {
  try {
    // A sweep passes each record once, so it keeps none of them opened.
    const packed = openPacked(context.keyring, record, record.sealed)
    if (packed.c !== undefined && packed.c !== context.clientMark) return 'alive'
    const tokens = unpackTokens(packed)
    if (chainsOf(tokens).some(([, chain]) => chain.refreshToken !== undefined && isDue(chain, record)))
      return 'due'
    return tokens.refreshToken !== undefined || isAlive(tokens, context.clock()) ? 'alive' : 'over'
  } catch (error) {
    // Whoever reads it again is told.
    if (isOAuthError(error)) return 'over'
    throw error
  }
}

/** The second sweep is for what the first cannot see; what it has failed at is left for the next time. */
function sweeps(now: number, within: number | undefined, idleFor: number | undefined): Due[] {
  const end = now + (within ?? 0)
  const warm: Due = {
    filter: { expiresBefore: new Date(end) },
    isDue: ({ expiresAt }, { refreshedAt }) => {
      if (!expiresAt || expiresAt.getTime() >= end) return false
      // In the first half of its life a token is not renewed, however long `within` is: the next sweep would begin anew.
      return now >= (refreshedAt.getTime() + expiresAt.getTime()) / 2
    },
  }
  const idleSince = now - (idleFor ?? 0)
  const idle: Due = {
    filter: { refreshedBefore: new Date(idleSince) },
    isDue: (chain, record) => {
      if (record.refreshedAt.getTime() >= idleSince) return false
      return within === undefined || !warm.isDue(chain, record)
    },
  }
  return [...(within === undefined ? [] : [warm]), ...(idleFor === undefined ? [] : [idle])]
}

/** Only what is asked for; without a word both. */
function chosenTimes(context: ClientContext, options: RefreshExpiringOptions) {
  const { within, idleFor } = options
  checkNumber(context, 'within', within, 0)
  checkNumber(context, 'idleFor', idleFor, 0)
  checkNumber(context, 'concurrency', options.concurrency, 1)
  if (within !== undefined || idleFor !== undefined) return { within, idleFor }
  const { refresh } = context.provider
  const idle = (refresh && 'lifetime' in refresh && refresh.lifetime?.idle) || undefined
  const half = idle === undefined ? mostIdle : (idle * 1000) / 2
  return { within: defaultWithin, idleFor: Math.min(half, mostIdle) }
}

function askedPause({ code, retryAfter = 0 }: OAuthError): number {
  return code === 'rate_limited' ? Math.min(retryAfter, mostPause) : 0
}

async function pauseUntil(time: number, signal: AbortSignal | undefined): Promise<void> {
  const wait = time - performance.now()
  if (wait <= 0 || signal?.aborted) return
  await new Promise<void>((resolve) => {
    const timer = setTimeout(end, wait)
    signal?.addEventListener('abort', end, { once: true })
    function end() {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      resolve()
    }
  })
}
