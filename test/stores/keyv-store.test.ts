import { inspect } from 'node:util'
import Keyv from 'keyv'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { isKeyv, keyvStore } from '../../src/stores/keyv-store.ts'
import { lmdbKeyvAdapter } from '../../src/stores/lmdb-keyv-adapter.ts'
import { memoryStore } from '../../src/stores/memory-store.ts'
import type { StoredConnection, TokenStore } from '../../src/types.ts'
import { driverWords, FakeAdapter, type Misbehaviour } from './fake-adapter.ts'
import { sampleKey, sampleRecord } from './sample-record.ts'
import { temporaryDirectory } from './temporary-directory.ts'

const create = (store: TokenStore, record = sampleRecord()) => store.save(record, { expectedVersion: null })

async function list(store: TokenStore): Promise<StoredConnection[]> {
  const found: StoredConnection[] = []
  for await (const record of store.list({})) found.push(record)
  return found
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    (value) => expect.fail(`answered ${inspect(value)}`),
    (error: unknown) => error,
  )
}

let warnings: ReturnType<typeof vi.spyOn>
beforeEach(() => {
  warnings = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
})
afterEach(() => {
  warnings.mockRestore()
})

describe('a Keyv whose backend fails', () => {
  const operations: readonly [string, readonly string[], (store: TokenStore) => Promise<unknown>][] = [
    ['load', ['get'], (store) => store.load(sampleKey)],
    ['load of what is not there', ['get'], (store) => store.load({ ...sampleKey, tenantId: 'nobody' })],
    ['save, reading', ['get'], (store) => create(store, sampleRecord({ tenantId: 'new' }))],
    ['save, writing', ['set'], (store) => create(store, sampleRecord({ tenantId: 'new' }))],
    [
      'save of a later version',
      ['set'],
      (store) => store.save(sampleRecord({ version: 2 }), { expectedVersion: 1 }),
    ],
    ['remove, reading', ['get'], (store) => store.remove(sampleKey)],
    ['remove, deleting', ['delete'], (store) => store.remove(sampleKey)],
    ['list', ['iterator'], list],
  ]
  const modes: readonly Misbehaviour[] = ['throw', 'hang', 'swallow']
  const cases = operations.flatMap(([name, only, run]) => modes.map((mode) => ({ name, only, run, mode })))

  it.each(cases)('rejects with store_failed: $name, $mode', async ({ only, run, mode }) => {
    const adapter = new FakeAdapter()
    const keyv = new Keyv({ store: adapter })
    // What is to work has its time, whatever else the machine does.
    const patient = keyvStore(keyv)
    await create(patient)
    Object.assign(adapter, { mode, only })
    const error = await failureOf(run(keyvStore(keyv, { deadline: 60 })))
    expect(error).toMatchObject({ code: 'store_failed', retryable: true })
    expect(inspect(error, { depth: 9 })).not.toContain(driverWords.slice(0, 20))
    expect(inspect(error, { depth: 9 })).not.toContain('s3cret')
    adapter.mode = 'none'
    expect(await patient.load(sampleKey)).toEqual(sampleRecord())
  })

  it.each(['set', 'delete'])('takes false from %s for a failure', async (operation) => {
    const adapter = new FakeAdapter()
    const store = keyvStore(new Keyv({ store: adapter }))
    await create(store)
    Object.assign(adapter, { mode: 'false', only: [operation] })
    const work =
      operation === 'set' ? create(store, sampleRecord({ tenantId: 'new' })) : store.remove(sampleKey)
    expect(await failureOf(work)).toMatchObject({ code: 'store_failed' })
  })

  it('keeps the name and code of what was thrown', async () => {
    const adapter = new FakeAdapter()
    const store = keyvStore(new Keyv({ store: adapter }))
    adapter.mode = 'throw'
    const error = await failureOf(store.load(sampleKey))
    expect(error).toMatchObject({ cause: { name: 'ReplyError', code: 'ECONNREFUSED' } })
  })

  it('does not write what it has reported as failed', async () => {
    const adapter = new FakeAdapter()
    const keyv = new Keyv({ store: adapter })
    const store = keyvStore(keyv, { deadline: 40 })
    const patient = keyvStore(keyv)
    Object.assign(adapter, { mode: 'hang', only: ['get'] })
    const failed = await Promise.all([failureOf(create(store)), failureOf(create(store))])
    expect(failed).toMatchObject([{ code: 'store_failed' }, { code: 'store_failed' }])
    adapter.mode = 'none'
    expect(await patient.load(sampleKey)).toBeUndefined()
    expect(await create(patient)).toBe(true)
  })

  it('does not begin to write after its deadline', async () => {
    const adapter = new FakeAdapter()
    const store = keyvStore(new Keyv({ store: adapter }), { deadline: 200 })
    await store.load(sampleKey)
    // A blocked event loop: the answer and the deadline come together, the answer first.
    adapter.get = async () => {
      const end = performance.now() + 250
      while (performance.now() < end);
      return undefined
    }
    expect(await failureOf(create(store))).toMatchObject({ code: 'store_failed' })
    expect(adapter.data.size).toBe(0)
  })

  it('does not take another operation’s error for its own where the write arrived', async () => {
    const adapter = new FakeAdapter()
    const store = keyvStore(new Keyv({ store: adapter }))
    const set = adapter.set.bind(adapter)
    adapter.on('error', () => undefined)
    adapter.set = async (key, value) => {
      adapter.emit('error', new Error('of somebody else'))
      return set(key, value)
    }
    expect(await create(store)).toBe(true)
    expect(await store.load(sampleKey)).toEqual(sampleRecord())
  })

  it.each([
    ['no JSON', 'sealed-token'],
    ['another shape', '{"provider":"slack"}'],
    ['another connection', JSON.stringify({ ...sampleRecord({ tenantId: 't2' }), format: 1 })],
    ['null', null],
  ])('rejects with record_unreadable for %s', async (_words, value) => {
    const keyv = new Keyv()
    const store = keyvStore(keyv)
    await create(store)
    const map: Map<string, unknown> = keyv.store
    for (const key of map.keys()) map.set(key, JSON.stringify({ value }))
    expect(await failureOf(store.load(sampleKey))).toMatchObject({ code: 'record_unreadable' })
    expect(await failureOf(list(store))).toMatchObject({ code: 'record_unreadable' })
    expect(await create(store)).toBe(false)
    expect(await store.remove(sampleKey)).toBe(true)
  })
})

describe('the application’s Keyv', () => {
  it('stays as it was', async () => {
    const adapter = new FakeAdapter()
    const keyv = new Keyv({ store: adapter, namespace: 'app', ttl: 5, stats: true })
    const errors: unknown[] = []
    keyv.on('error', (error: unknown) => errors.push(error))
    const hooks: unknown[] = []
    keyv.hooks.addHandler('preSet', (data) => hooks.push(data))
    const optionsBefore = { ...keyv.opts }
    const listenersBefore = adapter.listeners('error')

    const stores = Array.from({ length: 40 }, () => keyvStore(keyv))
    await Promise.all(stores.map((store, index) => create(store, sampleRecord({ tenantId: `t${index}` }))))
    expect(await list(stores[0] ?? memoryStore())).toHaveLength(40)

    expect(keyv.opts).toEqual(optionsBefore)
    expect(keyv.throwOnErrors).toBe(false)
    expect(adapter.listeners('error')).toEqual(listenersBefore)
    expect(adapter.namespace).toBe('app')
    expect(keyv.stats).toMatchObject({ hits: 0, misses: 0, sets: 0, deletes: 0 })
    expect(hooks).toEqual([])
    expect(errors).toEqual([])
    expect([...adapter.data.keys()].every((key) => key.startsWith('app:latchkey/slack/'))).toBe(true)

    await keyv.set('mine', 1)
    expect(await keyv.get('mine')).toBe(1)
    adapter.mode = 'throw'
    expect(await keyv.get('mine')).toBeUndefined()
    expect(await keyv.set('mine', 1)).toBe(false)
    expect(errors).toHaveLength(1)
  })

  it('does not lend its default ttl to connections', async () => {
    const adapter = new FakeAdapter()
    const store = keyvStore(new Keyv({ store: adapter, ttl: 1 }))
    await create(store)
    expect(JSON.parse(String([...adapter.data.values()][0])).expires).toBeUndefined()
  })

  it('lends its serialization and compression', async () => {
    const adapter = new FakeAdapter()
    const compression = {
      compress: async (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64'),
      decompress: async (value: unknown) => JSON.parse(Buffer.from(String(value), 'base64').toString()),
    }
    const store = keyvStore(new Keyv({ store: adapter, compression }))
    await create(store)
    expect(JSON.stringify([...adapter.data.values()])).not.toContain('c2VhbGVk')
    expect(await store.load(sampleKey)).toEqual(sampleRecord())
    expect(await list(store)).toEqual([sampleRecord()])
  })

  it('keeps its other values, and those of another namespace, out of the list', async () => {
    const map = new Map()
    const keyv = new Keyv({ store: map, namespace: 'a' })
    await keyv.set('session', { provider: 'slack' })
    map.set('no keyv', 'at all')
    const other = keyvStore(new Keyv({ store: map, namespace: 'b' }))
    await create(other)
    const store = keyvStore(keyv)
    expect(await list(store)).toEqual([])
    expect(await create(store, sampleRecord({ version: 5 }))).toBe(true)
    expect(await list(store)).toEqual([sampleRecord({ version: 5 })])
    expect(await list(other)).toEqual([sampleRecord()])
  })

  it('shares writes and claims among all stores over one adapter', async () => {
    const keyv = new Keyv()
    const stores = Array.from({ length: 10 }, () => keyvStore(keyv))
    const created = await Promise.all(stores.map((store) => create(store)))
    expect(created.filter(Boolean)).toHaveLength(1)
    const claimed = await Promise.all(stores.map((store) => store.coordinator?.claim('nonce', 1_000)))
    expect(claimed.filter(Boolean)).toHaveLength(1)
  })

  it('cannot be listed without an iterator, which is said', async () => {
    const adapter = new FakeAdapter()
    const store = keyvStore(new Keyv({ store: adapter }))
    Object.assign(adapter, { iterator: undefined })
    expect(await failureOf(list(store))).toMatchObject({ code: 'config_invalid' })
  })

  it('cannot be listed where another namespace has taken its adapter over', async () => {
    const adapter = new FakeAdapter()
    const store = keyvStore(new Keyv({ store: adapter, namespace: 'a' }))
    await create(store)
    new Keyv({ store: adapter, namespace: 'b' })
    expect(await failureOf(list(store))).toMatchObject({ code: 'config_invalid' })
    expect(await store.load(sampleKey)).toEqual(sampleRecord())
  })

  it('is refused with an unusable deadline or adapter', () => {
    const invalid = expect.objectContaining({ code: 'config_invalid' })
    expect(() => keyvStore(new Keyv(), { deadline: 0 })).toThrowError(invalid)
    const keyv = new Keyv()
    Object.assign(keyv.opts, { store: {} })
    expect(() => keyvStore(keyv)).toThrowError(invalid)
  })
})

describe('the warning about coordination', () => {
  it('comes once, and not for a Map or an adapter with a coordinator', async () => {
    vi.resetModules()
    const fresh = await import('../../src/stores/keyv-store.ts')
    const directory = temporaryDirectory()
    fresh.keyvStore(new Keyv())
    fresh.keyvStore(new Keyv({ store: lmdbKeyvAdapter(directory.path) }))
    expect(warnings).not.toHaveBeenCalled()
    fresh.keyvStore(new Keyv({ store: new FakeAdapter() }))
    fresh.keyvStore(new Keyv({ store: new FakeAdapter() }))
    expect(warnings).toHaveBeenCalledTimes(1)
    expect(warnings).toHaveBeenCalledWith(
      expect.stringContaining('within this process'),
      expect.objectContaining({ code: 'LATCHKEY_IN_PROCESS_COORDINATION' }),
    )
    directory.remove()
  })
})

describe('isKeyv', () => {
  it.each([
    ['a Keyv', new Keyv(), true],
    ['a store of ours', memoryStore(), false],
    ['a Map', new Map(), false],
    ['a Redis client', { get() {}, set() {}, delete() {} }, false],
    ['nothing', undefined, false],
    ['null', null, false],
  ])('tells %s', (_words, value, expected) => {
    expect(isKeyv(value)).toBe(expected)
  })
})
