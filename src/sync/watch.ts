import type { SyncStore } from '../types.ts'
import { readLedger } from './ledger.ts'
import type { HistoricalSync, HistoricalSyncRun } from './types.ts'
import { showRun } from './view.ts'

/** ms between two looks for what other processes have done. */
const every = 1_000
/** ms between two looks at most, however much happens here. */
const atMost = 100

export interface Watching {
  watch(filter: Parameters<HistoricalSync['watch']>[0]): AsyncGenerator<HistoricalSyncRun, void>
  /** Something of this tenant's has been written by this process. */
  tell(tenantId: string): void
}

/** A run as it was last seen. */
interface Seen {
  readonly version: number
  readonly text: string
  readonly run: HistoricalSyncRun
  /** Counts the changes of a tenant: what has a higher one than a reader has had is news. */
  readonly news: number
}

/** What a look could not read. */
interface Failure {
  readonly error: unknown
}

interface TenantWatch {
  readonly seen: ReadonlyMap<string, Seen>
  /** Resolves after a look that had news or failed, or once `signal` is aborted. */
  next(signal: AbortSignal): Promise<Failure | undefined>
  tell(): void
  readers: number
}

/** However many watch a tenant, the store is looked into once for all of them, and only what has changed is read. */
export function createWatching(store: SyncStore): Watching {
  const tenants = new Map<string, TenantWatch>()
  return {
    tell: (tenantId) => tenants.get(tenantId)?.tell(),
    async *watch({ tenantId, provider, connectionId, signal }) {
      const watched = tenants.get(tenantId) ?? watchTenant(store, tenantId)
      tenants.set(tenantId, watched)
      watched.readers += 1
      try {
        let had = 0
        while (!signal.aborted) {
          const isNew = (each: Seen) => each.news > had
          const failure = [...watched.seen.values()].some(isNew) ? undefined : await watched.next(signal)
          for (const { run, news } of [...watched.seen.values()].filter(isNew).sort(byNews)) {
            if (signal.aborted) return
            had = news
            if (provider !== undefined && run.provider !== provider) continue
            if (connectionId !== undefined && run.connectionId !== connectionId) continue
            yield run
          }
          if (failure) throw failure.error
        }
      } finally {
        watched.readers -= 1
        if (watched.readers === 0) tenants.delete(tenantId)
      }
    },
  }
}

function byNews(a: Seen, b: Seen): number {
  return a.news - b.news
}

/** Looks for as long as somebody waits for news. */
function watchTenant(store: SyncStore, tenantId: string): TenantWatch {
  const seen = new Map<string, Seen>()
  const waiting = new Set<(failure: Failure | undefined) => void>()
  let count = 0
  let isLooking = false
  let isTold = false
  let lookedAt = Number.NEGATIVE_INFINITY
  let timer: ReturnType<typeof setTimeout> | undefined

  async function look(): Promise<void> {
    timer = undefined
    if (waiting.size === 0) return
    isLooking = true
    isTold = false
    const before = count
    const failure = await readChanges().catch((error: unknown) => ({ error }))
    isLooking = false
    lookedAt = performance.now()
    if (failure || count > before) for (const tell of [...waiting]) tell(failure)
    if (waiting.size > 0) lookAfter(isTold ? atMost : every)
  }

  async function readChanges(): Promise<Failure | undefined> {
    const there = new Set<string>()
    let damaged: Failure | undefined
    for await (const document of store.list({ tenantId })) {
      there.add(document.id)
      const known = seen.get(document.id)
      if (known?.version === document.version) continue
      try {
        const ledger = await readLedger(document)
        const [latest] = ledger.runs
        if (!latest) continue
        const run = showRun(ledger, latest)
        const text = JSON.stringify(run)
        if (known?.text !== text) count += 1
        const news = known?.text === text ? known.news : count
        seen.set(document.id, { version: document.version, text, run, news })
      } catch (error) {
        // It keeps nobody from the others, nor is it passed over in silence.
        damaged ??= { error }
      }
    }
    for (const id of seen.keys()) if (!there.has(id)) seen.delete(id)
    return damaged
  }

  function lookAfter(ms: number): void {
    clearTimeout(timer)
    timer = setTimeout(look, Math.max(0, lookedAt + ms - performance.now()))
  }

  return {
    seen,
    readers: 0,
    next: (signal) =>
      new Promise((resolve) => {
        const settle = (failure?: Failure) => {
          waiting.delete(settle)
          signal.removeEventListener('abort', abort)
          if (waiting.size === 0 && !isLooking) {
            clearTimeout(timer)
            timer = undefined
          }
          resolve(failure)
        }
        const abort = () => settle()
        waiting.add(settle)
        signal.addEventListener('abort', abort, { once: true })
        if (signal.aborted) settle()
        else if (!isLooking && !timer) lookAfter(isTold ? atMost : every)
      }),
    tell() {
      isTold = true
      if (waiting.size > 0 && !isLooking) lookAfter(atMost)
    },
  }
}
