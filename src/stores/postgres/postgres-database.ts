import { OAuthError } from '../../errors/oauth-error.ts'
import { storeDeadline } from '../deadline.ts'
import { asStoreFailure, storeFailed } from '../store-failure.ts'

/** What latchkey needs of a pool: a `pg.Pool` fits, and so does a PGlite. */
export interface PostgresPool {
  /** Runs one statement with `$1` … parameters. */
  query(text: string, values?: unknown[]): Promise<{ readonly rows: unknown[] }>
}

/** Statements, one at a time, each a transaction of its own. Errors are the driver's. */
export interface PostgresDatabase {
  /** `ms` is what the driver gives an answer, where the pool is ours; default 5000. */
  query(text: string, values: readonly unknown[], ms?: number): Promise<unknown[]>
  /** Ends what was opened here. */
  close(): Promise<void>
}

/** ms to connect: below the deadline of an operation, so that it fails with the reason. */
const connectTimeout = 4_000
/** Of our own pool. Statements are short, and many processes share what one server allows (100 by default). */
const mostConnections = 5

/** A pool of the application: never ended, never listened to. */
export function givenDatabase(pool: PostgresPool): PostgresDatabase {
  return {
    async query(text, values) {
      const { rows } = await pool.query(text, [...values])
      if (Array.isArray(rows)) return rows
      throw new OAuthError({
        code: 'config_invalid',
        detail: 'options.pool of postgresStore answers without rows',
        hint: 'Pass a pg.Pool, or an object whose query(text, values) resolves to { rows }.',
      })
    },
    close: async () => undefined,
  }
}

/** A pool of our own, made at the first statement. */
export function ownDatabase(connectionString: string): PostgresDatabase {
  let opening: ReturnType<typeof openPool> | undefined
  let closed = false
  return {
    async query(text, values, ms = storeDeadline) {
      if (closed) throw storeFailed('the store has been closed')
      opening ??= openPool(connectionString)
      const pool = await opening
      // The driver drops a connection that gave no answer in time; else ten of them would block the pool for good.
      const config = { text, values: [...values], query_timeout: ms }
      return (await pool.query(config)).rows
    },
    async close() {
      if (closed) return
      closed = true
      const pool = await opening?.catch(() => undefined)
      await pool?.end()
    },
  }
}

async function openPool(connectionString: string) {
  const { Pool } = await load()
  const pool = new Pool({
    connectionString,
    max: mostConnections,
    connectionTimeoutMillis: connectTimeout,
    allowExitOnIdle: true,
    keepAlive: true,
    fallback_application_name: 'latchkey',
  })
  // An idle connection that the server ends is no news, and without a listener it would end the process.
  pool.on('error', () => undefined)
  return pool
}

async function load(): Promise<typeof import('pg')> {
  try {
    return await import('pg')
  } catch {
    throw new OAuthError({
      code: 'config_invalid',
      detail: 'postgresStore({ connectionString }) needs the package "pg", which is not installed',
      hint: 'Run `npm install pg`, or pass a pool of your own.',
    })
  }
}

/** Undefined table, undefined column, invalid schema name. */
const schemaMissing = new Set(['42P01', '42703', '3F000'])

/** What a statement failed with, in words of ours: the driver's quote values and host names. */
export function asDatabaseFailure(error: unknown, operation: string): OAuthError {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined
  if (typeof code === 'string' && schemaMissing.has(code))
    return new OAuthError({
      code: 'config_invalid',
      detail: 'the tables of postgresStore are not there, or not as this version needs them',
      hint:
        'Run `await store.ensureSchema()` once at the start, or the files of latchkey/migrations/postgres. A schema ' +
        'named in options.table must exist.',
    })
  if (code === 'ERR_INVALID_URL')
    return new OAuthError({
      code: 'config_invalid',
      detail: 'the connectionString of postgresStore is no URL',
      hint: 'Give postgres://user:password@host:5432/database, with special characters percent-encoded.',
    })
  return asStoreFailure(error, `${operation} failed in Postgres`)
}
