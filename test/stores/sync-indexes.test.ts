import { randomUUID } from 'node:crypto'
import { createClient } from 'redis'
import { afterAll, expect, it } from 'vitest'
import { fileStore } from '../../src/stores/file-store.ts'
import { lmdbEnvironment } from '../../src/stores/lmdb-environment.ts'
import { redisStore } from '../../src/stores/redis/index.ts'
import { sampleDocument } from '../../src/testing/conformance/sync-samples.ts'
import type { SyncStore } from '../../src/types.ts'
import { removeKeys } from '../support/own-redis.ts'
import { describeWithRedis, redisUrl } from '../support/servers.ts'
import { syncsOf } from './sync-store-contract.ts'
import { temporaryDirectory } from './temporary-directory.ts'

/** Twenty documents that come, move from one tenant and time to another, lose both or their status; in the end a quarter goes. */
async function comeAndGo(syncs: SyncStore): Promise<void> {
  for (let index = 0; index < 20; index++) {
    const id = `d${index}`
    await syncs.save(sampleDocument({ id, dueAt: index }), { expectedVersion: null })
    await syncs.save(sampleDocument({ id, version: 2, tenantId: 't2', dueAt: 100 }), { expectedVersion: 1 })
    await syncs.save(sampleDocument({ id, version: 3 }), { expectedVersion: 2 })
    await syncs.save({ id, version: 4, data: '' }, { expectedVersion: 3 })
    const last = { id, version: 5, data: '' }
    const listed = sampleDocument({ ...last, tenantId: 't3' })
    const ends = [last, listed, { ...listed, dueAt: 7 }]
    const end = ends[index % 4]
    if (end) await syncs.save(end, { expectedVersion: 4 })
    else await syncs.remove(id)
  }
}

it('leaves nothing in the index of LMDB that leads nowhere', async () => {
  const directory = temporaryDirectory()
  const store = fileStore(directory.path)
  await comeAndGo(syncsOf(store))
  const environment = lmdbEnvironment(directory.path)
  // Ten are listed, with a row by tenant each, and five of them have a time.
  expect(await environment.read(({ syncIndex }) => syncIndex.getCount())).toBe(15)
  await environment.close()
  await store.close?.()
  directory.remove()
})

describeWithRedis('the indexes of syncs in Redis', () => {
  const family = `test-${randomUUID()}`
  afterAll(() => removeKeys(family))

  it('hold nothing that leads nowhere', async () => {
    const prefix = `${family}-${randomUUID()}`
    const client = await createClient({ url: redisUrl }).connect()
    await comeAndGo(syncsOf(redisStore({ client, prefix })))
    const sizes: Record<string, number> = {}
    for (let shard = 0; shard < 16; shard++)
      for (const index of ['sync-ids', 'sync-due', 'sync-tenants'])
        sizes[index] = (sizes[index] ?? 0) + (await client.zCard(`{${prefix}:${shard}}:${index}`))
    expect(sizes).toEqual({ 'sync-ids': 10, 'sync-due': 5, 'sync-tenants': 10 })
    client.destroy()
  })

  it('are read by the page, also where a page begins and ends at one time', { timeout: 60_000 }, async () => {
    const client = await createClient({ url: redisUrl }).connect()
    const syncs = syncsOf(redisStore({ client, prefix: `${family}-${randomUUID()}` }))
    // More than three pages in each of the sixteen shards.
    const documents = Array.from({ length: 12_000 }, (_none, index) =>
      sampleDocument({ id: `d${index}`, dueAt: index < 100 ? 1 : index < 11_000 ? 2 : index }),
    )
    for (let start = 0; start < documents.length; start += 1_000)
      await Promise.all(
        documents
          .slice(start, start + 1_000)
          .map((document) => syncs.save(document, { expectedVersion: null })),
      )
    const found: { id: string; dueAt: number }[] = []
    for await (const { id, dueAt = -1 } of syncs.list({ dueBefore: 20_000 })) found.push({ id, dueAt })
    expect(found.map(({ dueAt }) => dueAt)).toEqual(documents.map(({ dueAt }) => dueAt))
    expect(new Set(found.map(({ id }) => id)).size).toBe(documents.length)
    let ofTenant = 0
    for await (const _document of syncs.list({ tenantId: 't1' })) ofTenant += 1
    expect(ofTenant).toBe(documents.length)
    client.destroy()
  })
})
