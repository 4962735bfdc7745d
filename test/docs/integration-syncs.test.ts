import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { testSyncStore } from '../../src/testing/conformance/index.ts'
import { describeWithPostgres, postgresUrl } from '../support/servers.ts'
import { integrationSyncs, schema } from './integration-syncs.ts'

/** A database schema of the test's own, as an application has one. */
async function application() {
  const name = `docs_${randomBytes(8).toString('hex')}`
  const pools: pg.Pool[] = []
  const openPool = () => {
    const pool = new pg.Pool({ connectionString: postgresUrl, options: `-c search_path=${name}` })
    pool.on('error', () => undefined)
    pools.push(pool)
    return pool
  }
  const admin = openPool()
  await admin.query(`CREATE SCHEMA ${name}`)
  await admin.query(schema)
  return {
    openPool,
    async dispose() {
      await admin.query(`DROP SCHEMA ${name} CASCADE`)
      await Promise.all(pools.filter(({ ended }) => !ended).map((pool) => pool.end()))
    },
  }
}

describeWithPostgres('the sync store of docs/custom-store.md', () => {
  testSyncStore(
    async () => {
      const { openPool, dispose } = await application()
      const pool = openPool()
      return {
        store: integrationSyncs(pool),
        another: () => integrationSyncs(openPool()),
        unplug: () => pool.end(),
        dispose,
      }
    },
    { describe, it },
  )
})

it('is what the page shows', () => {
  const squeeze = (text: string) => text.replace(/\s+/g, ' ').trim()
  const here = squeeze(readFileSync(new URL('./integration-syncs.ts', import.meta.url), 'utf8'))
  const page = readFileSync(new URL('../../docs/custom-store.md', import.meta.url), 'utf8')
  const blocks = [...page.matchAll(/<!-- from test\/docs\/integration-syncs.ts -->\n```\w+\n([\s\S]*?)```/g)]
  expect(blocks.length).toBe(2)
  for (const [, code = ''] of blocks) expect(here).toContain(squeeze(code))
})
