import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type PostgresPool, type PostgresStore, postgresStore } from '../../src/stores/postgres/index.ts'
import { migrationFile, migrations } from '../../src/stores/postgres/migrations.ts'
import { syncPageQuery } from '../../src/stores/postgres/sync-rows.ts'
import { tableNames } from '../../src/stores/postgres/table-names.ts'
import { collectDocuments, sampleDocument } from '../../src/testing/conformance/sync-samples.ts'
import type { SyncFilter } from '../../src/types.ts'
import { describeWithPostgres } from '../support/servers.ts'
import { type OwnTable, ownStore, ownTable } from './own-table.ts'
import { sampleKey, sampleRecord } from './sample-record.ts'
import { syncsOf } from './sync-store-contract.ts'

describeWithPostgres('the syncs of postgresStore on the schema of 0001', () => {
  let own: OwnTable
  let store: PostgresStore
  beforeEach(async () => {
    own = ownTable()
    store = postgresStore({ pool: own.pool, table: own.table })
    const [first] = migrations
    if (!first) throw new Error('there is no first migration')
    await own.pool.query(migrationFile(first, tableNames(own.table)))
  })
  afterEach(() => own.dispose())

  it('leaves connections as they were, and names ensureSchema and the files', async () => {
    expect(await store.save(sampleRecord(), { expectedVersion: null })).toBe(true)
    expect(await store.load(sampleKey)).toEqual(sampleRecord())
    const syncs = syncsOf(store)
    const missing = { code: 'config_invalid', hint: expect.stringMatching(/ensureSchema\(\).*migrations/) }
    await expect(syncs.load('a')).rejects.toMatchObject(missing)
    await expect(syncs.save(sampleDocument(), { expectedVersion: null })).rejects.toMatchObject(missing)
    await expect(syncs.remove('a')).rejects.toMatchObject(missing)
    await expect(collectDocuments(syncs)).rejects.toMatchObject(missing)
  })

  it.each([
    ['ensureSchema', () => store.ensureSchema()],
    [
      'the file',
      async () => {
        const file = new URL('../../migrations/postgres/0002_syncs.sql', import.meta.url)
        await own.pool.query((await readFile(file, 'utf8')).replaceAll('latchkey_connections', own.table))
      },
    ],
  ])('is brought on by %s', async (_words, migrate) => {
    await store.save(sampleRecord(), { expectedVersion: null })
    await migrate()
    expect(await syncsOf(store).save(sampleDocument(), { expectedVersion: null })).toBe(true)
    expect(await store.load(sampleKey)).toEqual(sampleRecord())
  })
})

describeWithPostgres('the syncs of postgresStore', () => {
  const { own, store } = ownStore()
  const syncs = syncsOf(store)
  const create = (changes = {}) => syncs.save(sampleDocument(changes), { expectedVersion: null })

  it('keeps text that a column cannot hold', async () => {
    const data = '\u0000 \ud800 \u001aAA 🏳️‍🌈 \\u0000'
    expect(await create({ data, provider: '\ud800' })).toBe(true)
    expect(await syncs.load('doc_1')).toEqual(sampleDocument({ data, provider: '\ud800' }))
  })

  /** The syncs of a store whose next statement loses its connection, before or after it took effect. */
  function losing(moment: 'before' | 'after', meanwhile = async () => {}) {
    let left = 1
    const pool: PostgresPool = {
      async query(text, values) {
        if (left === 0) return own.pool.query(text, values)
        left -= 1
        if (moment === 'after') await own.pool.query(text, values)
        await meanwhile()
        throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })
      },
    }
    return syncsOf(postgresStore({ pool, table: own.table }))
  }

  describe.each(['before', 'after'] as const)(
    'a connection that breaks %s the statement took effect',
    (moment) => {
      it('fails no save, and keeps it once', async () => {
        expect(await losing(moment).save(sampleDocument(), { expectedVersion: null })).toBe(true)
        const next = sampleDocument({ version: 2, data: '2' })
        expect(await losing(moment).save(next, { expectedVersion: 1 })).toBe(true)
        expect(await losing(moment).load('doc_1')).toEqual(next)
        expect(await collectDocuments(losing(moment), { dueBefore: 1 })).toEqual([])
      })

      it('lets no save win that was beaten by just the same', async () => {
        const next = sampleDocument({ version: 2 })
        await create()
        expect(await losing(moment).save(sampleDocument(), { expectedVersion: null })).toBe(false)
        await syncs.save(next, { expectedVersion: 1 })
        expect(await losing(moment).save(next, { expectedVersion: 1 })).toBe(false)
      })

      it('overwrites nothing that came in between', async () => {
        await create()
        const theirs = async () => {
          const current = await syncs.load('doc_1')
          const version = (current?.version ?? 0) + 1
          await syncs.save(sampleDocument({ version, data: 'theirs' }), { expectedVersion: version - 1 })
        }
        const mine = sampleDocument({ version: 2, data: 'mine' })
        expect(await losing(moment, theirs).save(mine, { expectedVersion: 1 })).toBe(false)
        expect((await syncs.load('doc_1'))?.data).toBe('theirs')
      })

      it('never says of a removal that it was not', async () => {
        await create()
        const removal = losing(moment).remove('doc_1', { expectedVersion: 1 })
        // Nobody can know whose work it was.
        if (moment === 'after') await expect(removal).rejects.toMatchObject({ code: 'store_failed' })
        else expect(await removal).toBe(true)
        expect(await syncs.load('doc_1')).toBeUndefined()
      })
    },
  )

  it('finds what is due, and a tenant, among 20,000 by index', { timeout: 60_000 }, async () => {
    await own.pool.query(
      `INSERT INTO "${own.table}_syncs" (id, provider, tenant_id, status, due_at, version, data, write_mark)
       SELECT 'd' || n, CASE WHEN n % 2 = 0 THEN 'slack' ELSE 'zoom' END, 't' || n / 10,
         CASE WHEN n % 10 = 0 THEN 'running' ELSE 'completed' END,
         CASE WHEN n % 200 = 0 THEN n ELSE n + 1000000 END, 1, repeat('x', 500), n::text
       FROM generate_series(1, 20000) n`,
    )
    await own.pool.query(`ANALYZE "${own.table}_syncs"`)
    async function explain(filter: SyncFilter, last?: Record<string, unknown>): Promise<unknown> {
      const { text, values } = syncPageQuery(`"${own.table}_syncs"`, filter, last)
      const { rows } = await own.pool.query(`EXPLAIN (ANALYZE, BUFFERS) ${text}`, [...values])
      const plan = rows.map((row) => String(row['QUERY PLAN'])).join('\n')
      const [, hit = '0', read = '0'] = /Buffers: shared(?: hit=(\d+))?(?: read=(\d+))?/.exec(plan) ?? []
      const indexes = [...plan.matchAll(/Index (?:Only )?Scan (?:using|on) (\w+)/g)].map(([, index]) => index)
      console.log(JSON.stringify(filter), `${Number(hit) + Number(read)} buffers`)
      return { indexes, isSequential: plan.includes('Seq Scan'), isSorted: plan.includes('Sort') }
    }
    const by = (suffix: string) => ({
      indexes: [`${own.table}_syncs_${suffix}`],
      isSequential: false,
      isSorted: false,
    })
    expect(await explain({ dueBefore: 1_000_000 })).toEqual(by('due_at'))
    expect(await explain({ dueBefore: 1_000_000, status: 'running', provider: 'slack' })).toEqual(
      by('due_at'),
    )
    expect(await explain({ dueBefore: 1_000_000 }, { id: 'd9', dueAt: 900 })).toEqual(by('due_at'))
    expect(await explain({ tenantId: 't100' })).toMatchObject({
      ...by('tenant'),
      isSorted: expect.any(Boolean),
    })
    expect(await explain({})).toEqual(by('pkey'))
    expect(await collectDocuments(syncs, { dueBefore: 1_000_000 })).toHaveLength(100)
    expect(await collectDocuments(syncs, { tenantId: 't100' })).toHaveLength(10)
  })
})
