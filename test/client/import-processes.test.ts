import { randomUUID } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import { createOAuthClient } from '../../src/create-client.ts'
import { children } from '../stores/child-process.ts'
import { temporaryDirectory } from '../stores/temporary-directory.ts'
import { acmeAt, credentials } from '../support/acme.ts'
import { describeWithPostgres, describeWithRedis } from '../support/servers.ts'
import { destroyStore, openStore, type StoreSpec } from '../support/store-spec.ts'

const { race, kill } = children()
afterEach(kill)

/** Four processes import the same hundred connections, each with tokens of its own. */
async function raceOn(spec: StoreSpec): Promise<void> {
  const told = await race(4, new URL('./children/import-connections.ts', import.meta.url), spec, '100')
  const wrote = told.flat().map(String)
  const { store, close } = await openStore(spec)
  const client = createOAuthClient(acmeAt('https://acme.example'), { ...credentials, store })
  const stored: string[] = []
  for await (const { tenantId, version } of client.list()) {
    expect(version).toBe(1)
    stored.push(`${tenantId} ${await client.getAccessToken({ tenantId })}`)
  }
  await close()
  // Each was imported by one process, which knows it, and holds that process's token.
  expect(stored).toHaveLength(100)
  expect(wrote.sort()).toEqual(stored.sort())
}

describe('the same import in four processes at once', () => {
  it('writes each connection once, into one LMDB', { timeout: 120_000 }, async () => {
    const directory = temporaryDirectory()
    await raceOn(`lmdb:${directory.path}`)
    directory.remove()
  })
})

describeWithRedis('the same import in four processes at once, into one Redis', () => {
  it('writes each connection once', { timeout: 120_000 }, async () => {
    const spec = `redis:import-${randomUUID()}` as const
    await raceOn(spec).finally(() => destroyStore(spec))
  })
})

describeWithPostgres('the same import in four processes at once, into one Postgres', () => {
  it('writes each connection once', { timeout: 120_000 }, async () => {
    const spec = `postgres:import_${randomUUID().replaceAll('-', '')}` as const
    const { close } = await openStore(spec)
    await close()
    await raceOn(spec).finally(() => destroyStore(spec))
  })
})
