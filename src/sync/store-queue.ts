import { apart, longestPutOff } from './put-off.ts'
import type { SyncQueue } from './queue.ts'

/** ms: what is to come later than this is found by looking into the store. */
const longestSleep = 10_000
/** Runs that are read ahead, for each that can be worked on at a time. */
const ahead = 2
/** Looks that find nothing take no more than a tenth of the time: this many times as long as one took, its pause lasts. */
const pauses = 9
const longestPause = 10_000

export interface StoreQueueSource {
  /** Ids that are due, the earliest first. */
  due(): AsyncIterable<string>
  /** ms between two looks. */
  readonly every: number
}

interface StoreWorker {
  readonly concurrency: number
  failed(error: unknown): void
  /** Takes as much as it has room for. */
  take(): void
}

/**
 * The queue of an engine that is given none: each process looks into the store for what is due. Whoever claims a run
 * first works on it.
 */
export function storeQueue({ due, every }: StoreQueueSource): SyncQueue {
  /** To be worked on: what was added or found, and what comes again after it was put off. */
  const fresh = new Set<string>()
  const again = new Set<string>()
  const active = new Set<string>()
  const sleeping = new Map<string, ReturnType<typeof setTimeout>>()
  const workers = new Set<StoreWorker>()
  let looking: Promise<void> | undefined
  let nextLook: ReturnType<typeof setTimeout> | undefined
  let nextIsAgain = false

  const isKnown = (id: string) => fresh.has(id) || again.has(id) || active.has(id) || sleeping.has(id)
  const isFree = (id: string) => !active.has(id)

  function wakeAll(): void {
    for (const worker of workers) worker.take()
  }

  function forget(id: string): void {
    clearTimeout(sleeping.get(id))
    for (const ids of [sleeping, fresh, again]) ids.delete(id)
  }

  function sleep(id: string, ms: number): void {
    const wake = () => {
      sleeping.delete(id)
      again.add(id)
      wakeAll()
    }
    sleeping.set(id, setTimeout(wake, ms))
  }

  function add(id: string, delay: number): void {
    forget(id)
    // A process without workers leaves it to those that have some.
    if (workers.size === 0 || delay > longestSleep) return
    if (delay > 0) sleep(id, delay)
    else {
      fresh.add(id)
      wakeAll()
    }
  }

  /** Of those that are put off again and again there may be thousands: neither kind waits for all of the other. */
  function next(): string | undefined {
    nextIsAgain = !nextIsAgain
    for (const ids of nextIsAgain ? [again, fresh] : [fresh, again])
      for (const id of ids)
        if (isFree(id)) {
          ids.delete(id)
          return id
        }
    return undefined
  }

  /** Looks once what was found is used up, beside the work that goes on. */
  function lookIfIdle(): void {
    if (looking || nextLook || workers.size === 0 || [...fresh].some(isFree)) return
    looking = look().then((pause) => {
      looking = undefined
      if (workers.size === 0) return
      if (pause > 0) nextLook = setTimeout(lookNow, pause)
      wakeAll()
    })
  }

  function lookNow(): void {
    clearTimeout(nextLook)
    nextLook = undefined
    lookIfIdle()
  }

  /** Resolves to the ms until the next look. */
  async function look(): Promise<number> {
    const begun = performance.now()
    const took = () => performance.now() - begun
    const room = [...workers].reduce((sum, { concurrency }) => sum + concurrency * ahead, 0)
    const found: string[] = []
    let isBroken = false
    try {
      for await (const id of due()) {
        if (workers.size === 0) return 0
        if (!isKnown(id)) found.push(id)
        if (found.length >= wanted(room, took()) * 4) break
      }
    } catch (error) {
      // What cannot be read comes last: what was found before it is worked on all the same.
      isBroken = true
      const [worker] = workers
      worker?.failed(error)
    }
    // More was read than is wanted, and any of it is taken: processes that look at once should not go for the same.
    const most = wanted(room, took())
    let added = 0
    while (added < most && found.length > 0) {
      const [id] = found.splice(Math.floor(Math.random() * found.length), 1)
      if (id === undefined || isKnown(id)) continue
      fresh.add(id)
      added += 1
    }
    // There may be more where these came from.
    return added > 0 && !isBroken ? 0 : Math.max(every, Math.min(took() * pauses, longestPause))
  }

  return {
    async add(id, { delay }) {
      add(id, delay)
    },
    async work(process, { concurrency, failed }) {
      const underWay = new Set<Promise<void>>()

      async function handle(id: string): Promise<void> {
        active.add(id)
        // A store that failed is looked at again; so is a run that another process has.
        const wait = await process(id).catch(() => Math.max(every, 1))
        active.delete(id)
        // What was added meanwhile comes at once.
        if (wait === undefined || !workers.has(worker) || isKnown(id)) return
        if (wait === 0) add(id, 0)
        else sleep(id, Math.max(Math.min(wait, longestSleep), Math.min(sleeping.size * apart, longestPutOff)))
      }

      const worker: StoreWorker = {
        concurrency,
        failed,
        take() {
          while (workers.has(worker) && underWay.size < concurrency) {
            const id = next()
            if (id === undefined) break
            const job = handle(id).finally(() => {
              underWay.delete(job)
              worker.take()
            })
            underWay.add(job)
          }
          lookIfIdle()
        },
      }
      workers.add(worker)
      worker.take()
      return {
        async close() {
          workers.delete(worker)
          if (workers.size === 0) {
            clearTimeout(nextLook)
            nextLook = undefined
            for (const id of [...sleeping.keys(), ...fresh, ...again]) forget(id)
            await looking
          }
          await Promise.all(underWay)
        },
      }
    },
  }
}

/** A look that had to pass over many takes more with it. */
function wanted(room: number, took: number): number {
  return room * (1 + Math.floor(took / 10))
}
