import { randomUUID } from 'node:crypto'
import { createClient as createClient5 } from '@redis/client'
import { Redis } from 'ioredis'
import { Redis as Valkey } from 'iovalkey'
import { createClient, createClientPool } from 'redis'
import { afterAll } from 'vitest'
import { redisStore } from '../../src/stores/redis/index.ts'
import { removeKeys } from '../support/own-redis.ts'
import { describeWithRedis, redisUrl } from '../support/servers.ts'
import { testTokenStore } from './token-store-contract.ts'

// One sweep at the end: a look through the shared server after each test would cost more than the tests.
const family = `test:${randomUUID()}`
const freshPrefix = () => `${family}:${randomUUID()}`

describeWithRedis('redisStore', () => {
  afterAll(() => removeKeys(family))

  testTokenStore('redisStore on node-redis 6', async () => {
    const client = createClient({ url: redisUrl })
    await client.connect()
    const prefix = freshPrefix()
    const dispose = async () => {
      client.destroy()
    }
    return { store: redisStore({ client, prefix }), dispose }
  })

  testTokenStore('redisStore on node-redis 5', async () => {
    const client = createClient5({ url: redisUrl })
    await client.connect()
    const prefix = freshPrefix()
    const dispose = async () => {
      client.destroy()
    }
    return { store: redisStore({ client, prefix }), dispose }
  })

  testTokenStore('redisStore on a node-redis pool', async () => {
    const client = createClientPool({ url: redisUrl }, { maximum: 4 })
    await client.connect()
    const prefix = freshPrefix()
    const dispose = async () => {
      client.destroy()
    }
    return { store: redisStore({ client, prefix }), dispose }
  })

  testTokenStore('redisStore on ioredis with a key prefix', () => {
    const client = new Redis(redisUrl, { keyPrefix: 'app:' })
    const prefix = freshPrefix()
    const dispose = async () => {
      client.disconnect()
    }
    return { store: redisStore({ client, prefix }), dispose }
  })

  testTokenStore('redisStore on iovalkey', () => {
    const client = new Valkey(redisUrl, { lazyConnect: true })
    const prefix = freshPrefix()
    const dispose = async () => {
      client.disconnect()
    }
    return { store: redisStore({ client, prefix }), dispose }
  })

  testTokenStore('redisStore on a url', () => {
    const prefix = freshPrefix()
    const store = redisStore({ url: redisUrl, prefix })
    const dispose = async () => {
      await store.close?.()
    }
    return { store, dispose }
  })
})
