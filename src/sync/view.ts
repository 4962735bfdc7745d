import { errorCodes, type OAuthErrorCode } from '../errors/codes.ts'
import type { FailureRecord, Ledger, RunRecord, WindowRecord } from './ledger.ts'
import { ledgerId } from './ledger.ts'
import type { HistoricalSyncRun, SyncFailure, SyncProgress } from './types.ts'

/** A run as it is shown to the application. */
export function showRun(ledger: Ledger, run: RunRecord): HistoricalSyncRun {
  const { provider, tenantId, connectionId } = ledger
  const { userId, status, nothingToDo, attempts, failure, failures, retryAt, startedAt, finishedAt } = run
  return {
    id: `${ledgerId(ledger)}-${run.number}`,
    provider,
    tenantId,
    connectionId,
    ...(userId !== undefined && { userId }),
    status,
    ...(nothingToDo && { nothingToDo }),
    from: new Date(run.from),
    to: new Date(run.to),
    windows: run.windows.map(({ from, to, done, records, total }) => ({
      from: new Date(from),
      to: new Date(to),
      done,
      records,
      ...(total !== undefined && { total }),
    })),
    progress: progressOf(run.windows),
    attempts,
    ...(failure && { error: showFailure(failure) }),
    errors: failures.map(showFailure),
    ...(retryAt !== undefined && { retryAt: new Date(retryAt) }),
    createdAt: new Date(run.createdAt),
    ...(startedAt !== undefined && { startedAt: new Date(startedAt) }),
    updatedAt: new Date(run.updatedAt),
    ...(finishedAt !== undefined && { finishedAt: new Date(finishedAt) }),
  }
}

function progressOf(windows: readonly WindowRecord[]): SyncProgress {
  const done = windows.filter((window) => window.done)
  const reached = windows.findIndex((window) => !window.done)
  const last = reached < 0 ? windows.at(-1) : windows[reached - 1]
  const shares = windows.map(shareOf).reduce((sum, share) => sum + share, 0)
  return {
    windowsDone: done.length,
    windows: windows.length,
    records: windows.reduce((sum, { records }) => sum + records, 0),
    fraction: windows.length === 0 ? 1 : shares / windows.length,
    ...(last && { reached: new Date(last.from) }),
  }
}

/** Of a window that has not ended, no more is known to be done than its own total says. */
function shareOf({ done, records, total }: WindowRecord): number {
  if (done) return 1
  // A total that was too small must not make a window look done.
  return total ? Math.min(records / total, 0.99) : 0
}

function showFailure({ at, code, message, hint, retryable, window }: FailureRecord): SyncFailure {
  return {
    at: new Date(at),
    code: isCode(code) ? code : 'hook_failed',
    message,
    hint,
    retryable,
    ...(window && { window: { from: new Date(window.from), to: new Date(window.to) } }),
  }
}

function isCode(code: string): code is OAuthErrorCode {
  return Object.hasOwn(errorCodes, code)
}
