import { OAuthError } from '../../errors/oauth-error.ts'
import type { TokenStore } from '../../types.ts'
import { encodeConnectionKey } from '../connection-key.ts'
import { guardStore, withDeadline } from '../deadline.ts'
import { selectRecords } from '../record-codec.ts'
import { storeFailed } from '../store-failure.ts'
import { resend } from './broken-connection.ts'
import { connectionTable, keyValues, pageQuery, pageSize, recordOf, recordValues } from './connection-rows.ts'
import { applyMigrations } from './migrations.ts'
import { postgresCoordinator } from './postgres-coordinator.ts'
import { givenDatabase, ownDatabase, type PostgresDatabase, type PostgresPool } from './postgres-database.ts'
import { postgresSyncs } from './postgres-syncs.ts'
import { recordAccess } from './record-statements.ts'
import { statementsOn } from './statements.ts'
import { defaultTable, tableNames } from './table-names.ts'

/** ms for `ensureSchema`, which waits for other processes that do the same. */
const schemaDeadline = 30_000

interface TableOption {
  /** `name` or `schema.name`; default `latchkey_connections`. Beside it are `…_claims`, `…_leases`, `…_syncs`. */
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

/** Where Postgres is: a pool of your own, or a URL. */
export type PostgresStoreOptions = GivenPool | OwnPool

/** A `TokenStore` on Postgres, which can create its own tables. */
export interface PostgresStore extends TokenStore {
  /**
   * Creates what is missing of the tables and indexes. Safe in every process at every start; needs no right to create
   * where nothing is missing. Instead of it, run the files of `latchkey/migrations/postgres`.
   */
  ensureSchema(): Promise<void>
}

/**
 * Connections, claims, leases and what `latchkey/sync` keeps in Postgres, for any number of processes, also behind a pooler in
 * transaction mode. Opens nothing before the first operation. Operations reject with `store_failed`, or `config_invalid`
 * where the tables or the package `pg` are missing. Throws `config_invalid` for unusable options.
 */
export function postgresStore(options: PostgresStoreOptions): PostgresStore {
  const names = tableNames(options.table ?? defaultTable)
  const database = databaseOf(options)
  const statements = statementsOn(database)
  const records = recordAccess(statements, connectionTable(names.connections))

  const store = guardStore(
    {
      async load(key) {
        encodeConnectionKey(key)
        const row = await records.load(keyValues(key))
        return row && recordOf(row, key)
      },
      async save(record, { expectedVersion }) {
        encodeConnectionKey(record)
        return records.save(recordValues(record), expectedVersion)
      },
      async remove(key, removeOptions) {
        encodeConnectionKey(key)
        return records.remove(keyValues(key), removeOptions?.expectedVersion)
      },
      list: (filter) =>
        selectRecords(
          statements.pages(pageSize, (last) => pageQuery(names.connections, filter, last)),
          filter,
          (row) => recordOf(row),
        ),
      coordinator: postgresCoordinator(database, names),
      syncs: postgresSyncs(statements, names.syncs),
      close: () => database.close(),
    },
    { judges: true },
  )

  return Object.assign(store, {
    async ensureSchema() {
      const query = (text: string, values: readonly unknown[]) => database.query(text, values, schemaDeadline)
      await withDeadline(
        statements.ask('ensureSchema', () => resend(() => applyMigrations(query, names))),
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
