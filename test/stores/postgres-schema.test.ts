import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connectionTable, keyValues, pageQuery } from '../../src/stores/postgres/connection-rows.ts'
import { postgresStore } from '../../src/stores/postgres/index.ts'
import { migrationFile, migrations } from '../../src/stores/postgres/migrations.ts'
import { recordStatements } from '../../src/stores/postgres/record-statements.ts'
import { defaultTable, tableNames } from '../../src/stores/postgres/table-names.ts'
import { describeWithPostgres, postgresUrl } from '../support/servers.ts'
import { type Child, startChild } from './child-process.ts'
import { type OwnTable, ownTable } from './own-table.ts'
import { fullRecord, sampleRecord } from './sample-record.ts'

const folder = new URL('../../migrations/postgres/', import.meta.url)

describe('the migration files', () => {
  it.each(migrations)('$name.sql is what the code has', async (migration) => {
    const text = await readFile(new URL(`${migration.name}.sql`, folder), 'utf8')
    expect(text).toBe(migrationFile(migration, tableNames(defaultTable)))
  })
})

describeWithPostgres('the schema of postgresStore', () => {
  let own: OwnTable
  let children: Child[]
  beforeEach(() => {
    own = ownTable()
    children = []
  })
  afterEach(async () => {
    await Promise.all(children.map((child) => child.kill()))
    await own.dispose()
  })

  /** Relations, columns and constraints, as Postgres tells them. */
  async function shape(table: string): Promise<unknown[]> {
    const indexes = await own.pool.query(
      `SELECT replace(indexdef, $1, 'T') AS words FROM pg_indexes WHERE tablename LIKE $1 || '%' ORDER BY 1`,
      [table],
    )
    const columns = await own.pool.query(
      `SELECT replace(table_name, $1, 'T') AS name, column_name, data_type, collation_name, is_nullable
       FROM information_schema.columns WHERE table_name LIKE $1 || '%' ORDER BY 1, ordinal_position`,
      [table],
    )
    const checks = await own.pool.query(
      `SELECT pg_get_constraintdef(oid) AS words FROM pg_constraint WHERE conrelid = to_regclass($1) ORDER BY 1`,
      [table],
    )
    return [indexes.rows, columns.rows, checks.rows]
  }

  it('names ensureSchema and the files where a table is missing', async () => {
    const store = postgresStore({ pool: own.pool, table: own.table })
    const missing = { code: 'config_invalid', hint: expect.stringMatching(/ensureSchema\(\).*migrations/) }
    await expect(store.load(sampleRecord())).rejects.toMatchObject(missing)
    await expect(store.save(sampleRecord(), { expectedVersion: null })).rejects.toMatchObject(missing)
    await expect(store.remove(sampleRecord())).rejects.toMatchObject(missing)
    await expect(store.coordinator?.claim('a', 1_000)).rejects.toMatchObject(missing)
    await expect(store.coordinator?.withLease('a', 1_000, async () => 1)).rejects.toMatchObject(missing)
    await expect(store.list({})[Symbol.asyncIterator]().next()).rejects.toMatchObject(missing)
    const elsewhere = postgresStore({ pool: own.pool, table: `latchkey_no_such_schema.${own.table}` })
    await expect(elsewhere.ensureSchema()).rejects.toMatchObject(missing)
  })

  it('can be ensured twice, keeps what is there, and puts back what is missing', async () => {
    const store = postgresStore({ pool: own.pool, table: own.table })
    await store.ensureSchema()
    await store.save(fullRecord, { expectedVersion: null })
    const whole = await shape(own.table)
    await store.ensureSchema()
    await own.pool.query(`DROP INDEX "${own.table}_expires_at"; DROP TABLE "${own.table}_claims"`)
    await store.ensureSchema()
    expect(await shape(own.table)).toEqual(whole)
    expect(await store.load(fullRecord)).toEqual(fullRecord)
    expect(await store.coordinator?.claim('a', 1_000)).toBe(true)
  })

  it('is made by the files alone, just so', async () => {
    await postgresStore({ pool: own.pool, table: own.table }).ensureSchema()
    const other = ownTable()
    for (const { name } of migrations) {
      const text = await readFile(new URL(`${name}.sql`, folder), 'utf8')
      // With another table, as the file's head says.
      await other.pool.query(text.replaceAll(defaultTable, other.table))
      await other.pool.query(text.replaceAll(defaultTable, other.table))
    }
    expect(await shape(other.table)).toEqual(await shape(own.table))
    const store = postgresStore({ pool: other.pool, table: other.table })
    expect(await store.save(fullRecord, { expectedVersion: null })).toBe(true)
    expect(await store.load(fullRecord)).toEqual(fullRecord)
    await other.dispose()
  })

  it('asks for no right to create where nothing is missing', async () => {
    const role = `${own.table}_role`
    await postgresStore({ pool: own.pool, table: own.table }).ensureSchema()
    await own.pool.query(
      `CREATE SCHEMA "${role}"; CREATE ROLE "${role}"; GRANT USAGE ON SCHEMA "${role}" TO "${role}";
       ALTER TABLE "${own.table}" SET SCHEMA "${role}"; ALTER TABLE "${own.table}_claims" SET SCHEMA "${role}";
       ALTER TABLE "${own.table}_leases" SET SCHEMA "${role}"; ALTER TABLE "${own.table}_syncs" SET SCHEMA "${role}";
       GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA "${role}" TO "${role}"`,
    )
    const humble = ownTable({ options: `-c role=${role}` })
    const table = `${role}.${own.table}`
    const store = postgresStore({ pool: humble.pool, table })
    await store.ensureSchema()
    expect(await store.save(fullRecord, { expectedVersion: null })).toBe(true)
    expect(await store.coordinator?.claim('a', 1_000)).toBe(true)
    await humble.pool.end()
    await own.pool.query(`DROP SCHEMA "${role}" CASCADE; DROP ROLE "${role}"`)
  })

  it('is made once by eight pools and eight processes at once', { timeout: 60_000 }, async () => {
    for (let round = 0; round < 3; round++) {
      const stores = Array.from({ length: 8 }, () =>
        postgresStore({ connectionString: postgresUrl, table: own.table }),
      )
      await Promise.all(stores.map((store) => store.ensureSchema()))
      await Promise.all(stores.map((store) => store.close?.()))
      await own.pool.query(
        `DROP TABLE "${own.table}", "${own.table}_claims", "${own.table}_leases", "${own.table}_syncs"`,
      )
    }
    children = Array.from({ length: 8 }, () => startChild('postgres-ensure-schema', own.table))
    for (const child of children) expect(await child.next()).toBe('ready')
    for (const child of children) child.send('go')
    expect(await Promise.all(children.map((child) => child.next()))).toEqual(children.map(() => 'made'))
    expect(await Promise.all(children.map((child) => child.ended()))).toEqual(children.map(() => 0))
  })

  it('finds among 100,000 rows by index, and reads little', { timeout: 120_000 }, async () => {
    const store = postgresStore({ pool: own.pool, table: own.table })
    await store.ensureSchema()
    const due = new Date('2026-03-01T00:00:00Z')
    // 1 row of 1000 is due; of two providers, one is rare; one refresh in a thousand is long ago.
    await own.pool.query(
      `INSERT INTO "${own.table}" (provider, tenant_id, connection_id, status, scopes, token_type, expires_at, params,
         created_at, connected_at, updated_at, refreshed_at, version, sealed)
       SELECT CASE WHEN n % 2 = 0 THEN 'slack' ELSE 'zoom' END, 't' || n / 20, 'c' || n % 20,
         CASE WHEN n % 50 = 0 THEN 'reconnect_required' ELSE 'active' END, '["a"]', 'Bearer',
         $1::text::timestamptz + CASE WHEN n % 1000 = 7 THEN -1 ELSE 1 END * (n + 1) * interval '1 s', '{}', now(), now(), now(),
         $1::text::timestamptz + CASE WHEN n % 1000 = 9 THEN -1 ELSE 1 END * (n + 1) * interval '1 s', 1, repeat('k', 700)
       FROM generate_series(1, 100000) n`,
      [due.toISOString()],
    )
    await own.pool.query(`ANALYZE "${own.table}"`)

    async function explain(text: string, values: readonly string[]) {
      const { rows } = await own.pool.query(`EXPLAIN (ANALYZE, BUFFERS) ${text}`, [...values])
      const plan = rows.map((row) => String(row['QUERY PLAN'])).join('\n')
      const [, hit = '0', read = '0'] = /Buffers: shared(?: hit=(\d+))?(?: read=(\d+))?/.exec(plan) ?? []
      return { plan, buffers: Number(hit) + Number(read) }
    }
    const page = (filter: Parameters<typeof pageQuery>[1]) => {
      const { text, values } = pageQuery(`"${own.table}"`, filter, undefined)
      return explain(text, values)
    }
    const key = { provider: 'slack', tenantId: 't100', connectionId: 'c4' }
    const plans = {
      load: await explain(recordStatements(connectionTable(`"${own.table}"`)).load, keyValues(key)),
      expiresBefore: await page({ expiresBefore: due }),
      'expiresBefore, provider': await page({ provider: 'zoom', expiresBefore: due }),
      'expiresBefore, provider, status': await page({
        provider: 'zoom',
        status: 'active',
        expiresBefore: due,
      }),
      'refreshedBefore, provider, status': await page({
        provider: 'zoom',
        status: 'active',
        refreshedBefore: due,
      }),
      'provider, tenant': await page({ provider: 'slack', tenantId: 't100' }),
      'the first page of all': await page({}),
    }
    const indexes = Object.entries(plans).map(([name, { plan }]) => [
      name,
      [...plan.matchAll(/Index (?:Only )?Scan (?:using|on) (\w+)/g)].map(([, index]) =>
        index?.replace(own.table, ''),
      ),
    ])
    expect(Object.fromEntries(indexes)).toEqual({
      load: ['_pkey'],
      expiresBefore: ['_expires_at'],
      'expiresBefore, provider': ['_expires_at'],
      'expiresBefore, provider, status': ['_expires_at'],
      'refreshedBefore, provider, status': ['_refreshed_at'],
      'provider, tenant': ['_pkey'],
      'the first page of all': ['_pkey'],
    })
    for (const { plan } of Object.values(plans)) expect(plan).not.toContain('Seq Scan')
    console.log(
      Object.entries(plans)
        .map(([name, { buffers }]) => `${name}: ${buffers} buffers`)
        .join('\n'),
    )
    const { rows } = await own.pool.query('SELECT relpages FROM pg_class WHERE relname = $1', [own.table])
    expect(rows[0]?.relpages).toBeGreaterThan(10_000)
    expect(plans.load.buffers).toBeLessThanOrEqual(8)
    expect(plans.expiresBefore.buffers).toBeLessThanOrEqual(120)
    expect(plans['refreshedBefore, provider, status'].buffers).toBeLessThanOrEqual(120)
    expect(plans['provider, tenant'].buffers).toBeLessThanOrEqual(40)

    let found = 0
    for await (const record of store.list({ expiresBefore: due })) if (record.sealed) found += 1
    expect(found).toBe(100)
  })
})
