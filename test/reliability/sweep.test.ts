import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { postgresStore } from '../../src/stores/postgres/index.ts'
import { type OwnTable, ownTable } from '../stores/own-table.ts'
import { type Acme, json, startAcme } from '../support/connected.ts'
import { describeWithPostgres } from '../support/servers.ts'

const minute = 60_000
const many = 100_000

setFlagsFromString('--expose-gc')
const collect: unknown = runInNewContext('gc')

/** Bytes, garbage left out: how much of that V8 lets pile up is its own matter, and another with each version. */
function heapHeld(): number {
  if (typeof collect !== 'function') throw new Error('this Node gives no gc')
  collect()
  return process.memoryUsage().heapUsed
}

/** What this session's reads have cost, of the table and its indexes. */
const costs = `SELECT seq_scan::int AS "seqScans", seq_tup_read::int AS "seqRows", idx_tup_fetch::int AS "indexRows"
  FROM pg_stat_xact_user_tables WHERE relname = $1`

describeWithPostgres('refreshExpiring over a hundred thousand rows in Postgres', () => {
  let acme: Acme
  let own: OwnTable
  beforeEach(async () => {
    acme = await startAcme()
    own = ownTable({ max: 4 })
  })
  afterEach(async () => {
    await own.dispose()
    await acme.close()
  })

  /** So many rows that end `minutes` from now: copies of a real one under other tenants. */
  async function fill(minutes: number): Promise<void> {
    const columns = `status, scopes, token_type, params, created_at, connected_at, updated_at, version, sealed`
    await own.pool.query(
      `INSERT INTO "${own.table}" (provider, tenant_id, connection_id, expires_at, refreshed_at, ${columns})
       SELECT provider, 'other' || n, connection_id, to_timestamp($1::float8 / 1000), refreshed_at, ${columns}
       FROM "${own.table}", generate_series(1, ${many}) AS n WHERE tenant_id = 't0'`,
      [String(acme.now() + minutes * minute)],
    )
    await own.pool.query(`ANALYZE "${own.table}"`)
  }

  async function setUp() {
    const store = postgresStore({ pool: own.pool, table: own.table })
    await store.ensureSchema()
    const client = acme.client({ store })
    const connect = async (tenantId: string) => {
      const { state } = await client.authorize({ tenantId })
      await client.callback(`?code=c&state=${state}`)
    }
    return { store, client, connect }
  }

  it('finds the hundred that are due, without a scan', { timeout: 120_000 }, async () => {
    const { client, connect } = await setUp()
    await connect('t0')
    await fill(24 * 60)
    await Promise.all(Array.from({ length: 100 }, (_none, index) => connect(`due${index}`)))
    await own.pool.query(`DELETE FROM "${own.table}" WHERE tenant_id = 't0'`)
    acme.pass(55 * minute)
    acme.endpoints['/token'] = acme.rotating
    // On one connection, in one transaction: only there Postgres counts at once, and only what the sweep has done.
    const session = await own.pool.connect()
    let inTurn: Promise<unknown> = Promise.resolve()
    const pool = {
      query(text: string, values?: unknown[]) {
        const answered = inTurn.then(() => session.query(text, values))
        inTurn = answered.catch(() => undefined)
        return answered
      },
    }
    await session.query('BEGIN')
    const sweeper = acme.client({ store: postgresStore({ pool, table: own.table }) })
    const counts = await sweeper.refreshExpiring({ within: 10 * minute })
    const { rows } = await session.query(costs, [own.table])
    await session.query('COMMIT')
    session.release()
    expect(counts).toEqual({ refreshed: 100, failed: 0, reconnectRequired: 0 })
    expect(rows).toHaveLength(1)
    const { indexRows, seqScans } = rows[0]
    console.log(`sweep | postgres | 100 due of ${many} | ${indexRows} rows read by index | ${seqScans} scans`)
    expect(rows[0]).toMatchObject({ seqScans: 0, seqRows: 0 })
    // Each is listed, read again inside the lease, and saved.
    expect(indexRows).toBeLessThan(1_000)
    expect(await client.refreshExpiring({ within: 10 * minute })).toMatchObject({ refreshed: 0 })
  })

  it('reads all of them in bounded memory', { timeout: 120_000 }, async () => {
    const { client, connect } = await setUp()
    await connect('t0')
    // All are due by their end, none by its age: each is listed, none is refreshed.
    await fill(5)
    acme.endpoints['/token'] = () => json({}, 500)
    let most = 0
    const start = heapHeld()
    const sampling = setInterval(() => {
      most = Math.max(most, heapHeld() - start)
    }, 100)
    await own.pool.query(`UPDATE "${own.table}" SET refreshed_at = to_timestamp($1::float8 / 1000)`, [
      String(acme.now() + minute),
    ])
    const listed: string[] = []
    for await (const { tenantId } of client.list({ expiresBefore: new Date(acme.now() + 10 * minute) }))
      if (listed.length < 10) listed.push(tenantId)
    const counts = await client.refreshExpiring({ within: 10 * minute })
    clearInterval(sampling)
    expect(listed).toHaveLength(10)
    expect(counts).toEqual({ refreshed: 0, failed: 0, reconnectRequired: 0 })
    const mebibytes = most / 2 ** 20
    console.log(
      `sweep | postgres | ${many} listed twice | ${mebibytes.toFixed(1)} MiB held above the start at most`,
    )
    // What is held at a time is a page of 500 and 128 read ahead; all of them would be more than 100.
    expect(mebibytes).toBeLessThan(20)
  })
})
