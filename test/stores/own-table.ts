import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { postgresStore } from '../../src/stores/postgres/index.ts'
import { postgresUrl } from '../support/servers.ts'

/** A table name of this test's own, and a pool as an application would have it. */
export interface OwnTable {
  readonly table: string
  readonly pool: pg.Pool
  /** Empties the tables, for the next test: making them anew takes many times longer. */
  clear(): Promise<void>
  /** Drops the tables and ends the pool. */
  dispose(): Promise<void>
}

/** Of everything that the migrations make. */
const suffixes = ['', '_claims', '_leases', '_syncs']

export function ownTable(config: pg.PoolConfig = {}): OwnTable {
  const table = `latchkey_test_${randomBytes(8).toString('hex')}`
  const pool = new pg.Pool({ connectionString: postgresUrl, ...config })
  // An application listens to its own pool: idle connections that the server ends are reported there.
  pool.on('error', () => undefined)
  return {
    table,
    pool,
    async clear() {
      await pool.query(suffixes.map((suffix) => `DELETE FROM "${table}${suffix}"`).join('; '))
    },
    async dispose() {
      await pool.query(`DROP TABLE IF EXISTS ${suffixes.map((suffix) => `"${table}${suffix}"`).join(', ')}`)
      await pool.end()
    },
  }
}

/** A store on a table of its own for the suite that calls this, empty before each test and gone after the last. */
export function ownStore() {
  const own = ownTable()
  const store = postgresStore({ pool: own.pool, table: own.table })
  beforeAll(() => store.ensureSchema())
  afterEach(() => own.clear())
  afterAll(() => own.dispose())
  return { own, store }
}
