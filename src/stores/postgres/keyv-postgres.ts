import { nodeCrypto } from '../../node-crypto.ts'
import type { AtomicAdapter } from '../atomic-adapter.ts'
import { coordinationId, pollingLease } from '../polling-lease.ts'
import { asStoreFailure } from '../store-failure.ts'
import { resend, resendRemoval } from './broken-connection.ts'

const claimPrefix = 'latchkey-claim/'
const leasePrefix = 'latchkey-lease/'
/** Without an index on their end, the ended are found by reading the whole table: seldom, and so many at a time. */
const sweepChance = 1 / 256
const sweepLimit = 1_000

/** The adapter puts names into its statements unquoted, so anything else could not have worked there. */
const identifier = /^(?:[A-Za-z_][\w$]*|"(?:[^"\\]|"")+")$/

type Query = (text: string, values: readonly unknown[]) => Promise<unknown[]>

/**
 * What the adapter of `@keyv/postgres` 2 can do atomically in its own table, which stays as it is; `undefined` for every
 * other adapter. Claims and leases are rows as Keyv itself writes them, judged by the server's clock.
 */
export function atomicPostgres(adapter: object): AtomicAdapter | undefined {
  const opts: unknown = Reflect.get(adapter, 'opts')
  const method: unknown = Reflect.get(adapter, 'query')
  if (typeof opts !== 'object' || opts === null || typeof method !== 'function') return undefined
  // The adapters for MySQL and SQLite look alike but for these.
  const schema: unknown = Reflect.get(opts, 'schema')
  const table: unknown = Reflect.get(opts, 'table')
  if (Reflect.get(opts, 'dialect') !== 'postgres' || !isIdentifier(schema) || !isIdentifier(table))
    return undefined
  return atomicTable(async (text, values) => {
    const rows: unknown = await Reflect.apply(method, adapter, [text, values])
    if (!Array.isArray(rows)) throw new TypeError('the adapter gave no rows')
    return rows
  }, `${schema}.${table}`)
}

function isIdentifier(value: unknown): value is string {
  return typeof value === 'string' && identifier.test(value)
}

function atomicTable(query: Query, table: string): AtomicAdapter {
  const sql = statementsFor(table)

  const changes = async (text: string, values: readonly unknown[]) => (await query(text, values)).length > 0
  const take = (key: string, owner: string, ttlMs: number) =>
    resend(() => changes(sql.take, [key, owner, String(ttlMs)]))

  function sweepSometimes(): void {
    if (Math.random() >= sweepChance) return
    // Nobody waits: it may take longer than a claim has. Where it fails, another one comes.
    query(sql.sweep, []).catch(() => undefined)
  }

  return {
    coordinator: {
      claim: (key, ttlMs) =>
        inOurWords('claim', async () => {
          const claimed = await take(claimPrefix + coordinationId(key), nodeCrypto().randomUUID(), ttlMs)
          sweepSometimes()
          return claimed
        }),
      withLease: pollingLease({
        take: (id, owner, ttlMs) => inOurWords('lease', () => take(leasePrefix + id, owner, ttlMs)),
        release: async (id, owner) => {
          await inOurWords('lease', () => resend(() => query(sql.release, [leasePrefix + id, owner])))
        },
      }),
    },
    swap: (key, current, next) =>
      inOurWords('write', async () => {
        if (current !== undefined && next !== undefined)
          return resend((again) => changes(again ? sql.replaceAgain : sql.replace, [key, current, next]))
        if (current !== undefined) return resendRemoval(() => changes(sql.remove, [key, current]))
        if (next !== undefined)
          return resend((again) => changes(again ? sql.insertAgain : sql.insert, [key, next]))
        return !(await resend(() => changes(sql.find, [key])))
      }),
  }
}

/** The driver's errors quote values. */
async function inOurWords<T>(operation: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw asStoreFailure(error, `the ${operation} failed in Postgres`)
  }
}

const now = 'extract(epoch FROM clock_timestamp()) * 1000'

function statementsFor(table: string) {
  // Other people's rows need not hold JSON, and only CASE promises that they are not read as such.
  const only = (rows: string, expression: string) => `CASE WHEN ${rows} THEN ${expression} END`
  const ours = `key LIKE '${claimPrefix}%' OR key LIKE '${leasePrefix}%'`
  const ended = only(ours, `(value::json->>'expires')::numeric <= ${now}`)
  const owner = only('key = $1::text', "value::json->>'value'")
  const alive = only('key = $1::text', `(value::json->>'expires')::numeric > ${now}`)
  const insert = `INSERT INTO ${table} AS held (key, value) VALUES ($1::text, $2::text) ON CONFLICT (key)`
  return {
    // Looking comes first: who finds the row held writes nothing, not even a row lock.
    take: `INSERT INTO ${table} AS held (key, value)
SELECT $1::text, json_build_object('value', $2::text, 'expires', ceil(${now} + $3::text::float8)::bigint)::text
WHERE NOT EXISTS (SELECT FROM ${table} WHERE key = $1::text AND ${owner} <> $2::text AND ${alive})
ON CONFLICT (key) DO UPDATE SET value = excluded.value
WHERE (held.value::json->>'expires')::numeric <= ${now} OR held.value::json->>'value' = $2::text
RETURNING key`,
    release: `DELETE FROM ${table} WHERE key = $1::text AND ${owner} = $2::text RETURNING key`,
    sweep: `DELETE FROM ${table} WHERE key = ANY (ARRAY(
  SELECT key FROM ${table} WHERE ${ended} LIMIT ${sweepLimit} FOR UPDATE SKIP LOCKED))`,
    find: `SELECT key FROM ${table} WHERE key = $1::text`,
    insert: `${insert} DO NOTHING RETURNING key`,
    insertAgain: `${insert} DO UPDATE SET value = excluded.value WHERE held.value = excluded.value RETURNING key`,
    replace: `UPDATE ${table} SET value = $3::text WHERE key = $1::text AND value = $2::text RETURNING key`,
    replaceAgain: `UPDATE ${table} SET value = $3::text
WHERE key = $1::text AND value IN ($2::text, $3::text) RETURNING key`,
    remove: `DELETE FROM ${table} WHERE key = $1::text AND value = $2::text RETURNING key`,
  }
}
