import { isOAuthError, OAuthError } from '../errors/oauth-error.ts'
import { longestTimer } from '../http/transport.ts'
import { readText } from '../provider/path.ts'
import { shortHash } from '../state/digest.ts'
import type { Connection, HistoricalSyncJob, SyncOptions, SyncOutcome } from '../types.ts'

const defaultMonths = 3
const defaultTimeout = 15_000

/** `date` minus calendar months in UTC, clamped to the month's end: 31 May − 3 months is the last day of February. */
export function subtractMonths(date: Date, months: number): Date {
  const first = new Date(date)
  first.setUTCDate(1)
  first.setUTCMonth(first.getUTCMonth() - months)
  const lastDay = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate()
  first.setUTCDate(Math.min(date.getUTCDate(), lastDay))
  return first
}

/** The job that one connect starts. The key is the same for one connect, another after a reconnect. */
export function historicalSyncJob(connection: Connection, months: number): HistoricalSyncJob {
  const { provider, tenantId, connectionId, userId, connectedAt, account, params } = connection
  const identity = JSON.stringify([provider, tenantId, connectionId, connectedAt.getTime()])
  return {
    provider,
    tenantId,
    connectionId,
    ...(userId !== undefined && { userId }),
    from: subtractMonths(connectedAt, months),
    to: connectedAt,
    months,
    idempotencyKey: shortHash(identity, 18),
    source: shortHash(JSON.stringify([account?.id, Object.entries(params).sort()]), 18),
  }
}

/**
 * Starts the backfill of a connection and says how that went. It never throws: a sync that does not start leaves a
 * connection as it is. `months` defaults to 3, bounded by `maxMonths` (the definition's limit); `timeout` is in ms.
 */
export async function triggerHistoricalSyncOnConnection(input: {
  readonly connection: Connection
  readonly sync: false | SyncOptions | undefined
  readonly maxMonths?: number | undefined
  readonly timeout?: number | undefined
}): Promise<SyncOutcome> {
  const { connection, sync, maxMonths, timeout = defaultTimeout } = input
  if (!sync) return { status: 'skipped' }
  const months = Math.min(sync.months ?? defaultMonths, maxMonths ?? Number.POSITIVE_INFINITY)
  if (!Number.isSafeInteger(months) || months < 1)
    return { status: 'failed', error: invalidMonths(connection) }
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(failed('timeout', connection, undefined)),
      Math.min(timeout, longestTimer),
    )
  })
  try {
    const start = async () => sync.start(historicalSyncJob(connection, months))
    return outcomeOf(await Promise.race([start(), late]))
  } catch (cause) {
    return { status: 'failed', error: isOAuthError(cause) ? cause : failed('hook_failed', connection, cause) }
  } finally {
    clearTimeout(timer)
  }
}

function outcomeOf(answer: unknown): SyncOutcome {
  if (typeof answer === 'string') return { status: 'started', jobId: answer }
  const jobId = readText(answer, 'id')
  const reason = readText(answer, 'nothingToDo')
  const known = jobId === undefined ? {} : { jobId }
  return reason === undefined ? { status: 'started', ...known } : { status: 'skipped', ...known, reason }
}

function invalidMonths({ provider }: Connection): OAuthError {
  return new OAuthError({
    code: 'config_invalid',
    provider,
    detail: 'sync.months must be a whole number, at least 1',
  })
}

function failed(code: 'timeout' | 'hook_failed', connection: Connection, cause: unknown): OAuthError {
  const detail =
    code === 'timeout'
      ? 'sync.start did not settle in time'
      : 'sync.start failed, so no historical sync began'
  return new OAuthError({
    code,
    provider: connection.provider,
    detail,
    retryable: true,
    hint: 'The connection is stored. Start its historical sync again from your queue.',
    cause,
  })
}
