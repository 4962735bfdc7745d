import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import KeyvRedis from '@keyv/redis'
import KeyvValkey from '@keyv/valkey'
import { Redis } from 'ioredis'
import Keyv from 'keyv'
import { createClient } from 'redis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keyvStore } from '../../src/stores/keyv-store.ts'
import { redisStore } from '../../src/stores/redis/index.ts'
import { collectDocuments, sampleDocument } from '../../src/testing/conformance/sync-samples.ts'
import type { TokenStore } from '../../src/types.ts'
import { removeKeys } from '../support/own-redis.ts'
import { describeWithRedis, redisUrl } from '../support/servers.ts'
import { sampleKey, sampleRecord } from './sample-record.ts'
import { syncsOf } from './sync-store-contract.ts'

const family = `test-${randomUUID()}`

/** Between a client and Redis: hands everything over, until it is told to swallow the next answer and hang up. */
interface Proxy {
  readonly url: string
  /** `after`: so many that still arrive. */
  loseNextAnswer(after?: number): void
  readonly lost: number
  close(): Promise<void>
}

async function proxyTo(target: string): Promise<Proxy> {
  const { hostname, port } = new URL(target)
  const sockets = new Set<Socket>()
  let left: number | undefined
  let lost = 0
  const server = createServer((near) => {
    const far = connect({ host: hostname, port: Number(port) || 6379 })
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        near.destroy()
        far.destroy()
      })
    }
    near.on('data', (data) => far.write(data))
    far.on('data', (data) => {
      if (left === 0) {
        left = undefined
        lost += 1
        near.destroy()
      } else {
        if (left !== undefined) left -= 1
        near.write(data)
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return {
    url: `redis://127.0.0.1:${address.port}`,
    loseNextAnswer(after = 0) {
      left = after
    },
    get lost() {
      return lost
    },
    async close() {
      server.close()
      for (const socket of sockets) socket.destroy()
      await once(server, 'close')
    },
  }
}

type Open = (url: string) => Promise<{ store: TokenStore; end(): unknown }>

const kinds: readonly [string, Open][] = [
  [
    'redisStore on node-redis',
    async (url) => {
      const client = createClient({ url })
      client.on('error', () => undefined)
      await client.connect()
      return {
        store: redisStore({ client, prefix: `${family}${randomUUID()}` }),
        end: () => client.destroy(),
      }
    },
  ],
  [
    'redisStore on ioredis, which sends again by itself',
    async (url) => {
      const client = new Redis(url)
      client.on('error', () => undefined)
      return {
        store: redisStore({ client, prefix: `${family}${randomUUID()}` }),
        end: () => client.disconnect(),
      }
    },
  ],
  [
    'redisStore on a url',
    async (url) => {
      const store = redisStore({ url, prefix: `${family}${randomUUID()}` })
      return { store, end: () => store.close?.() }
    },
  ],
  [
    'keyvStore on @keyv/redis',
    async (url) => {
      const adapter = new KeyvRedis(url)
      const keyv = new Keyv({ store: adapter, namespace: `${family}${randomUUID()}` })
      keyv.on('error', () => undefined)
      return { store: keyvStore(keyv), end: () => adapter.disconnect(true) }
    },
  ],
  [
    'keyvStore on @keyv/valkey',
    async (url) => {
      const adapter = new KeyvValkey(url)
      const keyv = new Keyv({ store: adapter, namespace: `${family}${randomUUID()}` })
      keyv.on('error', () => undefined)
      return { store: keyvStore(keyv), end: () => adapter.disconnect() }
    },
  ],
]

describeWithRedis('an answer that is lost with its connection', () => {
  let proxy: Proxy
  beforeAll(async () => {
    proxy = await proxyTo(redisUrl)
  })
  afterAll(async () => {
    await proxy.close()
    await removeKeys(family)
  })

  describe.each(kinds)('%s', (_name, open) => {
    const withStore = async (work: (store: TokenStore) => Promise<void>) => {
      const { store, end } = await open(proxy.url)
      try {
        // The scripts are known to the server, so that the next answer is that of the work.
        await store.save(sampleRecord({ tenantId: 'warm-up' }), { expectedVersion: null })
        await store.remove({ ...sampleKey, tenantId: 'warm-up' })
        await store.coordinator?.withLease(randomUUID(), 1_000, async () => undefined)
        await work(store)
      } finally {
        await end()
      }
    }

    it('does not make a claim lose to itself', () =>
      withStore(async (store) => {
        const before = proxy.lost
        proxy.loseNextAnswer()
        const nonce = randomUUID()
        expect(await store.coordinator?.claim(nonce, 60_000)).toBe(true)
        expect(proxy.lost).toBe(before + 1)
        expect(await store.coordinator?.claim(nonce, 60_000)).toBe(false)
      }))

    it('does not make a lease wait for itself', () =>
      withStore(async (store) => {
        proxy.loseNextAnswer()
        const begun = performance.now()
        const key = randomUUID()
        expect(await store.coordinator?.withLease(key, 60_000, async () => 'held')).toBe('held')
        expect(await store.coordinator?.withLease(key, 60_000, async () => 'free')).toBe('free')
        expect(performance.now() - begun).toBeLessThan(4_000)
      }))
  })

  it.each(kinds.filter(([name]) => name.startsWith('keyvStore')))(
    'does not make a save doubt what it has done: %s',
    async (_name, open) => {
      const { store, end } = await open(proxy.url)
      await store.save(sampleRecord(), { expectedVersion: null })
      const before = proxy.lost
      // A Keyv reads first.
      proxy.loseNextAnswer(1)
      expect(await store.save(sampleRecord({ version: 2 }), { expectedVersion: 1 })).toBe(true)
      expect(proxy.lost).toBe(before + 1)
      expect((await store.load(sampleKey))?.version).toBe(2)
      await end()
    },
  )

  describe.each(kinds.filter(([name]) => name.startsWith('redisStore')))('%s', (_name, open) => {
    it('does not make a save or a removal doubt what it has done', async () => {
      const { store, end } = await open(proxy.url)
      await store.save(sampleRecord({ tenantId: 'warm-up' }), { expectedVersion: null })
      await store.remove({ ...sampleKey, tenantId: 'warm-up' })

      proxy.loseNextAnswer()
      expect(await store.save(sampleRecord(), { expectedVersion: null })).toBe(true)
      proxy.loseNextAnswer()
      expect(await store.save(sampleRecord({ version: 2 }), { expectedVersion: 1 })).toBe(true)
      // The same record again is another write.
      expect(await store.save(sampleRecord({ version: 2 }), { expectedVersion: 1 })).toBe(false)
      const before = proxy.lost
      proxy.loseNextAnswer()
      expect(await store.remove(sampleKey, { expectedVersion: 2 })).toBe(true)
      expect(proxy.lost).toBe(before + 1)
      expect(await store.remove(sampleKey)).toBe(false)
      await end()
    })

    it('does not make a sync doubt what it has saved or removed', async () => {
      const { store, end } = await open(proxy.url)
      const syncs = syncsOf(store)
      await syncs.save(sampleDocument({ id: 'warm-up' }), { expectedVersion: null })
      await syncs.remove('warm-up')

      const before = proxy.lost
      proxy.loseNextAnswer()
      expect(await syncs.save(sampleDocument(), { expectedVersion: null })).toBe(true)
      const next = sampleDocument({ version: 2, tenantId: 't2', dueAt: 5 })
      proxy.loseNextAnswer()
      expect(await syncs.save(next, { expectedVersion: 1 })).toBe(true)
      // The same document again is another write.
      expect(await syncs.save(next, { expectedVersion: 1 })).toBe(false)
      expect(await collectDocuments(syncs, { dueBefore: 6 })).toEqual([next])
      expect(await collectDocuments(syncs, { tenantId: 't1' })).toEqual([])
      proxy.loseNextAnswer()
      expect(await syncs.remove('doc_1', { expectedVersion: 2 })).toBe(true)
      expect(proxy.lost).toBe(before + 3)
      expect(await syncs.remove('doc_1')).toBe(false)
      await end()
    })
  })
})
