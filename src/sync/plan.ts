import type { ConnectionKey } from '../types.ts'
import type { Ledger, RunRecord } from './ledger.ts'
import { mergeRanges, type Range, subtractRanges } from './ranges.ts'
import type { NothingToDo } from './types.ts'

/** Runs that are kept of one connection. */
const mostRuns = 20
/** Keys that a run remembers: each is one connect. */
const mostKeys = 50

export interface PlanRequest extends Range {
  readonly userId?: string | undefined
  readonly idempotencyKey?: string | undefined
  readonly source?: string | undefined
}

export interface Plan {
  readonly ledger: Ledger
  /** Nothing was added, and nothing else is under way. */
  readonly nothingToDo?: NothingToDo
}

/**
 * What a request adds to a connection's ledger: the part of its range that is neither synced nor planned. A run under
 * way takes it in, a failed one goes on with it, else a new run begins. A request that was made before changes nothing.
 * `cut`: the windows of a range; absent, nothing is run for this provider.
 */
export function planRun(
  key: ConnectionKey,
  before: Ledger | undefined,
  request: PlanRequest,
  cut: ((range: Range) => Range[]) | undefined,
  now: number,
): Plan {
  const { idempotencyKey } = request
  const known = before?.runs.find(({ keys }) => idempotencyKey !== undefined && keys.includes(idempotencyKey))
  if (before && known) return { ledger: before, ...(known.nothingToDo && { nothingToDo: known.nothingToDo }) }
  const ledger = forSource(before ?? emptyLedger(key), request.source, now)
  const [latest] = ledger.runs
  const open = latest && isOpen(latest) ? latest : undefined
  const reserved = [...ledger.covered, ...(open?.windows ?? [])]
  const gaps = subtractRanges(request, reserved)
  // The newest gap first, and in each the newest window.
  const added = cut ? gaps.reverse().flatMap(cut) : []
  const windows = added.map((range) => ({ ...range, done: false, records: 0 }))
  const keys = idempotencyKey === undefined ? [] : [idempotencyKey]
  if (open) {
    const resumed: RunRecord = {
      ...open,
      ...(open.status === 'failed' && restarted),
      keys: [...open.keys, ...keys].slice(-mostKeys),
      from: Math.min(open.from, request.from),
      to: Math.max(open.to, request.to),
      windows: [...open.windows, ...windows].sort((a, b) => b.from - a.from),
      updatedAt: now,
    }
    return { ledger: { ...ledger, runs: [resumed, ...ledger.runs.slice(1)] } }
  }
  const nothingToDo = whyNothing(request, cut !== undefined, windows.length)
  const run: RunRecord = {
    number: ledger.count + 1,
    ...(request.userId !== undefined && { userId: request.userId }),
    keys,
    status: nothingToDo ? 'completed' : 'pending',
    ...(nothingToDo && { nothingToDo, finishedAt: now }),
    from: request.from,
    to: request.to,
    windows,
    attempts: 0,
    failures: [],
    createdAt: now,
    updatedAt: now,
  }
  const runs = [run, ...ledger.runs].slice(0, mostRuns)
  return { ledger: { ...ledger, count: run.number, runs }, ...(nothingToDo && { nothingToDo }) }
}

/** What makes a run that had stopped one to be worked on. */
export const restarted = {
  status: 'pending',
  attempts: 0,
  failure: undefined,
  retryAt: undefined,
  finishedAt: undefined,
} as const

/** Whether a run has windows left that a worker may yet come to. */
function isOpen({ status }: RunRecord): boolean {
  return status !== 'completed' && status !== 'cancelled'
}

function whyNothing({ from, to }: Range, hasRun: boolean, windows: number): NothingToDo | undefined {
  if (!(from < to)) return 'empty_range'
  if (!hasRun) return 'no_run'
  return windows === 0 ? 'already_synced' : undefined
}

function emptyLedger({ provider, tenantId, connectionId }: ConnectionKey): Ledger {
  return { format: 1, provider, tenantId, connectionId, covered: [], count: 0, runs: [] }
}

/** Another account or site behind the connection: nothing of it has been synced, and what is under way is not its own. */
function forSource(ledger: Ledger, source: string | undefined, now: number): Ledger {
  if (source === undefined || source === ledger.source) return ledger
  if (ledger.source === undefined) return { ...ledger, source }
  const runs = ledger.runs.map((run) => (isOpen(run) ? { ...run, ...ended('cancelled', now) } : run))
  return { ...ledger, source, covered: [], runs }
}

/** What a run is that no worker holds any more. */
export function ended(status: 'completed' | 'failed' | 'cancelled', now: number) {
  return {
    status,
    owner: undefined,
    leaseEnds: undefined,
    retryAt: undefined,
    updatedAt: now,
    finishedAt: now,
  }
}

/** `covered` with one more range. */
export function cover(ledger: Ledger, range: Range): Range[] {
  return mergeRanges([...ledger.covered, { from: range.from, to: range.to }])
}
