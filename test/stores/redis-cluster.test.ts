import { randomUUID } from 'node:crypto'
import KeyvRedis, { createCluster as createKeyvCluster } from '@keyv/redis'
import { Cluster } from 'ioredis'
import Keyv from 'keyv'
import { createCluster } from 'redis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keyvStore } from '../../src/stores/keyv-store.ts'
import { redisStore } from '../../src/stores/redis/index.ts'
import { describeWithRedisServer, type OwnCluster, ownCluster } from '../support/own-redis.ts'
import { sampleRecord } from './sample-record.ts'
import { testSyncs } from './sync-store-contract.ts'
import { testTokenStore } from './token-store-contract.ts'

describeWithRedisServer('a Redis Cluster', () => {
  let servers: OwnCluster
  beforeAll(async () => {
    servers = await ownCluster()
  }, 60_000)
  afterAll(() => servers.dispose())

  const nodes = () => servers.ports.map((port) => ({ host: '127.0.0.1', port }))
  const rootNodes = () => servers.ports.map((port) => ({ url: `redis://127.0.0.1:${port}` }))

  testTokenStore('redisStore on a cluster of node-redis', async () => {
    const client = createCluster({ rootNodes: rootNodes() })
    await client.connect()
    return { store: redisStore({ client, prefix: randomUUID() }), dispose: async () => client.destroy() }
  })

  testTokenStore('redisStore on a cluster of ioredis that reads from replicas', () => {
    const client = new Cluster(nodes(), { scaleReads: 'all' })
    const dispose = async () => client.disconnect()
    return { store: redisStore({ client, prefix: randomUUID() }), dispose }
  })

  testSyncs('redisStore on a cluster of node-redis', async () => {
    const client = createCluster({ rootNodes: rootNodes() })
    await client.connect()
    return {
      store: redisStore({ client, prefix: randomUUID() }),
      unplug: () => client.destroy(),
      dispose: async () => (client.isOpen ? client.destroy() : undefined),
    }
  })

  testSyncs('redisStore on a cluster of ioredis', () => {
    const client = new Cluster(nodes())
    const dispose = async () => client.disconnect()
    return { store: redisStore({ client, prefix: randomUUID() }), dispose }
  })

  testTokenStore('keyvStore on a cluster of @keyv/redis', async () => {
    const client = createKeyvCluster({ rootNodes: rootNodes() })
    // Otherwise the adapter's own reads fail while it connects.
    await client.connect()
    const adapter = new KeyvRedis(client)
    const store = keyvStore(new Keyv({ store: adapter, namespace: randomUUID() }))
    return { store, dispose: () => adapter.disconnect(true) }
  })

  describe('the keys of redisStore', () => {
    it('lie on all masters, and what belongs together on one', async () => {
      const client = new Cluster(nodes())
      const prefix = randomUUID()
      const store = redisStore({ client, prefix })
      const tenants = Array.from({ length: 100 }, (_none, index) => `t${index}`)
      await Promise.all(
        tenants.map((tenantId) => store.save(sampleRecord({ tenantId }), { expectedVersion: null })),
      )
      const held = await Promise.all(client.nodes('master').map((node) => node.keys(`*${prefix}*`)))
      for (const keys of held) expect(keys.length).toBeGreaterThan(0)
      const tags = new Set(held.flat().map((key) => /\{.*?\}/.exec(key)?.[0]))
      expect(tags.size).toBe(16)
      client.disconnect()
    })
  })
})
