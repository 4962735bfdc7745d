import { createHash, randomUUID } from 'node:crypto'
import type { Coordinator } from '../types.ts'
import { inProcessCoordinator, leaseTimeout } from './in-process-coordinator.ts'
import type { LmdbDatabases, LmdbEnvironment } from './lmdb-environment.ts'

/** Each claim removes up to this many that have ended, so that they go faster than they come. */
const endedPerClaim = 8
/** ms between two looks at a lease that somebody else holds. */
const minPoll = 10
const maxPoll = 50
/** ms that a waiter stays beyond its time, to be there when a holder that began with it ends. */
const grace = 2 * maxPoll

/** Claims and leases across the processes that share one LMDB environment. The wall clock judges both. */
export function lmdbCoordinator(environment: LmdbEnvironment): Coordinator {
  // Waiters of this process line up here, so that only the first of them looks at the disk.
  const lanes = inProcessCoordinator()

  async function acquire(id: Buffer, ttlMs: number, until: number): Promise<string> {
    const owner = randomUUID()
    while (true) {
      // Looking is free; only who sees the lease free asks for the write lock.
      const mayBeFree = await environment.read(({ leases }) => isFree(leases.get(id)))
      if (mayBeFree) {
        const taken = await environment.write(({ leases }) => {
          if (!isFree(leases.get(id))) return false
          leases.put(id, { owner, endsAt: Date.now() + ttlMs })
          return true
        })
        if (taken) return owner
      }
      if (performance.now() >= until) throw leaseTimeout(ttlMs)
      const pause = minPoll + Math.random() * (maxPoll - minPoll)
      await new Promise<void>((resume) => setTimeout(resume, pause))
    }
  }

  async function release(id: Buffer, owner: string): Promise<void> {
    await environment.write(({ leases }) => {
      if (leases.get(id)?.owner === owner) leases.remove(id)
    })
  }

  return {
    claim(key, ttlMs) {
      const id = digest(key)
      return environment.write((databases) => {
        const now = Date.now()
        const endsAt = databases.claims.get(id)
        if (endsAt !== undefined && endsAt > now) return false
        removeEnded(databases, now)
        databases.claims.put(id, now + ttlMs)
        databases.claimEnds.put(endKey(now + ttlMs, id), 0)
        return true
      })
    },
    withLease(key, ttlMs, run) {
      const id = digest(key)
      const until = performance.now() + ttlMs + grace
      return lanes.withLease(key, ttlMs, async () => {
        const owner = await acquire(id, ttlMs, until)
        try {
          return await run()
        } finally {
          // A lease that cannot be given back ends by itself; the work's outcome matters more.
          await release(id, owner).catch(() => undefined)
        }
      })
    },
  }
}

function isFree(lease: { readonly endsAt: number } | undefined): boolean {
  return lease === undefined || lease.endsAt <= Date.now()
}

function removeEnded({ claims, claimEnds }: LmdbDatabases, now: number): void {
  for (const key of [...claimEnds.getKeys({ end: endKey(now, Buffer.alloc(0)), limit: endedPerClaim })]) {
    claimEnds.remove(key)
    const id = key.subarray(8)
    // Claimed again since: then another row of this index speaks for it.
    const endsAt = claims.get(id)
    if (endsAt !== undefined && endsAt <= now) claims.remove(id)
  }
}

function endKey(endsAt: number, id: Buffer): Buffer {
  const time = Buffer.alloc(8)
  time.writeBigUInt64BE(BigInt(Math.max(0, Math.ceil(endsAt))))
  return Buffer.concat([time, id])
}

function digest(key: string): Buffer {
  // UTF-16, since lone surrogates are all one in UTF-8.
  return createHash('sha256').update(Buffer.from(key, 'utf16le')).digest()
}
