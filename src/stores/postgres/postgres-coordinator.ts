import { nodeCrypto } from '../../node-crypto.ts'
import type { Coordinator } from '../../types.ts'
import { coordinationId, pollingLease } from '../polling-lease.ts'
import { resend } from './broken-connection.ts'
import { asDatabaseFailure, type PostgresDatabase } from './postgres-database.ts'
import type { TableNames } from './table-names.ts'

/** Each claim removes up to this many that have ended, so that they go faster than they come. */
const endedPerClaim = 8

/** Claims and leases as rows, each taken by one statement and judged by the server's clock. */
export function postgresCoordinator(database: PostgresDatabase, names: TableNames): Coordinator {
  async function run(operation: string, text: string, values: readonly string[]): Promise<boolean> {
    try {
      // A row that the first try left is the same owner's, so trying again changes nothing.
      return (await resend(() => database.query(text, values))).length > 0
    } catch (error) {
      throw asDatabaseFailure(error, operation)
    }
  }
  const claim = takeStatement(names.claims)
  const lease = takeStatement(names.leases)
  const release = `DELETE FROM ${names.leases} WHERE id = $1::text AND owner = $2::text RETURNING 1 AS done`

  return {
    claim: (key, ttlMs) =>
      run('claim', claim, [coordinationId(key), nodeCrypto().randomUUID(), String(ttlMs)]),
    withLease: pollingLease({
      take: (id, owner, ttlMs) => run('lease', lease, [id, owner, String(ttlMs)]),
      release: async (id, owner) => {
        await run('lease', release, [id, owner])
      },
    }),
  }
}

/**
 * Looking comes first: who finds the row held writes nothing, not even a row lock. The ended are looked up by now(),
 * which an index can serve, and after the row is ours: it skips what others lock, so nobody waits in a circle.
 */
function takeStatement(table: string): string {
  return `WITH ended AS (
  DELETE FROM ${table} WHERE id = ANY (ARRAY(
    SELECT id FROM ${table} WHERE ends_at <= now() AND id <> $1::text
    ORDER BY ends_at LIMIT ${endedPerClaim} FOR UPDATE SKIP LOCKED))
)
INSERT INTO ${table} AS held (id, owner, ends_at)
SELECT $1::text, $2::text, clock_timestamp() + $3::text::float8 * interval '1 millisecond'
WHERE NOT EXISTS (SELECT FROM ${table}
  WHERE id = $1::text AND owner <> $2::text AND ends_at > clock_timestamp())
ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, ends_at = excluded.ends_at
WHERE held.ends_at <= clock_timestamp() OR held.owner = excluded.owner
RETURNING 1 AS done`
}
