import type { ClientContext } from '../context.ts'
import { isOAuthError } from '../errors/oauth-error.ts'
import type { Unsaved } from './unsaved.ts'
import { until } from './until.ts'

/** ms before its end at which a kept lease is taken anew. */
const margin = 2_000
/** ms between two tries to take it anew. */
const retryPause = 1_000

/** A lease in the hands of what runs inside it. */
export interface Lease {
  /** Whether so many ms are left. A process that was stopped for long must not go on as if nothing had happened. */
  isGoodFor(ms: number): boolean
}

/** Connections whose lease this process keeps, each with the last piece of work inside it. */
type Lanes = Map<string, { readonly lease: Lease; readonly last: Promise<unknown> }>
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

  function exclusively<T>(id: string, run: (lease: Lease) => Promise<T>): Promise<T> {
    const lane = lanes.get(id)
    if (lane) {
      const turn = lane.last.then(() => run(lane.lease))
      const ended = turn.catch(() => undefined)
      lanes.set(id, { ...lane, last: ended })
      return turn
    }
    return new Promise<T>((resolve, reject) => {
      const work = coordinator.withLease(`refresh:${id}`, leaseMs, async () => {
        const lease = startLease(leaseMs)
        const value = await run(lease)
        if (unsaved.get(id)) {
          resolve(value)
          await keep(id, lease)
        }
        return value
      })
      leases.add(work)
      work.then(resolve, reject).then(() => leases.delete(work))
    })
  }

  async function keep(id: string, lease: StartedLease): Promise<void> {
    lanes.set(id, { lease, last: Promise.resolve() })
    await until(unsaved.settled(id), lease.left() - margin)
    // What has begun inside the lease ends inside it, as far as the time goes.
    await until(lanes.get(id)?.last, lease.left() - margin)
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
    released: (): Promise<unknown> => Promise.allSettled(leases),
  }
}

interface StartedLease extends Lease {
  /** ms. */
  left(): number
}

function startLease(ms: number): StartedLease {
  // Neither clock alone: one stands still while a machine sleeps, the other can be set back.
  const [monotonic, wall] = [performance.now(), Date.now()]
  const left = () => ms - Math.max(performance.now() - monotonic, Date.now() - wall)
  return { left, isGoodFor: (needed) => left() >= needed }
}
