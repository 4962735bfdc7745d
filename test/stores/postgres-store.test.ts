import pg from 'pg'
import { expect, it } from 'vitest'
import { type PostgresPool, type PostgresStore, postgresStore } from '../../src/stores/postgres/index.ts'
import type { ConnectionFilter, StoredConnection, TokenStore } from '../../src/types.ts'
import { latch } from '../support/latch.ts'
import { describeWithPostgres, postgresUrl } from '../support/servers.ts'
import { type OwnTable, ownStore } from './own-table.ts'
import { fullRecord, sampleKey, sampleRecord } from './sample-record.ts'

async function collect(store: TokenStore, filter: ConnectionFilter = {}): Promise<StoredConnection[]> {
  const found: StoredConnection[] = []
  for await (const record of store.list(filter)) found.push(record)
  return found
}

describeWithPostgres('postgresStore', () => {
  const { own, store } = ownStore()

  const create = (record: StoredConnection) => store.save(record, { expectedVersion: null })

  it.each([
    ['NUL', '\u0000a\u0000'],
    ['a lone high surrogate', 'a\ud800'],
    ['a lone low surrogate', '\udc00a'],
    ['what looks escaped', '\u001aAA \u001a \\u0000 \\ud800'],
    ['control characters', '\u0001\t\n\u001b\u007f'],
    ['quotes', `'"\\$1 $$; --`],
    ['letters beyond ASCII', 'Zürich 東京 🏳️‍🌈 \ufffd \u2028'],
    ['nothing', ''],
  ])('keeps %s in every column of text', async (_words, odd) => {
    const record = sampleRecord({
      userId: odd,
      scopes: [odd, odd],
      tokenType: odd,
      account: { id: odd, name: odd },
      params: { [odd]: odd },
      choices: { [odd]: [{ id: odd, name: odd }, { id: odd }] },
      sealed: odd,
    })
    expect(await create(record)).toBe(true)
    expect(await store.load(sampleKey)).toEqual(record)
    expect(await collect(store)).toEqual([record])
    const next = { ...record, userId: `${odd}2`, version: 2 }
    expect(await store.save(next, { expectedVersion: 1 })).toBe(true)
    expect(await store.load(sampleKey)).toEqual(next)
  })

  it('writes each field into its own column, as SQL reads it', async () => {
    await create({ ...fullRecord, choices: { site: [{ id: '1' }] } })
    const { rows } = await own.pool.query(
      `SELECT *, account->>'name' AS name, extract(epoch FROM expires_at)::text AS seconds FROM "${own.table}"`,
    )
    expect(rows).toMatchObject([
      {
        provider: 'slack',
        tenant_id: 't1',
        connection_id: 'default',
        user_id: fullRecord.userId,
        status: 'reconnect_required',
        scopes: fullRecord.scopes,
        token_type: 'Bearer',
        expires_at: fullRecord.expiresAt,
        refresh_token_expires_at: fullRecord.refreshTokenExpiresAt,
        params: fullRecord.params,
        choices: { site: [{ id: '1' }] },
        created_at: fullRecord.createdAt,
        connected_at: fullRecord.connectedAt,
        updated_at: fullRecord.updatedAt,
        refreshed_at: fullRecord.refreshedAt,
        version: '7',
        sealed: fullRecord.sealed,
        name: fullRecord.account?.name,
        seconds: '1772402400.001000',
      },
    ])
  })

  it('clears what the next version of a record does not have', async () => {
    await create({ ...fullRecord, version: 1 })
    expect(await store.save(sampleRecord({ version: 2 }), { expectedVersion: 1 })).toBe(true)
    expect(await store.load(sampleKey)).toEqual(sampleRecord({ version: 2 }))
  })

  it.each([
    '1970-01-01T00:00:00.000Z',
    '1969-12-31T23:59:59.999Z',
    '2026-03-29T01:30:00.001Z',
    '2024-02-29T12:00:00.123Z',
    '0001-01-01T00:00:00.001Z',
    '0000-12-31T23:59:59.999Z',
    '-000043-03-15T12:00:00.123Z',
    '9999-12-31T23:59:59.999Z',
    '+010000-01-01T00:00:00.001Z',
    '+275760-09-13T00:00:00.000Z',
  ])('keeps the milliseconds of %s', async (text) => {
    const time = new Date(text)
    const record = sampleRecord({ expiresAt: time, createdAt: time, refreshedAt: time })
    await create(record)
    expect(await store.load(sampleKey)).toEqual(record)
    const after = new Date(Math.min(time.getTime() + 1, 8.64e15))
    const isLast = after.getTime() === time.getTime()
    expect(await collect(store, { expiresBefore: after })).toEqual(isLast ? [] : [record])
    expect(await collect(store, { expiresBefore: time })).toEqual([])
    expect(await collect(store, { refreshedBefore: new Date(-8.64e15) })).toEqual([])
  })

  it('refuses a date before those of Postgres', async () => {
    await expect(create(sampleRecord({ expiresAt: new Date(-8.64e15) }))).rejects.toMatchObject({
      code: 'record_unreadable',
    })
    expect(await collect(store)).toEqual([])
  })

  it('counts versions beyond 32 bits', async () => {
    const record = sampleRecord({ version: Number.MAX_SAFE_INTEGER - 1 })
    await create(record)
    const next = { ...record, version: Number.MAX_SAFE_INTEGER }
    expect(await store.save(next, { expectedVersion: record.version })).toBe(true)
    expect(await store.load(sampleKey)).toEqual(next)
  })

  it('works under another DateStyle, TimeZone and interval style', async () => {
    const options = '-c DateStyle=SQL,DMY -c TimeZone=Asia/Kolkata -c IntervalStyle=sql_standard'
    const pool = new pg.Pool({ connectionString: postgresUrl, options })
    const abroad = postgresStore({ pool, table: own.table })
    await abroad.save(fullRecord, { expectedVersion: null })
    expect(await abroad.load(sampleKey)).toEqual(fullRecord)
    expect(await store.load(sampleKey)).toEqual(fullRecord)
    const expiresBefore = fullRecord.expiresAt && new Date(fullRecord.expiresAt.getTime() + 1)
    expect(await collect(abroad, { expiresBefore })).toEqual([fullRecord])
    expect(await collect(abroad, { expiresBefore: fullRecord.expiresAt })).toEqual([])
    expect(await abroad.coordinator?.claim('nonce', 60_000)).toBe(true)
    expect(await store.coordinator?.claim('nonce', 60_000)).toBe(false)
    await pool.end()
  })

  it('depends on no type parser of the application', async () => {
    const types = {
      getTypeParser: (oid: number) => (text: string) => (oid === pg.types.builtins.TEXT ? text : 'changed'),
    }
    const pool = new pg.Pool({ connectionString: postgresUrl, types })
    const { rows } = await pool.query('SELECT 1 AS number')
    expect(rows).toEqual([{ number: 'changed' }])
    const changed = postgresStore({ pool, table: own.table })
    await changed.ensureSchema()
    expect(await changed.save(fullRecord, { expectedVersion: null })).toBe(true)
    expect(await changed.load(sampleKey)).toEqual(fullRecord)
    expect(await collect(changed)).toEqual([fullRecord])
    expect(await changed.coordinator?.withLease('key', 1_000, async () => 'done')).toBe('done')
    expect(await changed.remove(sampleKey)).toBe(true)
    await pool.end()
  })

  it('lists each record once while records move, page by page', { timeout: 60_000 }, async () => {
    const count = 1_201
    await fill(own, count)
    const start = new Date('2026-01-01T00:00:00Z')
    const seen: string[] = []
    const far = new Date('2030-01-01T00:00:00Z')
    for await (const record of store.list({ provider: 'slack', expiresBefore: far })) {
      seen.push(record.tenantId)
      // Still due after it moved, as a short-lived token is: in order of expiry it would come again.
      if (seen.length % 100 === 0) {
        const next = {
          ...record,
          status: 'reconnect_required' as const,
          expiresAt: new Date(far.getTime() - 1),
          refreshedAt: start,
          version: record.version + 1,
        }
        expect(await store.save(next, { expectedVersion: record.version })).toBe(true)
      }
    }
    expect(seen).toHaveLength(count)
    expect(new Set(seen).size).toBe(count)
  })

  it('keeps only a page in memory', async () => {
    await fill(own, 1_201)
    const sizes: number[] = []
    const counting: PostgresPool = {
      async query(text, values) {
        const result = await own.pool.query(text, values)
        sizes.push(result.rows.length)
        return result
      },
    }
    await collect(postgresStore({ pool: counting, table: own.table }))
    expect(sizes).toEqual([500, 500, 201])
  })

  it('reads around a damaged row, and says so at the end', async () => {
    for (const tenantId of ['t1', 't2', 't3']) await create(sampleRecord({ tenantId }))
    await own.pool.query(`UPDATE "${own.table}" SET expires_at = 'infinity' WHERE tenant_id = 't2'`)
    const found: string[] = []
    const reading = (async () => {
      for await (const record of store.list({})) found.push(record.tenantId)
    })()
    await expect(reading).rejects.toMatchObject({ code: 'record_unreadable' })
    expect(found).toEqual(['t1', 't3'])
  })

  it('removes claims and leases that have ended as new ones come', async () => {
    const count = async (suffix: string) =>
      (await own.pool.query(`SELECT id FROM "${own.table}${suffix}"`)).rows.length
    await own.pool.query(
      `INSERT INTO "${own.table}_claims" SELECT 'old' || n, 'o', now() - interval '1 s' FROM generate_series(1, 20) n;
       INSERT INTO "${own.table}_leases" SELECT 'old' || n, 'o', now() - interval '1 s' FROM generate_series(1, 20) n`,
    )
    for (let index = 0; index < 3; index++) {
      expect(await store.coordinator?.claim(`nonce-${index}`, 60_000)).toBe(true)
      await store.coordinator?.withLease(`lease-${index}`, 60_000, async () => undefined)
    }
    expect(await count('_claims')).toBe(3)
    expect(await count('_leases')).toBe(0)
  })

  it('lets a holder that comes back late free no lease of another process', async () => {
    // Each store lines up its own callers, so three stand for three processes.
    const withLease = <T>(ttlMs: number, run: () => Promise<T>) =>
      postgresStore({ pool: own.pool, table: own.table }).coordinator?.withLease('lease', ttlMs, run)
    const began = latch()
    const tookOver = latch()
    const over = latch()
    const late = withLease(40, async () => {
      began.resolve()
      await tookOver.promise
    })
    await began.promise
    const next = withLease(60_000, async () => {
      tookOver.resolve()
      await over.promise
    })
    await late
    await expect(withLease(40, async () => 'third')).rejects.toMatchObject({ code: 'timeout' })
    over.resolve()
    await next
    expect(await withLease(5_000, async () => 'third')).toBe('third')
  })

  it('leaves the pool of the application as it was', async () => {
    const before = own.pool.eventNames().map((name) => [name, own.pool.listenerCount(name)])
    await create(sampleRecord())
    await store.close?.()
    expect(own.pool.eventNames().map((name) => [name, own.pool.listenerCount(name)])).toEqual(before)
    expect(own.pool.ended).toBe(false)
    expect(await store.load(sampleKey)).toEqual(sampleRecord())
  })

  it('says so where a pool answers without rows', async () => {
    const odd: unknown = { query: async () => [] }
    const store: PostgresStore = Reflect.apply(postgresStore, undefined, [{ pool: odd }])
    await expect(store.load(sampleKey)).rejects.toMatchObject({ code: 'config_invalid' })
  })

  it('is closed for good, with its connections, where the pool was its own', async () => {
    const name = `${own.table}_closing`
    const connectionString = `${postgresUrl}${postgresUrl.includes('?') ? '&' : '?'}application_name=${name}`
    const connections = async () => {
      const text = 'SELECT pid FROM pg_stat_activity WHERE application_name = $1'
      return (await own.pool.query(text, [name])).rows.length
    }
    const closing = postgresStore({ connectionString, table: own.table })
    expect(await closing.load(sampleKey)).toBeUndefined()
    expect(await connections()).toBe(1)
    await closing.close?.()
    await closing.close?.()
    // Sooner than the 10 s after which the driver lets go of an idle connection.
    await expect.poll(connections, { timeout: 5_000 }).toBe(0)
    await expect(closing.load(sampleKey)).rejects.toMatchObject({ code: 'store_failed' })
  })

  it('names no prepared statement', async () => {
    const pool = new pg.Pool({ connectionString: postgresUrl, max: 1 })
    const single = postgresStore({ pool, table: own.table })
    await single.save(sampleRecord(), { expectedVersion: null })
    await single.coordinator?.claim('nonce', 1_000)
    await collect(single)
    const { rows } = await pool.query('SELECT name FROM pg_prepared_statements')
    expect(rows).toEqual([])
    const locks = await pool.query(
      "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()",
    )
    expect(locks.rows).toEqual([])
    await pool.end()
  })
})

async function fill({ pool, table }: OwnTable, count: number): Promise<void> {
  await pool.query(
    `INSERT INTO "${table}" (provider, tenant_id, connection_id, status, scopes, token_type, expires_at, params,
       created_at, connected_at, updated_at, refreshed_at, version, sealed)
     SELECT 'slack', 't' || n, 'default', 'active', '[]', 'Bearer', '2026-03-01Z'::timestamptz + n * interval '1 s', '{}',
       '2026-01-01Z', '2026-01-01Z', '2026-01-01Z', '2026-01-01Z', 1, 'k.x' FROM generate_series(1, $1::int) n`,
    [count],
  )
}
