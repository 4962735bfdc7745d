import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { integrationCoordinator } from '../../examples/custom-store/coordinator.ts'
import { integrationTokens } from '../../examples/custom-store/store.ts'
import { testCoordinator, testTokenStore } from '../../src/testing/conformance/index.ts'
import type { ConnectionKey } from '../../src/types.ts'
import { sampleKey, sampleRecord } from '../stores/sample-record.ts'
import { describeWithPostgres, postgresUrl } from '../support/servers.ts'

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')
const schema = read('examples/custom-store/schema.sql')

/** The application's tables in a Postgres schema of their own. */
async function application() {
  const name = `custom_store_${randomUUID().replaceAll('-', '')}`
  const pools: pg.Pool[] = []
  const openPool = () => {
    const pool = new pg.Pool({ connectionString: postgresUrl, options: `-c search_path=${name}`, max: 5 })
    pools.push(pool)
    return pool
  }
  const admin = openPool()
  await admin.query(`CREATE SCHEMA ${name}; SET search_path = ${name}; ${schema}`)
  return {
    admin,
    openPool,
    async dispose() {
      await admin.query(`DROP SCHEMA ${name} CASCADE`)
      await Promise.all(pools.map((pool) => pool.ended || pool.end()))
    },
  }
}

describeWithPostgres('a store on a table of the application', () => {
  testTokenStore(
    async () => {
      const { admin, openPool, dispose } = await application()
      const pool = openPool()
      return {
        store: integrationTokens(pool),
        another: () => integrationTokens(openPool()),
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
      return {
        coordinator: integrationCoordinator(openPool()),
        another: () => integrationCoordinator(openPool()),
        dispose,
      }
    },
    { describe, it },
  )

  it("leaves the application's own columns alone", async () => {
    const { admin, openPool, dispose } = await application()
    const store = integrationTokens(openPool())
    await store.save(sampleRecord(), { expectedVersion: null })
    await admin.query(`UPDATE integration_tokens SET billing_plan = 'pro', installed_by = 'ada'`)
    expect(await store.save(sampleRecord({ version: 2 }), { expectedVersion: 1 })).toBe(true)
    const { rows } = await admin.query('SELECT version, billing_plan, installed_by FROM integration_tokens')
    expect(rows).toEqual([{ version: 2, billing_plan: 'pro', installed_by: 'ada' }])
    expect(await store.load(sampleKey)).toEqual(sampleRecord({ version: 2 }))
    await dispose()
  })
})
