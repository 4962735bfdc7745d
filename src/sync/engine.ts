import { setMaxListeners } from 'node:events'
import { isOAuthError, OAuthError } from '../errors/oauth-error.ts'
import { storeDeadline, withDeadline } from '../stores/deadline.ts'
import { resolveSyncStore } from '../stores/resolve-sync-store.ts'
import { asStoreFailure, storeFailed, withoutWords } from '../stores/store-failure.ts'
import { handedBack } from './failures.ts'
import type { Workshop } from './held-run.ts'
import { keyOf, type Ledger, ledgerId, type RunRecord } from './ledger.ts'
import { createLedgers } from './ledgers.ts'
import { longestTime, readSyncOptions } from './options.ts'
import { createPlaces } from './places.ts'
import { ended, type Plan, planRun, restarted } from './plan.ts'
import { createPutOff } from './put-off.ts'
import type { SyncQueue } from './queue.ts'
import type { Range } from './ranges.ts'
import { keepRecovering } from './recovery.ts'
import { storeQueue } from './store-queue.ts'
import type {
  HistoricalSync,
  HistoricalSyncOptions,
  HistoricalSyncRun,
  SyncRef,
  SyncRequest,
  SyncWorker,
} from './types.ts'
import { showRun } from './view.ts'
import { createWatching } from './watch.ts'
import { cutRange } from './windows.ts'
import { workOnRun } from './work-on-run.ts'

/** ms between two looks into the store: where it is the queue, and where a queue only may have lost something. */
const lookEvery = 1_000
const recoverEvery = 15_000

/**
 * The backfill after a connect: it cuts a range into windows, newest first, calls `run` for each, and keeps windows and
 * checkpoints in `store`, so that any process can go on where another one died. Nothing is opened before it is used.
 *
 * Throws `config_invalid` for options that cannot work.
 */
export function createHistoricalSync(options: HistoricalSyncOptions): HistoricalSync {
  const settings = readSyncOptions(options)
  const { clock, lease, rules, runOf } = settings
  const opened = resolveSyncStore(options.store, process.env.LATCHKEY_STORE || '.latchkey')
  const ledgers = createLedgers(opened.store)
  const watching = createWatching(opened.store)
  /** One a reader: a worker may make none where its modules are loaded, nor share one among requests. */
  const watches = new Set<AbortController>()
  let isClosed = false
  const workers = new Set<SyncWorker>()

  const report = (error: OAuthError, ledger?: Ledger) => {
    const run = ledger && latestOf(ledger)
    void (async () => options.hooks?.onError?.({ error, ...(run && { run }) }))().catch(() => undefined)
  }
  const changed = (ledger: Ledger) => {
    watching.tell(ledger.tenantId)
    const run = latestOf(ledger)
    const tell = async () => {
      if (run) await options.hooks?.onChange?.({ run })
    }
    tell().catch((cause: unknown) =>
      report(
        new OAuthError({
          code: 'hook_failed',
          detail: 'hooks.onChange of the historical sync failed',
          cause,
        }),
      ),
    )
  }
  const shop: Workshop = {
    ledgers,
    places: createPlaces(opened.store, options.concurrency, { lease, clock }),
    lease,
    rules,
    clock,
    beats: new Map(),
    putOff: createPutOff(),
    runOf: (provider) => runOf(provider)?.run,
    changed,
    failed: report,
  }

  async function* due(): AsyncGenerator<string, void> {
    // Its document is read by whoever works on it: there may be thousands, and one that cannot be read is its own matter.
    for await (const { id } of opened.store.list({ dueBefore: clock() + 1 })) yield id
  }

  let queue: SyncQueue | undefined = options.queue

  /** A queue whose server is down may wait for it without end. */
  async function addToQueue(
    id: string,
    how: { readonly delay: number; readonly recovered?: boolean },
  ): Promise<void> {
    const tooLate = () => storeFailed(`the queue gave no answer within ${storeDeadline} ms`)
    if (queue) await withDeadline(queue.add(id, how), storeDeadline, tooLate)
  }

  /** A run that is written is found by a worker sooner or later; a queue that is down only makes it later. */
  async function enqueue(ledger: Ledger): Promise<void> {
    const [run] = ledger.runs
    if (run?.status !== 'pending') return
    const delay = Math.max(0, (run.retryAt ?? 0) - clock())
    await addToQueue(ledgerId(ledger), { delay }).catch((error: unknown) =>
      report(queueFailed(error), ledger),
    )
  }

  /** Changes the latest run of a connection where it is in one of these states. */
  async function move(
    ref: SyncRef,
    from: readonly RunRecord['status'][],
    to: (run: RunRecord, now: number) => RunRecord,
  ): Promise<HistoricalSyncRun | undefined> {
    const id = ledgerId(keyOf(ref))
    let moved = false
    const ledger = await ledgers.update(id, (current) => {
      const [run, ...earlier] = current?.runs ?? []
      moved = run !== undefined && from.includes(run.status)
      return current && run && moved ? { ...current, runs: [to(run, clock()), ...earlier] } : current
    })
    if (!ledger || !moved) return undefined
    changed(ledger)
    shop.beats.get(id)?.()
    await enqueue(ledger)
    return latestOf(ledger)
  }

  async function recover(isWanted: (id: string, found: number) => boolean | 'enough'): Promise<number> {
    let found = 0
    for await (const id of due()) {
      const wanted = isWanted(id, found)
      if (wanted === 'enough') break
      if (!wanted) continue
      found += 1
      try {
        await addToQueue(id, { delay: 0, recovered: true })
      } catch (error) {
        throw queueFailed(error)
      }
    }
    return found
  }

  const sync: HistoricalSync = {
    months: settings.months,

    async start(request) {
      const key = keyOf(request)
      const range = rangeOf(request)
      const { provider } = request
      const { userId, idempotencyKey, source } = request
      const cut = runOf(provider)
        ? (part: Range) => cutRange(part, settings.windowsOf(provider), key)
        : undefined
      let plan: Plan | undefined
      let before: Ledger | undefined
      const ledger = await ledgers.update(ledgerId(key), (current) => {
        before = current
        plan = planRun(key, current, { ...range, userId, idempotencyKey, source }, cut, clock())
        return plan.ledger
      })
      const [run] = ledger?.runs ?? []
      if (!ledger || !plan || !run) throw new TypeError('a plan has a run')
      if (ledger !== before) {
        changed(ledger)
        // Another account's run has ended with it.
        shop.beats.get(ledgerId(key))?.()
      }
      await enqueue(ledger)
      const { nothingToDo } = plan
      return { ...showRun(ledger, run), ...(nothingToDo && { nothingToDo }) }
    },

    async work(clients, { concurrency = 4, recoverEvery: every } = {}) {
      for (const [name, value] of Object.entries({ concurrency, recoverEvery: every ?? lookEvery }))
        if (!(Number.isSafeInteger(value) && value >= 1 && value <= longestTime))
          throw new OAuthError({
            code: 'config_invalid',
            detail: `work({ ${name} }) must be a whole number from 1 to ${longestTime}`,
          })
      const closing = new AbortController()
      setMaxListeners(0, closing.signal)
      const byProvider = new Map(clients.map((client) => [client.provider.id, client]))
      queue ??= storeQueue({ due, every: every ?? lookEvery })
      const work = await queue.work(
        async (id) => {
          try {
            return await workOnRun(shop, id, byProvider, closing.signal)
          } catch (error) {
            const failure = asStoreFailure(error, 'a run could not be worked on')
            report(failure)
            // A queue may keep what it is given.
            throw failure
          }
        },
        { concurrency, failed: (error) => report(queueFailed(error)) },
      )
      const stopRecovering =
        options.queue && keepRecovering(recover, every ?? recoverEvery, (error) => report(queueFailed(error)))
      const worker: SyncWorker = {
        async close() {
          workers.delete(worker)
          closing.abort()
          await stopRecovering?.()
          await work.close()
        },
      }
      workers.add(worker)
      return worker
    },

    async get(ref) {
      const held = await ledgers.load(ledgerId(keyOf(ref)))
      return held && latestOf(held.ledger)
    },

    async *list(filter = {}) {
      for await (const { ledger } of ledgers.list(filter)) {
        const run = latestOf(ledger)
        if (run) yield run
      }
    },

    async history(ref) {
      const held = await ledgers.load(ledgerId(keyOf(ref)))
      return held ? held.ledger.runs.map((run) => showRun(held.ledger, run)) : []
    },

    pause: (ref) =>
      move(ref, ['pending', 'running'], (run, now) => ({ ...run, ...handedBack(now), status: 'paused' })),

    resume: (ref) =>
      move(ref, ['paused', 'failed'], (run, now) => ({ ...run, ...restarted, updatedAt: now })),

    cancel: (ref) =>
      move(ref, ['pending', 'running', 'paused', 'failed'], (run, now) => ({
        ...run,
        ...ended('cancelled', now),
      })),

    async forget(ref) {
      const id = ledgerId(keyOf(ref))
      const removed = await opened.store.remove(id)
      shop.beats.get(id)?.()
      return removed
    },

    recover: () => recover(() => true),

    async *watch(filter) {
      const closing = new AbortController()
      if (isClosed) closing.abort()
      watches.add(closing)
      try {
        yield* watching.watch({ ...filter, signal: AbortSignal.any([filter.signal, closing.signal]) })
      } finally {
        watches.delete(closing)
      }
    },

    async close() {
      isClosed = true
      for (const watch of watches) watch.abort()
      try {
        await Promise.all([...workers].map((worker) => worker.close()))
        await queue?.close?.()
      } finally {
        await opened.close?.()
      }
    },
  }
  return sync
}

function latestOf(ledger: Ledger): HistoricalSyncRun | undefined {
  const [run] = ledger.runs
  return run && showRun(ledger, run)
}

/** Throws `params_invalid` for what is no time. */
function rangeOf({ provider, from, to }: SyncRequest): Range {
  const range = { from: from.getTime(), to: to.getTime() }
  if (Number.isNaN(range.from) || Number.isNaN(range.to))
    throw new OAuthError({ code: 'params_invalid', provider, detail: 'from and to must be valid dates' })
  return range
}

/** Drivers quote commands and addresses, so that only the name and the code of what they throw are given on. */
function queueFailed(thrown: unknown): OAuthError {
  if (isOAuthError(thrown)) return thrown
  return new OAuthError({
    code: 'store_failed',
    detail: 'the queue did not take a historical sync; it is stored, and recovered later',
    hint: 'Check that the queue is up and reachable.',
    retryable: true,
    cause: withoutWords(thrown),
  })
}
