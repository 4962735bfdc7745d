import { randomUUID } from 'node:crypto'
import { OAuthError } from '../errors/oauth-error.ts'
import type { Connection } from '../types.ts'
import { afterFailure, asSyncError, handedBack } from './failures.ts'
import { type HeldRun, holdRun, type Workshop } from './held-run.ts'
import type { Ledger, RunRecord, WindowRecord } from './ledger.ts'
import { cover, ended } from './plan.ts'
import { isSameRange, type Range } from './ranges.ts'
import type { SyncClient, SyncReport } from './types.ts'

/** ms after which a run is offered again that this process cannot work on: a queue may well offer it to the same one. */
const passOn = 250
/** ms that a `run` has to end after its signal. */
const patience = 5_000

/**
 * Works on one connection's run until it ends, fails, is stopped, or another worker has it. Resolves to the ms after which
 * somebody should look again, or to nothing where that is not needed. Rejects where the store fails.
 */
export async function workOnRun(
  shop: Workshop,
  id: string,
  clients: ReadonlyMap<string, SyncClient>,
  closing: AbortSignal,
): Promise<number | undefined> {
  const found = await shop.ledgers.load(id)
  if (!found) return undefined
  const wait = waitFor(found.ledger, shop.clock())
  if (wait !== 0) return wait
  const client = clients.get(found.ledger.provider)
  // Somebody else's: this process may run fewer integrations than there are.
  if (!client || closing.aborted) return shop.putOff(passOn)
  const places = await shop.places.take(found.ledger, `${id}/${randomUUID()}`)
  // Spread: those who met would meet again.
  if (!places) return shop.putOff() * (0.5 + Math.random())
  try {
    const held = await holdRun(shop, id, found, places.extend)
    if (!held) return shop.putOff()
    await runWindows(shop, held, client, closing)
    return waitFor(held.ledger(), shop.clock())
  } finally {
    await places.release()
  }
}

/** ms until a run can be worked on: 0 now, nothing where it has ended or stands still. */
function waitFor({ runs: [run] }: Ledger, now: number): number | undefined {
  if (run?.status === 'pending') return Math.max(0, (run.retryAt ?? 0) - now)
  if (run?.status === 'running') return Math.max(0, (run.leaseEnds ?? 0) - now)
  return undefined
}

async function runWindows(
  shop: Workshop,
  held: HeldRun,
  client: SyncClient,
  closing: AbortSignal,
): Promise<void> {
  const close = () => held.interrupt('worker closed')
  closing.addEventListener('abort', close, { once: true })
  let window: WindowRecord | undefined
  try {
    if (closing.aborted) close()
    for (window = nextWindow(held); window; window = nextWindow(held)) {
      held.signal.throwIfAborted()
      await runWindow(shop, held, client, window)
      await finishWindow(shop, held, window)
    }
    // One that came to be without windows; else the last of them has ended it.
    if (held.ledger().runs[0]?.status === 'running')
      await held.update((run) => ({ run: { ...run, ...ended('completed', shop.clock()) } }))
  } catch (thrown) {
    await stop(shop, held, client, thrown, window)
  } finally {
    held.end()
    closing.removeEventListener('abort', close)
  }
}

function nextWindow(held: HeldRun): WindowRecord | undefined {
  return held.ledger().runs[0]?.windows.find(({ done }) => !done)
}

function isOver(run: RunRecord): boolean {
  return run.windows.every(({ done }) => done)
}

async function runWindow(
  shop: Workshop,
  held: HeldRun,
  client: SyncClient,
  window: WindowRecord,
): Promise<void> {
  const { cursor } = window
  // All of it has been reported.
  if (cursor === null) return
  const ledger = held.ledger()
  const run = shop.runOf(ledger.provider)
  const ref = { tenantId: ledger.tenantId, connectionId: ledger.connectionId }
  const connection = livingConnection(client, await client.getConnection(ref))
  if (!run) throw unrunnable(ledger.provider)
  let over = false
  const report = async (progress: SyncReport) => {
    held.signal.throwIfAborted()
    if (over) throw new TypeError('report() was called after run() had ended its window')
    await held.update((current) => ({ run: checkpoint(current, window, progress, shop) }))
  }
  const { signal } = held
  signal.throwIfAborted()
  try {
    const range = { from: new Date(window.from), to: new Date(window.to) }
    const work = async () =>
      run(range, {
        connection,
        cursor,
        signal,
        report,
        fetch: (input, init) =>
          client.fetch(ref, input, { ...init, signal: anySignal(signal, init?.signal) }),
      })
    await endedOrLeft(work(), signal)
  } finally {
    over = true
  }
  signal.throwIfAborted()
}

/** Work that does not heed its signal is left to itself, and may write nothing any more. */
function endedOrLeft(work: Promise<unknown>, signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const leave = () => {
      timer = setTimeout(() => reject(signal.reason), patience)
    }
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', leave)
    }
    signal.addEventListener('abort', leave, { once: true })
    work.finally(end).then(resolve, reject)
  })
}

function anySignal(own: AbortSignal, given: AbortSignal | null | undefined): AbortSignal {
  return given ? AbortSignal.any([own, given]) : own
}

function livingConnection(client: SyncClient, connection: Connection | undefined): Connection {
  const { id, name } = client.provider
  if (!connection)
    throw new OAuthError({
      code: 'connection_not_found',
      provider: id,
      providerName: name,
      detail: 'it was disconnected',
    })
  if (connection.status === 'reconnect_required')
    throw new OAuthError({
      code: 'reconnect_required',
      provider: id,
      providerName: name,
      detail: 'the grant has ended',
      hint: 'Ask the user to connect again: the historical sync then goes on where it stopped.',
    })
  return connection
}

function unrunnable(provider: string): OAuthError {
  return new OAuthError({
    code: 'config_invalid',
    provider,
    detail: 'createHistoricalSync has no run for this provider in this process',
    hint: 'Give every process that works on historical syncs the same `run`.',
  })
}

/** A run after a report: what was in the way is over. */
function checkpoint(
  run: RunRecord,
  window: Range,
  progress: SyncReport,
  { clock, lease }: Pick<Workshop, 'clock' | 'lease'>,
): RunRecord {
  const { cursor, records = 0, total } = progress
  for (const [name, value] of Object.entries({ records, total }))
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= 0))
      throw new TypeError(`report({ ${name} }) must be a whole number, at least 0`)
  if (cursor !== undefined && cursor !== null && typeof cursor !== 'string')
    throw new TypeError('report({ cursor }) must be a string, or null')
  const windows = run.windows.map((each) =>
    isSameRange(each, window)
      ? {
          ...each,
          records: each.records + records,
          ...(total !== undefined && { total }),
          ...(cursor !== undefined && { cursor }),
        }
      : each,
  )
  const now = clock()
  return { ...run, windows, attempts: 0, failure: undefined, leaseEnds: now + lease, updatedAt: now }
}

async function finishWindow(shop: Workshop, held: HeldRun, window: WindowRecord): Promise<void> {
  const now = shop.clock()
  await held.update((run, ledger) => {
    const windows = run.windows.map((each) =>
      isSameRange(each, window) ? { ...each, done: true, cursor: undefined } : each,
    )
    const next = {
      ...run,
      windows,
      attempts: 0,
      failure: undefined,
      leaseEnds: now + shop.lease,
      updatedAt: now,
    }
    return {
      covered: cover(ledger, window),
      run: isOver(next) ? { ...next, ...ended('completed', now) } : next,
    }
  })
}

/** Writes down why a run stopped, where it is still this worker's to say. */
async function stop(
  shop: Workshop,
  held: HeldRun,
  { provider }: SyncClient,
  thrown: unknown,
  window: WindowRecord | undefined,
): Promise<void> {
  const now = shop.clock()
  if (held.signal.aborted) {
    // Paused, cancelled or taken over: it has been written by whoever did so. A worker that closes hands it back.
    await held.update((run) => ({ run: { ...run, ...handedBack(now) } })).catch(() => undefined)
    return
  }
  const error = asSyncError(thrown, provider)
  try {
    await held.update((run) => ({ run: afterFailure(run, error, window, shop.rules, now) }))
    shop.failed(error, held.ledger())
  } catch (unwritten) {
    if (held.signal.aborted) return
    // The run stays this worker's until its lease ends; then another goes on at the last checkpoint.
    shop.failed(error, held.ledger())
    if (unwritten !== thrown) shop.failed(asSyncError(unwritten, provider), held.ledger())
  }
}
