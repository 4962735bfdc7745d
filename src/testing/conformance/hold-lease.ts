import type { Coordinator } from '../../types.ts'
import { latch, looseEnd, within } from './assertions.ts'

export interface HeldLease {
  /** Ends the work, and answers what `withLease` did: the key, which was the work's result. */
  release(): Promise<string>
}

/** Takes a lease and keeps its work running until `release`. */
export async function hold(coordinator: Coordinator, key: string, ttlMs: number): Promise<HeldLease> {
  const begun = latch()
  const end = latch()
  const ended = looseEnd(
    coordinator.withLease(key, ttlMs, async () => {
      begun.open()
      await end.promise
      return key
    }),
  )
  await within(Promise.race([begun.promise, ended]), 'a lease that is free must be granted')
  return {
    release() {
      end.open()
      return within(ended, 'withLease must settle once its work has')
    },
  }
}
