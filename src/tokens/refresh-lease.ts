import type { ClientContext } from '../context.ts'
import { isOAuthError } from '../errors/oauth-error.ts'
import type { Unsaved } from './unsaved.ts'

/** ms before its end at which a kept lease is taken anew. */
const margin = 2_000
/** ms between two tries to take it anew. */
const retryPause = 1_000

/** Connections whose lease this process keeps, each with the last piece of work inside it. */
type Lanes = Map<string, Promise<unknown>>
const kept = new WeakMap<Unsaved, Lanes>()

/**
 * Runs what changes a connection's tokens, one at a time across processes. While only this process has the newest tokens,
 * because the store would not take them, it answers its callers and keeps the lease (DESIGN §6): another process would
 * spend the refresh token that is stored, which the provider has rotated already. Its own work then goes on inside.
 */
export function createRefreshLease(context: ClientContext, leaseMs: number) {
  const { coordinator, unsaved } = context
  const lanes: Lanes = kept.get(unsaved) ?? new Map()
  kept.set(unsaved, lanes)
  const leases = new Set<Promise<unknown>>()

  function exclusively<T>(id: string, run: () => Promise<T>): Promise<T> {
    const lane = lanes.get(id)
    if (lane) {
      const turn = lane.then(run)
      const ended = turn.catch(() => undefined)
      lanes.set(id, ended)
      return turn
    }
    return new Promise<T>((resolve, reject) => {
      const endsAt = performance.now() + leaseMs - margin
      const lease = coordinator.withLease(`refresh:${id}`, leaseMs, async () => {
        const value = await run()
        if (unsaved.get(id)) {
          resolve(value)
          await keep(id, endsAt)
        }
        return value
      })
      leases.add(lease)
      lease.then(resolve, reject).then(() => leases.delete(lease))
    })
  }

  async function keep(id: string, endsAt: number): Promise<void> {
    lanes.set(id, Promise.resolve())
    await until(unsaved.settled(id), endsAt - performance.now())
    // What has begun inside the lease ends inside it, as far as the time goes.
    await until(lanes.get(id), endsAt - performance.now())
    lanes.delete(id)
    if (unsaved.get(id)) void takeAnew(id)
  }

  /** No coordinator can prolong a lease, so there is a gap in which somebody else may come first. */
  async function takeAnew(id: string): Promise<void> {
    while (unsaved.get(id) && !lanes.has(id))
      try {
        return await exclusively(id, async () => undefined)
      } catch (error) {
        if (!isOAuthError(error)) throw error
        await until(unsaved.settled(id), retryPause)
      }
  }

  return {
    exclusively,
    /** Resolves when every lease has been given back. */
    released: async (): Promise<void> => void (await Promise.allSettled(leases)),
  }
}

/** Waits for a promise or so many ms, and keeps no process alive by it. */
async function until(settled: Promise<unknown> | undefined, ms: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const time = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, ms))
    timer.unref?.()
  })
  await Promise.race([settled, time])
  clearTimeout(timer)
}
