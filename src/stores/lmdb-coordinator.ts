import type { Coordinator } from '../types.ts'
import type { LmdbDatabases, LmdbEnvironment } from './lmdb-environment.ts'
import { coordinationId, pollingLease } from './polling-lease.ts'

/** Each claim removes up to this many that have ended, so that they go faster than they come. */
const endedPerClaim = 8

/** Claims and leases across the processes that share one LMDB environment. The wall clock judges both. */
export function lmdbCoordinator(environment: LmdbEnvironment): Coordinator {
  return {
    claim(key, ttlMs) {
      const id = idBytes(coordinationId(key))
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
    withLease: pollingLease({
      async take(key, owner, ttlMs) {
        const id = idBytes(key)
        const isMine = ({ leases }: LmdbDatabases) => {
          const lease = leases.get(id)
          return lease === undefined || lease.owner === owner || lease.endsAt <= Date.now()
        }
        // Looking is free; only who sees the lease free asks for the write lock.
        if (!(await environment.read(isMine))) return false
        return environment.write((databases) => {
          if (!isMine(databases)) return false
          databases.leases.put(id, { owner, endsAt: Date.now() + ttlMs })
          return true
        })
      },
      async release(key, owner) {
        const id = idBytes(key)
        await environment.write(({ leases }) => {
          if (leases.get(id)?.owner === owner) leases.remove(id)
        })
      },
    }),
  }
}

function idBytes(id: string): Buffer {
  return Buffer.from(id, 'base64url')
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
