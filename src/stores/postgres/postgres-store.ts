import { OAuthError } from '../../errors/oauth-error.ts'
import type { ConnectionFilter, TokenStore } from '../../types.ts'
import { encodeConnectionKey } from '../connection-key.ts'
import { guardStore, withDeadline } from '../deadline.ts'
import { selectRecords } from '../record-codec.ts'
import { storeFailed } from '../store-failure.ts'
import { resend, resendRemoval } from './broken-connection.ts'
import {
  connectionStatements,
  keyValues,
  pageQuery,
  pageSize,
  readRow,
  recordOf,
  recordValues,
  type StoredRow,
} from './connection-rows.ts'
import { applyMigrations } from './migrations.ts'
import { postgresCoordinator } from './postgres-coordinator.ts'
import {
  asDatabaseFailure,
  givenDatabase,
  ownDatabase,
  type PostgresDatabase,
  type PostgresPool,
} from './postgres-database.ts'
import { defaultTable, tableNames } from './table-names.ts'

/** ms for `ensureSchema`, which waits for other processes that do the same. */
const schemaDeadline = 30_000

interface TableOption {
  /** `name` or `schema.name`; default `latchkey_connections`. Claims and leases are beside it, `…_claims`, `…_leases`. */
  readonly table?: string | undefined
}

interface GivenPool extends TableOption {
  /** Your own pool, for example of `pg`. It stays yours: never ended, never reconfigured. */
  readonly pool: PostgresPool
  readonly connectionString?: undefined
}

interface OwnPool extends TableOption {
  /** A `postgres://` URL: the store opens a pool of its own, which `close()` ends. Needs the package `pg`. */
  readonly connectionString: string
  readonly pool?: undefined
}

export type PostgresStoreOptions = GivenPool | OwnPool

export interface PostgresStore extends TokenStore {
  /**
   * Creates what is missing of the tables and indexes. Safe in every process at every start; needs no right to create
   * where nothing is missing. Instead of it, run the files of `latchkey/migrations/postgres`.
   */
  ensureSchema(): Promise<void>
}

/**
 * Connections, claims and leases in Postgres, for any number of processes, also behind a pooler in
 * transaction mode. Opens nothing before the first operation. Operations reject with `store_failed`, or `config_invalid`
 * where the tables or the package `pg` are missing. Throws `config_invalid` for unusable options.
 */
export function postgresStore(options: PostgresStoreOptions): PostgresStore {
  const names = tableNames(options.table ?? defaultTable)
  const database = databaseOf(options)
  const sql = connectionStatements(names.connections)

  async function ask<T>(operation: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw asDatabaseFailure(error, operation)
    }
  }

  async function changes(text: string, values: readonly unknown[]): Promise<boolean> {
    return (await database.query(text, values)).length > 0
  }

  async function* readPages(filter: ConnectionFilter): AsyncGenerator<StoredRow, void> {
    let last: StoredRow | undefined
    while (true) {
      const { text, values } = pageQuery(names.connections, filter, last)
      const rows = await ask('list', () => resend(() => database.query(text, values)))
      const page = rows.map(readRow)
      yield* page
      last = page.at(-1)
      if (page.length < pageSize) return
    }
  }

  const store = guardStore({
    async load(key) {
      encodeConnectionKey(key)
      const [row] = await ask('load', () => resend(() => database.query(sql.load, keyValues(key))))
      return row === undefined ? undefined : recordOf(readRow(row), key)
    },
    async save(record, { expectedVersion }) {
      encodeConnectionKey(record)
      const values = recordValues(record)
      return ask('save', () =>
        resend((again) =>
          expectedVersion === null
            ? changes(again ? sql.createAgain : sql.create, values)
            : changes(again ? sql.replaceAgain : sql.replace, [...values, String(expectedVersion)]),
        ),
      )
    },
    async remove(key, removeOptions) {
      encodeConnectionKey(key)
      const expected = removeOptions?.expectedVersion
      return ask('remove', () =>
        resendRemoval(() =>
          expected === undefined
            ? changes(sql.remove, keyValues(key))
            : changes(sql.removeVersion, [...keyValues(key), String(expected)]),
        ),
      )
    },
    list: (filter) => selectRecords(readPages(filter), filter, (row) => recordOf(row)),
    coordinator: postgresCoordinator(database, names),
    close: () => database.close(),
  })

  return Object.assign(store, {
    async ensureSchema() {
      const query = (text: string, values: readonly unknown[]) => database.query(text, values, schemaDeadline)
      await withDeadline(
        ask('ensureSchema', () => resend(() => applyMigrations(query, names))),
        schemaDeadline,
        () => storeFailed(`ensureSchema got no answer within ${schemaDeadline} ms`),
      )
    },
  })
}

function databaseOf({ pool, connectionString }: PostgresStoreOptions): PostgresDatabase {
  const isPool = typeof pool === 'object' && pool !== null && typeof pool.query === 'function'
  const isText = typeof connectionString === 'string' && connectionString !== ''
  if (isPool && connectionString === undefined) return givenDatabase(pool)
  if (isText && pool === undefined) return ownDatabase(connectionString)
  throw new OAuthError({
    code: 'config_invalid',
    detail: 'postgresStore needs either options.pool or options.connectionString',
    hint: 'Pass { pool: new pg.Pool(…) } or { connectionString: "postgres://…" }.',
  })
}
