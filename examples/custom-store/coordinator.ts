import { createHash, randomUUID } from 'node:crypto'
import type { Coordinator } from 'latchkey'
import type { Pool } from 'pg'

const pause = 50

/** Claims and leases in two small tables. The server's clock judges them, so that no two processes disagree. */
export function integrationCoordinator(pool: Pool): Coordinator {
  const take = async (id: string, owner: string, ttlMs: number) => {
    const { rowCount } = await pool.query(
      `INSERT INTO integration_leases VALUES ($1, $2, clock_timestamp() + $3 * interval '1 ms')
       ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, ends = excluded.ends
       WHERE integration_leases.ends <= clock_timestamp()`,
      [id, owner, ttlMs],
    )
    return rowCount === 1
  }
  return {
    async claim(key, ttlMs) {
      const { rowCount } = await pool.query(
        `INSERT INTO integration_claims VALUES ($1, clock_timestamp() + $2 * interval '1 ms')
         ON CONFLICT (id) DO UPDATE SET ends = excluded.ends
         WHERE integration_claims.ends <= clock_timestamp()`,
        [idOf(key), ttlMs],
      )
      return rowCount === 1
    },

    // No connection is held while the work runs: the work needs one itself.
    async withLease(key, ttlMs, run) {
      const [id, owner] = [idOf(key), randomUUID()]
      const until = performance.now() + ttlMs
      while (!(await take(id, owner, ttlMs))) {
        if (performance.now() >= until) throw new Error(`the lease was held for ${ttlMs} ms`)
        await new Promise((resolve) => setTimeout(resolve, pause))
      }
      try {
        return await run()
      } finally {
        // A lease that cannot be given back ends by itself; what the work did matters more.
        await pool
          .query('DELETE FROM integration_leases WHERE id = $1 AND owner = $2', [id, owner])
          .catch(() => undefined)
      }
    },
  }
}

/** Keys can be long and hold anything; an id is 43 letters. */
function idOf(key: string): string {
  return createHash('sha256').update(key).digest('base64url')
}
