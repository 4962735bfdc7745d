import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { getTableColumns } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { integrationCoordinator } from '../../examples/custom-store/coordinator.ts'
import { integrationTokens } from '../../examples/custom-store-drizzle/schema.ts'
import { drizzleTokens } from '../../examples/custom-store-drizzle/store.ts'
import { testCoordinator, testTokenStore } from '../../src/testing/conformance/index.ts'
import type { ConnectionKey } from '../../src/types.ts'
import { sampleKey, sampleRecord } from '../stores/sample-record.ts'
import { describeWithPostgres, postgresUrl } from '../support/servers.ts'

const migration = readFileSync(new URL('../../examples/custom-store/schema.sql', import.meta.url), 'utf8')

/** The application's tables in a Postgres schema of their own. */
async function application() {
  const name = `custom_store_drizzle_${randomUUID().replaceAll('-', '')}`
  const pools: pg.Pool[] = []
  const openPool = () => {
    const pool = new pg.Pool({ connectionString: postgresUrl, options: `-c search_path=${name}`, max: 5 })
    pools.push(pool)
    return pool
  }
  const admin = openPool()
  await admin.query(`CREATE SCHEMA ${name}; SET search_path = ${name}; ${migration}`)
  return {
    admin,
    openPool,
    openStore: (client = openPool()) => drizzleTokens(drizzle({ client })),
    async dispose() {
      await admin.query(`DROP SCHEMA ${name} CASCADE`)
      await Promise.all(pools.map((pool) => pool.ended || pool.end()))
    },
  }
}

describeWithPostgres('a store on a table of the application, with Drizzle', () => {
  testTokenStore(
    async () => {
      const { admin, openPool, openStore, dispose } = await application()
      const pool = openPool()
      return {
        store: openStore(pool),
        another: () => openStore(),
        damage: ({ provider, tenantId, connectionId }: ConnectionKey) =>
          admin.query(
            `UPDATE integration_tokens SET details = '{"junk": true}'
             WHERE integration = $1 AND workspace_id = $2 AND slot = $3`,
            [provider, tenantId, connectionId],
          ),
        unplug: () => pool.end(),
        dispose,
      }
    },
    { describe, it },
  )

  testCoordinator(
    async () => {
      const { openPool, dispose } = await application()
      const open = () => {
        const db = drizzle({ client: openPool() })
        return { ...drizzleTokens(db), coordinator: integrationCoordinator(db.$client) }
      }
      return { ...open(), another: () => open().coordinator, dispose }
    },
    { describe, it },
  )

  it("leaves the application's own columns alone, and forgets an expiry that is no more", async () => {
    const { admin, openStore, dispose } = await application()
    const store = openStore()
    await store.save(sampleRecord({ expiresAt: new Date() }), { expectedVersion: null })
    await admin.query(`UPDATE integration_tokens SET billing_plan = 'pro', installed_by = 'ada'`)
    const { expiresAt: _none, ...endless } = sampleRecord({ version: 2 })
    expect(await store.save(endless, { expectedVersion: 1 })).toBe(true)
    const { rows } = await admin.query('SELECT version, billing_plan, installed_by FROM integration_tokens')
    expect(rows).toEqual([{ version: 2, billing_plan: 'pro', installed_by: 'ada' }])
    expect(await store.load(sampleKey)).toEqual(endless)
    await dispose()
  })

  it('describes the table that the migration makes', async () => {
    const { admin, dispose } = await application()
    const { rows } = await admin.query(
      `SELECT column_name AS name, data_type AS type, is_nullable = 'NO' AS "notNull"
       FROM information_schema.columns WHERE table_name = 'integration_tokens' AND table_schema = current_schema()`,
    )
    const described = Object.values(getTableColumns(integrationTokens)).map((column) => ({
      name: column.name,
      type: column.getSQLType(),
      notNull: column.notNull,
    }))
    expect(described).toHaveLength(11)
    expect(new Set(described)).toEqual(new Set(rows))
    await dispose()
  })
})
