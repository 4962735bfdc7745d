import type { Held } from './held.ts'
import type { Renewed } from './save-renewed.ts'

const firstPause = 250
const mostPause = 5_000

/** Tokens that the provider has handed out and the store has not taken. */
export interface UnsavedTokens {
  /** What this process serves meanwhile. */
  readonly held: Held
  /** What the store had when it was last read. */
  readonly stored: Held
  /** What it has still to be told. */
  readonly renewed: Renewed
  /** Every state of the tokens that these descend from; any of them may still be what is stored. */
  readonly ancestors: readonly Held['tokens'][]
  /** One more attempt. Resolves where the tokens need no more saving; rejects where they do. */
  save(): Promise<unknown>
  /** Whose `close()` they wait for. */
  readonly owner: object
}

interface Entry extends UnsavedTokens {
  pause: number
  timer: ReturnType<typeof setTimeout> | undefined
  readonly settled: Promise<void>
  settle(): void
}

/**
 * Holds such tokens for all clients of one store (DESIGN §6): they are served from here and saved with growing pauses.
 * No timer of it keeps a process alive; `flush` is what a process that ends calls.
 */
export function createUnsaved() {
  const entries = new Map<string, Entry>()

  async function attempt(id: string, entry: Entry): Promise<void> {
    clearTimeout(entry.timer)
    try {
      await entry.save()
      remove(id, entry)
    } catch {
      // `save` has told `onError`.
      if (entries.get(id) === entry) schedule(id, entry)
    }
  }

  function schedule(id: string, entry: Entry): void {
    clearTimeout(entry.timer)
    entry.timer = setTimeout(() => void attempt(id, entry), entry.pause)
    entry.timer.unref?.()
    entry.pause = Math.min(entry.pause * 2, mostPause)
  }

  function remove(id: string, entry: Entry | undefined): void {
    if (!entry || entries.get(id) !== entry) return
    clearTimeout(entry.timer)
    entries.delete(id)
    entry.settle()
  }

  return {
    isEmpty: (): boolean => entries.size === 0,

    get: (id: string): UnsavedTokens | undefined => entries.get(id),

    /** Newer tokens take the place of older ones. */
    hold(id: string, tokens: UnsavedTokens): void {
      const older = entries.get(id)
      clearTimeout(older?.timer)
      let settle: () => void = () => undefined
      const settled = older?.settled ?? new Promise<void>((resolve) => (settle = resolve))
      const entry = {
        ...tokens,
        pause: firstPause,
        timer: undefined,
        settled,
        settle: older?.settle ?? settle,
      }
      entries.set(id, entry)
      schedule(id, entry)
    },

    /** They have been saved, or replaced by a connect, or are to be forgotten by a disconnect. */
    drop: (id: string) => remove(id, entries.get(id)),

    /** Resolves when nothing of this id is unsaved any more. */
    settled: async (id: string): Promise<void> => entries.get(id)?.settled,

    /** Keeps trying for `ms`, for `close()`; then lets go. Answers how many it had to give up. */
    async flush(owner: object, ms: number): Promise<number> {
      const until = performance.now() + ms
      const own = () => [...entries].filter(([, entry]) => entry.owner === owner)
      for (let pause = firstPause; ; pause = Math.min(pause * 2, mostPause)) {
        await Promise.all(own().map(([id, entry]) => attempt(id, entry)))
        const left = until - performance.now()
        if (own().length === 0 || left <= 0) break
        await new Promise<void>((resume) => setTimeout(resume, Math.min(pause, left)))
      }
      const lost = own()
      for (const [id, entry] of lost) remove(id, entry)
      return lost.length
    },
  }
}

export type Unsaved = ReturnType<typeof createUnsaved>

const shared = new WeakMap<object, Unsaved>()

/** One for all clients that use the same store. */
export function sharedUnsaved(owner: object): Unsaved {
  const found = shared.get(owner) ?? createUnsaved()
  shared.set(owner, found)
  return found
}
