import type { Coordinator } from '../types.ts'

/** What the backend behind a Keyv adapter can do atomically, across all processes that use it. */
export interface AtomicAdapter {
  readonly coordinator: Coordinator
  /**
   * Puts `next` (absent: nothing) in the place of `current` (absent: nothing there), both as the adapter stores them.
   * `false` where something else stands there. `key` is what the adapter's own `get` would be given.
   */
  swap(key: string, current: string | undefined, next: string | undefined): Promise<boolean>
}
