import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { collectDocuments } from '../../src/testing/conformance/sync-samples.ts'
import { describeWithPostgres, describeWithRedis } from '../support/servers.ts'
import { destroyStore, openStore, type StoreKind } from '../support/store-spec.ts'
import { children } from './child-process.ts'
import { syncsOf } from './sync-store-contract.ts'
import { temporaryDirectory } from './temporary-directory.ts'

const { race, kill } = children()
afterEach(kill)

/** Four processes raise one counter a hundred times each. */
async function raise(kind: StoreKind, name: string): Promise<void> {
  const spec = `${kind}:${name}` as const
  const { store, close } = await openStore(spec)
  try {
    const syncs = syncsOf(store)
    const first = {
      id: 'counter',
      version: 1,
      status: 'running',
      tenantId: 't1',
      dueAt: 0,
      data: '0',
    } as const
    expect(await syncs.save(first, { expectedVersion: null })).toBe(true)
    const lost = await race(4, 'raise-sync', spec, '100')
    console.log(`${kind}: lost ${lost.join(', ')} of their saves`)
    const last = { ...first, version: 401, dueAt: 400, data: '400' }
    expect(await syncs.load('counter')).toEqual(last)
    expect(await collectDocuments(syncs, { dueBefore: 401 })).toEqual([last])
    expect(await collectDocuments(syncs, { dueBefore: 400 })).toEqual([])
    // Else they went one after the other, and nothing was shown.
    expect(lost.reduce<number>((sum, count) => sum + Number(count), 0)).toBeGreaterThan(0)
  } finally {
    await close()
    await destroyStore(spec)
  }
}

const freshName = () => `latchkey_test_${randomBytes(8).toString('hex')}`

it('loses no checkpoint of four processes on LMDB', { timeout: 60_000 }, async () => {
  const directory = temporaryDirectory()
  await raise('lmdb', join(directory.path, 'store'))
  directory.remove()
})

describeWithRedis('four processes on Redis', () => {
  it.each(['redis', 'keyv-redis'] as const)('lose no checkpoint: %s', { timeout: 60_000 }, (kind) =>
    raise(kind, freshName()),
  )
})

describeWithPostgres('four processes on Postgres', () => {
  it.each(['postgres', 'keyv-postgres'] as const)('lose no checkpoint: %s', { timeout: 60_000 }, (kind) =>
    raise(kind, freshName()),
  )
})
