import { OAuthError } from '../errors/oauth-error.ts'
import type { Coordinator } from '../types.ts'

/** Claims are swept when they have doubled since the last sweep, and at least this many have come. */
const minSweep = 1_024
const sweepInterval = 60_000

/**
 * Claims and leases within this process. `clock` (ms) judges claims; leases are measured on the monotonic clock.
 * Leases are granted in order of arrival. A holder that exceeds its time loses the lease to the next in line; a
 * waiter gives up with `timeout` after its own `ttlMs`.
 */
export function inProcessCoordinator(clock: () => number = Date.now): Coordinator {
  const claims = new Map<string, number>()
  let sweepAt = minSweep
  let sweptAt = clock()
  const lanes = new Map<string, Lane>()

  function sweep(now: number): void {
    for (const [key, expiresAt] of claims) if (expiresAt <= now) claims.delete(key)
    sweepAt = Math.max(minSweep, claims.size * 2)
    sweptAt = now
  }

  return {
    async claim(key, ttlMs) {
      const now = clock()
      // No timer: it would keep the process alive, or run for nothing.
      if (claims.size >= sweepAt || now - sweptAt > sweepInterval) sweep(now)
      const expiresAt = claims.get(key)
      if (expiresAt !== undefined && expiresAt > now) return false
      claims.set(key, now + ttlMs)
      return true
    },
    async withLease(key, ttlMs, run) {
      let lane = lanes.get(key)
      if (!lane) {
        lane = new Lane()
        lanes.set(key, lane)
      }
      const holder = lane.enter(ttlMs)
      const token = typeof holder === 'symbol' ? holder : await holder
      try {
        return await run()
      } finally {
        lane.leave(token)
        if (lane.isEmpty() && lanes.get(key) === lane) lanes.delete(key)
      }
    },
  }
}

export function leaseTimeout(ttlMs: number): OAuthError {
  return new OAuthError({
    code: 'timeout',
    detail: `another holder kept the lease for ${ttlMs} ms`,
    hint: 'The same work is being done elsewhere and takes too long. Try again.',
    retryable: true,
  })
}

interface Waiter {
  readonly ttlMs: number
  readonly grant: (token: symbol) => void
  readonly timer: NodeJS.Timeout
}

/** Holder and waiters of one key. */
class Lane {
  #holder: { readonly token: symbol; readonly endsAt: number } | undefined
  readonly #waiters: Waiter[] = []
  #expiry: NodeJS.Timeout | undefined

  isEmpty(): boolean {
    return this.#holder === undefined && this.#waiters.length === 0
  }

  /** A token at once where the lease is free, so that nobody who comes later can be first. */
  enter(ttlMs: number): symbol | Promise<symbol> {
    this.#expire()
    if (!this.#holder) return this.#hold(ttlMs)
    return new Promise<symbol>((grant, reject) => {
      const giveUp = () => {
        this.#expire()
        const place = this.#waiters.indexOf(waiter)
        if (place < 0) return
        this.#waiters.splice(place, 1)
        this.#watchExpiry()
        reject(leaseTimeout(ttlMs))
      }
      const waiter: Waiter = { ttlMs, grant, timer: setTimeout(giveUp, ttlMs) }
      this.#waiters.push(waiter)
      this.#watchExpiry()
    })
  }

  leave(token: symbol): void {
    // Somebody who has lost the lease must not end that of the next.
    if (this.#holder?.token === token) this.#next()
  }

  #hold(ttlMs: number): symbol {
    const token = Symbol('lease')
    this.#holder = { token, endsAt: performance.now() + ttlMs }
    this.#watchExpiry()
    return token
  }

  #next(): void {
    this.#holder = undefined
    const waiter = this.#waiters.shift()
    if (waiter) {
      clearTimeout(waiter.timer)
      waiter.grant(this.#hold(waiter.ttlMs))
    } else this.#watchExpiry()
  }

  #expire(): void {
    if (this.#holder && this.#holder.endsAt <= performance.now()) this.#next()
  }

  /** A timer only while somebody waits for it. */
  #watchExpiry(): void {
    clearTimeout(this.#expiry)
    this.#expiry = undefined
    if (!this.#holder || this.#waiters.length === 0) return
    const wait = Math.max(1, Math.ceil(this.#holder.endsAt - performance.now()))
    this.#expiry = setTimeout(() => {
      this.#expire()
      this.#watchExpiry()
    }, wait)
  }
}

const shared = new WeakMap<object, Coordinator>()

/** One in-process coordinator for all who use the same store: clients are often made anew for each request. */
export function sharedCoordinator(owner: object): Coordinator {
  let coordinator = shared.get(owner)
  if (!coordinator) {
    coordinator = inProcessCoordinator()
    shared.set(owner, coordinator)
  }
  return coordinator
}
