import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { postgresStore } from '../../src/stores/postgres/index.ts'
import { describeWithPostgres, postgresUrl } from '../support/servers.ts'
import { ownStore } from './own-table.ts'
import { testTokenStore } from './token-store-contract.ts'

describeWithPostgres('on Postgres', () => {
  const { own, store } = ownStore()

  testTokenStore('postgresStore on a pool', () => ({ store }))

  testTokenStore('postgresStore on a connection string', () => {
    const store = postgresStore({ connectionString: postgresUrl, table: `public.${own.table}` })
    return { store, dispose: async () => store.close?.() }
  })

  testTokenStore('postgresStore under serializable isolation', () => {
    const options = '-c default_transaction_isolation=serializable'
    const pool = new pg.Pool({ connectionString: postgresUrl, options })
    return { store: postgresStore({ pool, table: own.table }), dispose: () => pool.end() }
  })
})

describe('the options of postgresStore', () => {
  it.each([
    '',
    'a b',
    '1a',
    'a"b',
    'a;drop table b',
    'a.b.c',
    '.a',
    'a.',
    'tölt',
    'x'.repeat(49),
    `${'x'.repeat(64)}.a`,
  ])('refuse the table %j', (table) => {
    expect(() => postgresStore({ connectionString: postgresUrl, table })).toThrowError(
      expect.objectContaining({ code: 'config_invalid' }),
    )
  })

  it('name either a pool or a connection string', () => {
    const pool = { query: async () => ({ rows: [] }) }
    const given: object[] = [
      {},
      { pool: {} },
      { connectionString: '' },
      { pool, connectionString: 'postgres://x' },
    ]
    for (const options of given)
      expect(() => Reflect.apply(postgresStore, undefined, [options])).toThrowError(
        expect.objectContaining({ code: 'config_invalid' }),
      )
  })

  it('take a name as long as Postgres allows', () => {
    expect(typeof postgresStore({ connectionString: postgresUrl, table: 'x'.repeat(48) }).load).toBe(
      'function',
    )
  })
})
