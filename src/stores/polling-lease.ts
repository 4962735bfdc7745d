import { nodeCrypto } from '../node-crypto.ts'
import type { Coordinator } from '../types.ts'
import { storeDeadline, withDeadline } from './deadline.ts'
import { inProcessCoordinator, leaseTimeout } from './in-process-coordinator.ts'
import { storeFailed } from './store-failure.ts'

/** Where the leases of several processes are kept. Each operation is atomic there, and judged by the backend's clock. */
export interface LeaseBackend {
  /** Takes a lease that is free, has ended, or is `owner`'s already. */
  take(id: string, owner: string, ttlMs: number): Promise<boolean>
  /** Gives it back, where it is still `owner`'s. */
  release(id: string, owner: string): Promise<void>
}

/** ms between two looks at a lease that somebody else holds: soon at first, then ever less often. */
const firstPause = 10
const mostPause = 100
/** ms that a waiter stays beyond its time, to be there when a holder that began with it ends. */
const grace = 2 * mostPause

/**
 * `withLease` over a backend that can be asked but does not call back. Waiters of this process line up, so that only the
 * first of them asks, whatever their number.
 */
export function pollingLease(backend: LeaseBackend): Coordinator['withLease'] {
  const lanes = inProcessCoordinator()

  async function take(id: string, owner: string, ttlMs: number): Promise<boolean> {
    let late = false
    const taking = backend.take(id, owner, ttlMs)
    // A backend that comes back after we have given up must not keep a lease that nobody uses.
    taking.then(
      (taken) => (taken && late ? release(id, owner) : undefined),
      () => undefined,
    )
    try {
      return await withDeadline(taking, storeDeadline, () =>
        storeFailed(`the lease got no answer within ${storeDeadline} ms`),
      )
    } catch (error) {
      late = true
      throw error
    }
  }

  /** A lease that cannot be given back ends by itself; the work's outcome matters more. */
  async function release(id: string, owner: string): Promise<void> {
    await withDeadline(backend.release(id, owner), storeDeadline, () => storeFailed('no answer')).catch(
      () => undefined,
    )
  }

  async function takeInTurn(id: string, ttlMs: number, until: number): Promise<string> {
    const owner = nodeCrypto().randomUUID()
    for (let pause = firstPause; ; pause = Math.min(pause * 1.5, mostPause)) {
      if (await take(id, owner, ttlMs)) return owner
      if (performance.now() >= until) throw leaseTimeout(ttlMs)
      // Processes that began to wait together must not ask together.
      const wait = pause * (0.5 + Math.random() / 2)
      await new Promise<void>((resume) => setTimeout(resume, wait))
    }
  }

  return (key, ttlMs, run) => {
    const id = coordinationId(key)
    const until = performance.now() + ttlMs + grace
    return lanes.withLease(key, ttlMs, async () => {
      const owner = await takeInTurn(id, ttlMs, until)
      try {
        return await run()
      } finally {
        await release(id, owner)
      }
    })
  }
}

/** A key of a claim or a lease as any backend can hold it: 43 letters, digits, `-` and `_`. */
export function coordinationId(key: string): string {
  // UTF-16, since lone surrogates are all one in UTF-8.
  return nodeCrypto().createHash('sha256').update(Buffer.from(key, 'utf16le')).digest('base64url')
}
