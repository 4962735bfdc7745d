import { randomUUID } from 'node:crypto'
import { inspect } from 'node:util'
import KeyvRedis, { createKeyv } from '@keyv/redis'
import KeyvValkey from '@keyv/valkey'
import Keyv from 'keyv'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { keyvStore } from '../../src/stores/keyv-store.ts'
import type { StoredConnection, TokenStore } from '../../src/types.ts'
import { removeKeys } from '../support/own-redis.ts'
import { describeWithRedis, redisUrl } from '../support/servers.ts'
import { sampleKey, sampleRecord } from './sample-record.ts'
import { testTokenStore } from './token-store-contract.ts'

const family = `test-${randomUUID()}`
const freshNamespace = () => `${family}-${randomUUID()}`

/** The official adapters, and what a Keyv over them is like in each of the ways they are used. */
const kinds: readonly [string, () => { keyv: Keyv; end: () => Promise<void> }][] = [
  [
    '@keyv/redis',
    () => {
      const adapter = new KeyvRedis(redisUrl)
      return {
        keyv: new Keyv({ store: adapter, namespace: freshNamespace() }),
        end: () => adapter.disconnect(),
      }
    },
  ],
  [
    '@keyv/redis, as its createKeyv makes it',
    () => {
      const keyv = createKeyv(redisUrl, { namespace: freshNamespace(), keyPrefixSeparator: '->' })
      return { keyv, end: () => keyv.disconnect() }
    },
  ],
  [
    '@keyv/redis with options',
    () => {
      const adapter = new KeyvRedis({ url: redisUrl }, { useUnlink: false })
      return {
        keyv: new Keyv({ store: adapter, namespace: freshNamespace() }),
        end: () => adapter.disconnect(),
      }
    },
  ],
  [
    '@keyv/valkey',
    () => {
      const adapter = new KeyvValkey(redisUrl)
      const end = async () => adapter.disconnect()
      return { keyv: new Keyv({ store: adapter, namespace: freshNamespace() }), end }
    },
  ],
]

describeWithRedis('a Keyv on Redis', () => {
  afterAll(() => removeKeys(family))

  for (const [name, open] of kinds) {
    testTokenStore(`keyvStore on ${name}`, () => {
      const { keyv, end } = open()
      return { store: keyvStore(keyv), dispose: end }
    })

    describe(`keyvStore on ${name}`, () => {
      const withKeyv = async (work: (keyv: Keyv) => Promise<void>) => {
        const { keyv, end } = open()
        try {
          await work(keyv)
        } finally {
          await end()
        }
      }

      it('warns of nothing', () =>
        withKeyv(async (keyv) => {
          const warnings = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
          keyvStore(keyv)
          expect(warnings).not.toHaveBeenCalled()
          warnings.mockRestore()
        }))

      it('keeps the values where the Keyv itself finds them', () =>
        withKeyv(async (keyv) => {
          const store = keyvStore(keyv)
          await create(store)
          const [key = '', value] = await onlyEntry(keyv)
          expect(JSON.parse(String(value))).toMatchObject({ tenantId: 't1', version: 1 })
          expect(await keyv.get(key)).toBe(value)
          await keyv.clear()
          expect(await store.load(sampleKey)).toBeUndefined()
        }))

      it('lends its compression', () =>
        withKeyv(async (keyv) => {
          keyv.opts.compression = {
            compress: async (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64'),
            decompress: async (value: unknown) => JSON.parse(Buffer.from(String(value), 'base64').toString()),
          }
          const store = keyvStore(keyv)
          await create(store)
          expect(await store.save(sampleRecord({ version: 2 }), { expectedVersion: 1 })).toBe(true)
          expect(await store.load(sampleKey)).toEqual(sampleRecord({ version: 2 }))
          expect(await list(store)).toEqual([sampleRecord({ version: 2 })])
          expect(await store.remove(sampleKey, { expectedVersion: 2 })).toBe(true)
          expect(await list(store)).toEqual([])
        }))

      it('writes nothing late over what is newer', () =>
        withKeyv(async (keyv) => {
          const store = keyvStore(keyv)
          await create(store)
          const other = keyvStore(keyv)
          afterFirstRead(keyv, () =>
            other.save(sampleRecord({ version: 2, sealed: 'k.newer' }), { expectedVersion: 1 }),
          )
          const late = sampleRecord({ version: 2, sealed: 'k.late' })
          expect(await store.save(late, { expectedVersion: 1 })).toBe(false)
          expect((await store.load(sampleKey))?.sealed).toBe('k.newer')
        }))

      it('removes what is replaced in the moment of its removal', () =>
        withKeyv(async (keyv) => {
          const store = keyvStore(keyv)
          await create(store)
          const other = keyvStore(keyv)
          afterFirstRead(keyv, () => other.save(sampleRecord({ version: 2 }), { expectedVersion: 1 }))
          expect(await store.remove(sampleKey)).toBe(true)
          expect(await store.load(sampleKey)).toBeUndefined()
        }))
    })
  }
})

describeWithRedis('a Keyv on Valkey that cannot be listed whole', () => {
  const unlistable: readonly [string, Record<string, unknown>, Record<string, unknown>][] = [
    ['no namespace', {}, { namespace: undefined }],
    ['no sets of keys', { useRedisSets: false }, { namespace: freshNamespace() }],
  ]

  it.each(unlistable)('says so: %s', async (_words, adapterOptions, keyvOptions) => {
    const adapter = new KeyvValkey(redisUrl, adapterOptions)
    const store = keyvStore(new Keyv({ store: adapter, ...keyvOptions }))
    const tenantId = freshNamespace()
    expect(await create(store, sampleRecord({ tenantId }))).toBe(true)
    expect(await store.load({ ...sampleKey, tenantId })).toEqual(sampleRecord({ tenantId }))
    await expect(list(store)).rejects.toMatchObject({ code: 'config_invalid' })
    expect(await store.remove({ ...sampleKey, tenantId })).toBe(true)
    await adapter.disconnect()
  })
})

describe('a Keyv on a Redis that is not there', () => {
  const nowhere = 'redis://user:s3cret@127.0.0.1:1'
  const dead: readonly [string, () => { keyv: Keyv; end: () => Promise<void> }][] = [
    [
      '@keyv/redis with default options',
      () => {
        const adapter = new KeyvRedis(nowhere)
        return { keyv: new Keyv({ store: adapter }), end: () => adapter.disconnect(true) }
      },
    ],
    [
      '@keyv/redis that does not reconnect',
      () => {
        const adapter = new KeyvRedis({ url: nowhere, socket: { reconnectStrategy: false } })
        return { keyv: new Keyv({ store: adapter }), end: () => adapter.disconnect(true) }
      },
    ],
    [
      '@keyv/valkey with default options',
      () => {
        const adapter = new KeyvValkey(nowhere)
        return { keyv: new Keyv({ store: adapter }), end: async () => adapter.disconnect() }
      },
    ],
  ]

  it.each(dead)('rejects with store_failed in time: %s', async (_name, open) => {
    const { keyv, end } = open()
    keyv.on('error', () => undefined)
    const store = keyvStore(keyv)
    const begun = performance.now()
    const outcomes = await Promise.allSettled([
      store.load(sampleKey),
      create(store),
      store.remove(sampleKey),
      list(store),
      store.coordinator?.claim('nonce', 1_000),
      store.coordinator?.withLease('lease', 100, async () => 'ran'),
    ])
    expect(performance.now() - begun).toBeLessThan(6_000)
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'store_failed', retryable: true } })
      expect(inspect(outcome, { depth: 9 })).not.toContain('s3cret')
    }
    await end()
  })
})

const create = (store: TokenStore, record = sampleRecord()) => store.save(record, { expectedVersion: null })

async function list(store: TokenStore): Promise<StoredConnection[]> {
  const found: StoredConnection[] = []
  for await (const record of store.list({})) found.push(record)
  return found
}

async function onlyEntry(keyv: Keyv): Promise<[string?, unknown?]> {
  const found: [string, unknown][] = []
  for await (const entry of keyv.iterator?.(keyv.namespace) ?? []) found.push([entry[0], entry[1]])
  expect(found).toHaveLength(1)
  return found[0] ?? []
}

/** Lets something happen between the reading and the writing of the next operation. */
function afterFirstRead(keyv: Keyv, happens: () => Promise<boolean>): void {
  const adapter: object = keyv.opts.store
  const get: unknown = Reflect.get(adapter, 'get')
  if (typeof get !== 'function') throw new Error('this adapter cannot read')
  let isFirst = true
  const interrupted = async (key: string) => {
    const found: unknown = await Reflect.apply(get, adapter, [key])
    if (isFirst) {
      isFirst = false
      expect(await happens()).toBe(true)
    }
    return found
  }
  Object.assign(adapter, { get: interrupted })
}
