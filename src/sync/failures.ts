import { isOAuthError, OAuthError } from '../errors/oauth-error.ts'
import type { ProviderDefinition } from '../provider/definition.ts'
import type { FailureRecord, RunRecord } from './ledger.ts'
import { ended } from './plan.ts'
import type { Range } from './ranges.ts'

const mostFailures = 20
/** setTimeout takes no more, and neither should anybody wait longer than a day without a look. */
const longestWait = 86_400_000

export interface RetryRules {
  readonly attempts: number
  readonly firstDelay: number
  readonly longestDelay: number
}

/**
 * What was thrown, in words that may be stored and shown: an `OAuthError` as it is. Of anything else only its kind is told,
 * since its message may quote data; the whole of it is the `cause`, for `onError`.
 */
export function asSyncError(
  thrown: unknown,
  { id, name }: Pick<ProviderDefinition, 'id' | 'name'>,
): OAuthError {
  if (isOAuthError(thrown)) return thrown
  const { kind, retryAfter } = readThrown(thrown)
  return new OAuthError({
    code: 'hook_failed',
    provider: id,
    providerName: name,
    detail: `run() of the historical sync threw ${kind}`,
    hint: 'See what hooks.onError was given as cause. The connection is not affected.',
    retryable: true,
    ...(typeof retryAfter === 'number' && retryAfter >= 0 && { retryAfter }),
    cause: thrown,
  })
}

/** Whatever it is, and even where looking at it throws. A name with a digit in it may be no name. */
function readThrown(thrown: unknown): { readonly kind: string; readonly retryAfter?: unknown } {
  if (!(thrown instanceof Error)) return { kind: 'no Error' }
  try {
    const { name }: { name: unknown } = thrown
    const kind = typeof name === 'string' && /^[A-Za-z]{1,40}$/.test(name) ? name : 'an Error'
    return { kind, retryAfter: Reflect.get(thrown, 'retryAfter') }
  } catch {
    return { kind: 'an Error' }
  }
}

/** A run after a failure: to be tried again with back-off, cancelled where the connection is gone, or failed. */
export function afterFailure(
  run: RunRecord,
  error: OAuthError,
  window: Range | undefined,
  rules: RetryRules,
  now: number,
): RunRecord {
  const attempts = run.attempts + 1
  const retryable = error.retryable && attempts < rules.attempts
  const failure: FailureRecord = {
    at: now,
    code: error.code,
    message: error.message,
    hint: error.hint,
    retryable,
    ...(window && { window: { from: window.from, to: window.to } }),
  }
  const failed = { ...run, attempts, failure, failures: [...run.failures, failure].slice(-mostFailures) }
  if (error.code === 'connection_not_found') return { ...failed, ...ended('cancelled', now) }
  if (!retryable) return { ...failed, ...ended('failed', now) }
  const retryAt = now + retryDelay(attempts, error.retryAfter, rules)
  return { ...failed, ...handedBack(now), retryAt }
}

/** A run that no worker holds, to be gone on with at its checkpoint. */
export function handedBack(now: number) {
  return {
    status: 'pending',
    owner: undefined,
    leaseEnds: undefined,
    retryAt: undefined,
    updatedAt: now,
  } as const
}

/** ms: doubling, spread so that what failed together does not come back together, and never before `retryAfter`. */
function retryDelay(attempts: number, retryAfter: number | undefined, rules: RetryRules): number {
  const doubled = Math.min(rules.firstDelay * 2 ** (attempts - 1), rules.longestDelay)
  return Math.min(
    Math.max(Math.ceil(retryAfter ?? 0), Math.round(doubled * (0.5 + Math.random() / 2))),
    longestWait,
  )
}
