import { randomUUID } from 'node:crypto'
import { inspect } from 'node:util'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isOAuthError } from '../../src/errors/oauth-error.ts'
import { encodeConnectionKey } from '../../src/stores/connection-key.ts'
import { type RedisStoreOptions, redisStore } from '../../src/stores/redis/index.ts'
import { shardOf, shardsOf } from '../../src/stores/redis/redis-layout.ts'
import type { ConnectionFilter, TokenStore } from '../../src/types.ts'
import { removeKeys } from '../support/own-redis.ts'
import { describeWithRedis, redisUrl } from '../support/servers.ts'
import { sampleKey, sampleRecord } from './sample-record.ts'

const family = `test-${randomUUID()}`

describe('redisStore', () => {
  const unusable: readonly [string, unknown][] = [
    ['nothing', {}],
    ['a client that is none', { client: {} }],
    ['a function for a client', { client: () => undefined }],
    ['a client of node-redis 3', { client: { sendCommand() {}, connected: true } }],
    ['no url', { url: 'redis-s3cret' }],
    ['a url of another kind', { url: 'https://user:s3cret@127.0.0.1' }],
    ['a number for a url', { url: 6379 }],
    ['an empty prefix', { url: 'redis://127.0.0.1', prefix: '' }],
    ['a prefix with a brace', { url: 'redis://127.0.0.1', prefix: 'a{b}' }],
    ['a prefix with a line break', { url: 'redis://127.0.0.1', prefix: 'a\nb' }],
    ['a prefix that is too long', { url: 'redis://127.0.0.1', prefix: 'x'.repeat(101) }],
    ['a number for a prefix', { url: 'redis://127.0.0.1', prefix: 1 }],
  ]

  it.each(unusable)('refuses %s', (_words, options) => {
    const error = failureOf(() => Reflect.apply(redisStore, undefined, [options]))
    expect(isOAuthError(error) && error.code).toBe('config_invalid')
    expect(inspect(error, { depth: 9 })).not.toContain('s3cret')
  })

  it('does not connect a client of the application, and says what to do', async () => {
    const client = createClient({ url: redisUrl })
    const store = redisStore({ client })
    const begun = performance.now()
    await expect(store.load(sampleKey)).rejects.toMatchObject({
      code: 'store_failed',
      message: expect.stringContaining('connect()'),
    })
    expect(performance.now() - begun).toBeLessThan(1_000)
    expect(client.isOpen).toBe(false)
  })

  it('opens nothing before it is used, and nothing after it was closed', async () => {
    const store = redisStore({ url: 'redis://user:s3cret@127.0.0.1:1' })
    await store.close?.()
    await expect(store.load(sampleKey)).rejects.toMatchObject({ code: 'store_failed' })
  })

  it('can be closed while it waits for a server that is not there', async () => {
    const store = redisStore({ url: 'redis://user:s3cret@127.0.0.1:1' })
    const loading = store.load(sampleKey).catch((error: unknown) => error)
    await store.close?.()
    const error = await loading
    expect(error).toMatchObject({ code: 'store_failed' })
    expect(inspect(error, { depth: 9 })).not.toContain('s3cret')
  })
})

describeWithRedis('redisStore on a server', () => {
  let client: Redis
  let sent: string[][]
  let prefix: string
  let store: TokenStore
  beforeEach(() => {
    client = new Redis(redisUrl)
    sent = []
    prefix = `${family}${randomUUID()}`
    const watched: RedisStoreOptions['client'] = {
      status: 'ready',
      call(...args: string[]) {
        sent.push(args)
        const [command = '', ...rest] = args
        return client.call(command, ...rest)
      },
    }
    store = redisStore({ client: watched, prefix })
  })
  afterEach(() => client.disconnect())
  afterAll(() => removeKeys(family))

  const create = (record = sampleRecord()) => store.save(record, { expectedVersion: null })
  const collect = async (filter: ConnectionFilter) => {
    const found: string[] = []
    for await (const record of store.list(filter)) found.push(record.tenantId)
    return found
  }
  const at = (ms: number) => new Date(1_800_000_000_000 + ms)

  it('refuses a wrong password at once', async () => {
    const url = new URL(redisUrl)
    url.username = 'nobody'
    url.password = 's3cret'
    const refused = redisStore({ url: url.href })
    const begun = performance.now()
    const error: unknown = await refused.load(sampleKey).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'store_failed', message: expect.stringContaining('WRONGPASS') })
    expect(inspect(error, { depth: 9 })).not.toContain('s3cret')
    expect(performance.now() - begun).toBeLessThan(2_000)
    await refused.close?.()
  })

  it('goes on where the server has forgotten its scripts', async () => {
    await create()
    await client.script('FLUSH')
    expect(await store.load(sampleKey)).toEqual(sampleRecord())
    expect(await store.remove(sampleKey)).toBe(true)
  })

  it('says in one word what the server refused', async () => {
    await create()
    const keys = await client.keys(`{${prefix}:*}:connection:*`)
    await client.del(keys)
    await client.lpush(keys[0] ?? '', 'of somebody else')
    await expect(store.load(sampleKey)).rejects.toMatchObject({
      code: 'store_failed',
      message: expect.stringMatching(/Redis answered WRONGTYPE$/),
    })
  })

  it('reads only what the filter can match, by an index', async () => {
    for (let index = 0; index < 20; index++)
      await create(sampleRecord({ tenantId: `t${index}`, expiresAt: at(index), refreshedAt: at(-index) }))
    await create(sampleRecord({ provider: 'zoom', tenantId: 'z', expiresAt: at(0), refreshedAt: at(-19) }))
    const read = async (filter: ConnectionFilter) => {
      sent = []
      const found = await collect(filter)
      const records = sent.filter(([command]) => command === 'mget').flatMap(([, ...keys]) => keys)
      return { found: found.sort(), records: records.length }
    }
    expect(await read({ provider: 'slack', expiresBefore: at(2) })).toEqual({
      found: ['t0', 't1'],
      records: 2,
    })
    expect(await read({ refreshedBefore: at(-18) })).toEqual({ found: ['t19', 'z'], records: 2 })
    expect(await read({ provider: 'zoom' })).toEqual({ found: ['z'], records: 1 })
    expect(await read({ provider: 'slack', tenantId: 't3', expiresBefore: at(9) })).toEqual({
      found: ['t3'],
      records: 1,
    })
    expect(await read({ status: 'reconnect_required', expiresBefore: at(99) })).toEqual({
      found: [],
      records: 0,
    })
    expect(new Set(sent.map(([command]) => command))).toEqual(new Set(['zrangebylex']))
  })

  it('leaves nothing in its indexes of what was replaced or removed', async () => {
    await create(sampleRecord({ expiresAt: at(0), refreshedAt: at(0) }))
    const later = sampleRecord({ version: 2, status: 'reconnect_required', refreshedAt: at(1) })
    await store.save(later, { expectedVersion: 1 })
    const members = async () => {
      const keys = await client.keys(`{${prefix}:*}:*`)
      const sets = keys.filter((key) => /:(ids|expiry|refreshed)$/.test(key))
      return (await Promise.all(sets.map((key) => client.zrange(key, '0', '-1')))).flat()
    }
    expect(await members()).toHaveLength(2)
    await store.remove(sampleKey)
    expect(await members()).toEqual([])
  })

  it('lists each record once while it moves ahead in the index', async () => {
    // Of one shard, and more than a page.
    const shards = shardsOf(prefix)
    const tenants = Array.from({ length: 10_000 }, (_none, index) => `t${index}`)
      .filter((tenantId) => shardOf(shards, encodeConnectionKey({ ...sampleKey, tenantId })) === shards[0])
      .slice(0, 450)
    expect(tenants).toHaveLength(450)
    await Promise.all(
      tenants.map((tenantId, index) => create(sampleRecord({ tenantId, expiresAt: at(index) }))),
    )
    const found: string[] = []
    for await (const record of store.list({ expiresBefore: at(10_000) })) {
      found.push(record.tenantId)
      const next = { ...record, version: record.version + 1, expiresAt: at(5_000 + found.length) }
      expect(await store.save(next, { expectedVersion: record.version })).toBe(true)
    }
    expect(found.sort()).toEqual(tenants.sort())
  })

  it('gives the rest where one record is damaged, and says so at the end', async () => {
    await create(sampleRecord({ tenantId: 'whole' }))
    await create()
    const [damaged = ''] = await client.keys(`{${prefix}:*}:connection:*t1*`)
    await client.set(damaged, 'sealed-token')
    const found: string[] = []
    const reading = (async () => {
      for await (const record of store.list({})) found.push(record.tenantId)
    })()
    await expect(reading).rejects.toMatchObject({ code: 'record_unreadable' })
    expect(found).toEqual(['whole'])
    await expect(store.load(sampleKey)).rejects.toMatchObject({ code: 'record_unreadable' })
    expect(await store.save(sampleRecord({ version: 2 }), { expectedVersion: 1 })).toBe(false)
    expect(await create()).toBe(false)
    expect(await store.remove(sampleKey)).toBe(true)
    expect(await create()).toBe(true)
  })

  it('keeps stores of different prefixes apart', async () => {
    await create()
    const other = redisStore({ client, prefix: `${prefix}2` })
    expect(await other.load(sampleKey)).toBeUndefined()
    expect(await store.coordinator?.claim('nonce', 60_000)).toBe(true)
    expect(await other.coordinator?.claim('nonce', 60_000)).toBe(true)
  })
})

function failureOf(work: () => unknown): unknown {
  try {
    return expect.fail(inspect(work()))
  } catch (error) {
    return error
  }
}
