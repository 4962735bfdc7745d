import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type {
  ConnectionFilter,
  ConnectionKey,
  Coordinator,
  StoredConnection,
  TokenStore,
} from '../../src/types.ts'
import { fullRecord, sampleKey, sampleRecord } from './sample-record.ts'

export interface StoreUnderTest {
  readonly store: TokenStore
  readonly dispose?: () => Promise<void>
}

const oddIds: readonly [string, string][] = [
  ['a separator', 'a|b'],
  ['a colon', 'keyv:a'],
  ['an escape', '%7c'],
  ['another escape', '~AA=7c'],
  ['a slash and dots', '../../a'],
  ['braces and wildcards', '{a}*?[b]'],
  ['a space', ' a '],
  ['letters beyond ASCII', 'Zürich 東京 🏳️‍🌈'],
  ['a lone high surrogate', '\ud800'],
  ['another lone surrogate', '\ud801'],
  ['what UTF-8 makes of a lone surrogate', '\ufffd'],
  ['a lone low surrogate', '\udfff'],
  ['__proto__', '__proto__'],
  ['upper case', 'ABC'],
  ['lower case', 'abc'],
  ['255 characters', 'x'.repeat(255)],
  ['255 characters of three bytes', '東'.repeat(255)],
  ['255 surrogates', '\ud800'.repeat(255)],
  ['255 reserved characters', '|'.repeat(255)],
]

const hour = 3_600_000
const noon = new Date('2026-03-01T12:00:00Z')
const listed: readonly StoredConnection[] = [
  sampleRecord({
    tenantId: 't1',
    expiresAt: new Date(noon.getTime() - hour),
    refreshedAt: new Date(noon.getTime() - hour),
  }),
  sampleRecord({ tenantId: 't1', connectionId: 'second', expiresAt: noon, refreshedAt: noon }),
  sampleRecord({
    tenantId: 't2',
    status: 'reconnect_required',
    refreshedAt: new Date(noon.getTime() - 2 * hour),
  }),
  sampleRecord({ tenantId: 't10', refreshedAt: noon }),
  sampleRecord({ provider: 'slack-2', tenantId: 't1', refreshedAt: noon }),
  sampleRecord({ provider: 'zoom', tenantId: 't|1', refreshedAt: noon }),
]
const filters: readonly [string, ConnectionFilter, readonly number[]][] = [
  ['nothing', {}, [0, 1, 2, 3, 4, 5]],
  ['a provider', { provider: 'slack' }, [0, 1, 2, 3]],
  ['a provider that is the beginning of another', { provider: 'slack-2' }, [4]],
  ['an unknown provider', { provider: 'github' }, []],
  ['a tenant', { tenantId: 't1' }, [0, 1, 4]],
  ['a provider and a tenant', { provider: 'slack', tenantId: 't1' }, [0, 1]],
  ['a tenant with a reserved character', { provider: 'zoom', tenantId: 't|1' }, [5]],
  ['a status', { status: 'reconnect_required' }, [2]],
  ['expiry, exclusive, never without one', { expiresBefore: noon }, [0]],
  ['expiry later', { expiresBefore: new Date(noon.getTime() + 1) }, [0, 1]],
  ['the last refresh, exclusive', { refreshedBefore: noon }, [0, 2]],
  [
    'everything at once',
    { provider: 'slack', tenantId: 't1', status: 'active', expiresBefore: noon, refreshedBefore: noon },
    [0],
  ],
  ['undefined values', { provider: undefined, tenantId: undefined, status: undefined }, [0, 1, 2, 3, 4, 5]],
]

/** What every `TokenStore` must do. `open` gives an empty store for each test. */
export function testTokenStore(name: string, open: () => Promise<StoreUnderTest> | StoreUnderTest): void {
  describe(`${name} as a TokenStore`, () => {
    let underTest: StoreUnderTest
    let store: TokenStore
    beforeEach(async () => {
      underTest = await open()
      store = underTest.store
    })
    afterEach(async () => underTest.dispose?.())

    const create = (record: StoredConnection) => store.save(record, { expectedVersion: null })

    it('answers undefined for what was never there', async () => {
      expect(await store.load(sampleKey)).toBeUndefined()
      expect(await store.remove(sampleKey)).toBe(false)
      expect(await collect(store, {})).toEqual([])
    })

    it.each([
      ['the least', sampleRecord()],
      ['everything', fullRecord],
    ])('gives back a record with %s', async (_words, record) => {
      expect(await create(record)).toBe(true)
      expect(await store.load(record)).toEqual(record)
      expect(await collect(store, {})).toEqual([record])
    })

    it('is not changed by changes to what it was given or gave', async () => {
      const scopes = ['a']
      const record = sampleRecord({ scopes, updatedAt: new Date(1_000) })
      await create(record)
      scopes.push('b')
      record.updatedAt.setTime(0)
      const loaded = await store.load(sampleKey)
      loaded?.updatedAt.setTime(5)
      expect(await store.load(sampleKey)).toEqual(sampleRecord({ scopes: ['a'], updatedAt: new Date(1_000) }))
    })

    it('creates only what is not there', async () => {
      expect(await create(sampleRecord({ sealed: 'k.first' }))).toBe(true)
      expect(await create(sampleRecord({ sealed: 'k.second' }))).toBe(false)
      expect((await store.load(sampleKey))?.sealed).toBe('k.first')
    })

    it('replaces only the version that was read', async () => {
      const replace = (version: number, expectedVersion: number) =>
        store.save(sampleRecord({ version, sealed: `k.${version}` }), { expectedVersion })
      expect(await replace(2, 1)).toBe(false)
      expect(await store.load(sampleKey)).toBeUndefined()
      await create(sampleRecord({ version: 1 }))
      expect(await replace(3, 2)).toBe(false)
      expect(await replace(2, 1)).toBe(true)
      expect(await replace(2, 1)).toBe(false)
      expect((await store.load(sampleKey))?.sealed).toBe('k.2')
    })

    it('removes, also on condition', async () => {
      await create(sampleRecord({ version: 4 }))
      expect(await store.remove(sampleKey, { expectedVersion: 3 })).toBe(false)
      expect(await store.load(sampleKey)).toMatchObject({ version: 4 })
      expect(await store.remove(sampleKey, { expectedVersion: 4 })).toBe(true)
      expect(await store.load(sampleKey)).toBeUndefined()
      await create(sampleRecord({ version: 9 }))
      expect(await store.remove(sampleKey)).toBe(true)
      expect(await store.remove(sampleKey)).toBe(false)
      expect(await create(sampleRecord())).toBe(true)
    })

    it('lets exactly one of many concurrent creations win', async () => {
      const records = Array.from({ length: 20 }, (_none, index) => sampleRecord({ sealed: `k.${index}` }))
      const answers = await Promise.all(records.map(create))
      expect(answers.filter(Boolean)).toHaveLength(1)
      expect(await store.load(sampleKey)).toEqual(records[answers.indexOf(true)])
    })

    it('lets exactly one of many concurrent replacements win', async () => {
      await create(sampleRecord())
      const records = Array.from({ length: 20 }, (_none, index) =>
        sampleRecord({ version: 2, sealed: `k.${index}` }),
      )
      const answers = await Promise.all(records.map((record) => store.save(record, { expectedVersion: 1 })))
      expect(answers.filter(Boolean)).toHaveLength(1)
      expect(await store.load(sampleKey)).toEqual(records[answers.indexOf(true)])
    })

    it.each(filters)('lists by %s', async (_words, filter, expected) => {
      for (const record of listed) await create(record)
      const found = await collect(store, filter)
      expect(found.map(nameOf).sort()).toEqual(expected.map((index) => nameOf(listed[index])).sort())
    })

    it('lists more than fits in one batch, each once, and lets the reader stop', async () => {
      const ids = Array.from({ length: 300 }, (_none, index) => `t${index}`)
      await Promise.all(ids.map((tenantId) => create(sampleRecord({ tenantId }))))
      const found = await collect(store, { provider: 'slack' })
      expect(found.map((record) => record.tenantId).sort()).toEqual([...ids].sort())
      for await (const _record of store.list({})) break
      expect(await store.load({ ...sampleKey, tenantId: 't299' })).toMatchObject({ tenantId: 't299' })
    })

    it.each(oddIds)('keeps an id with %s', async (_words, id) => {
      const record = sampleRecord({ tenantId: id, connectionId: id })
      expect(await create(record)).toBe(true)
      expect(await store.load(record)).toEqual(record)
      expect(await collect(store, { tenantId: id, provider: record.provider })).toEqual([record])
    })

    it('never takes one odd id for another', async () => {
      const ids = oddIds.map(([, id]) => id)
      const keys = ids.flatMap((tenantId) =>
        ids.map((connectionId) => ({ ...sampleKey, tenantId, connectionId })),
      )
      const answers = await Promise.all(
        keys.map((key, index) => create(sampleRecord({ ...key, sealed: `k.${index}` }))),
      )
      expect(answers.every(Boolean)).toBe(true)
      const loaded = await Promise.all(keys.map((key) => store.load(key)))
      expect(loaded.map((record) => record?.sealed)).toEqual(keys.map((_key, index) => `k.${index}`))
    })

    it.each([
      ['an empty id', ''],
      ['a control character', 'a\u0000'],
      ['another control character', 'a\u009f'],
      ['256 characters', 'x'.repeat(256)],
    ])('refuses %s', async (_words, tenantId) => {
      const key: ConnectionKey = { ...sampleKey, tenantId }
      await expect(store.load(key)).rejects.toMatchObject({ code: 'params_invalid' })
      await expect(create(sampleRecord(key))).rejects.toMatchObject({ code: 'params_invalid' })
      await expect(store.remove(key)).rejects.toMatchObject({ code: 'params_invalid' })
    })

    it('refuses a record that could not be read again', async () => {
      await expect(create(sampleRecord({ expiresAt: new Date(Number.NaN) }))).rejects.toMatchObject({
        code: 'record_unreadable',
      })
      expect(await store.load(sampleKey)).toBeUndefined()
    })

    testCoordinator(() => store.coordinator)
  })
}

/** What every `Coordinator` must do within one process. Durations are real: the backend's own clock judges them. */
export function testCoordinator(get: () => Coordinator | undefined): void {
  const coordinator = (): Coordinator => {
    const found = get()
    if (!found) throw new Error('this store has no coordinator')
    return found
  }

  it('grants a claim to exactly one of a hundred', async () => {
    const key = randomUUID()
    const answers = await Promise.all(Array.from({ length: 100 }, () => coordinator().claim(key, 60_000)))
    expect(answers.filter(Boolean)).toHaveLength(1)
    expect(await coordinator().claim(`${key}2`, 60_000)).toBe(true)
  })

  it('grants a claim again once it has ended', async () => {
    const key = randomUUID()
    expect(await coordinator().claim(key, 30)).toBe(true)
    await expect.poll(() => coordinator().claim(key, 60_000), { timeout: 5_000 }).toBe(true)
    expect(await coordinator().claim(key, 60_000)).toBe(false)
  })

  it('runs one holder of a lease at a time, and others meanwhile', async () => {
    const key = randomUUID()
    let running = 0
    let most = 0
    let total = 0
    const work = async () => {
      running += 1
      most = Math.max(most, running)
      await coordinator().withLease(`${key}-${total}`, 5_000, async () => undefined)
      running -= 1
      total += 1
      return total
    }
    const results = await Promise.all(
      Array.from({ length: 10 }, () => coordinator().withLease(key, 10_000, work)),
    )
    expect(most).toBe(1)
    expect([...results].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  })

  it('frees the lease of work that fails, and passes its error on', async () => {
    const key = randomUUID()
    const failure = new TypeError('of the work')
    const failing = coordinator().withLease(key, 60_000, () => Promise.reject(failure))
    await expect(failing).rejects.toBe(failure)
    expect(await coordinator().withLease(key, 60_000, async () => 'next')).toBe('next')
  })

  it('lets a waiter give up with timeout', async () => {
    const key = randomUUID()
    const { promise: held, release } = latch()
    const { promise: began, release: begin } = latch()
    const holder = coordinator().withLease(key, 60_000, async () => {
      begin()
      await held
      return 'held'
    })
    await began
    let ran = false
    const waiter = coordinator().withLease(key, 40, async () => {
      ran = true
    })
    await expect(waiter).rejects.toMatchObject({ code: 'timeout', retryable: true })
    release()
    expect(await holder).toBe('held')
    expect(ran).toBe(false)
    expect(await coordinator().withLease(key, 60_000, async () => 'free')).toBe('free')
  })

  it('passes the lease on when its holder exceeds its time, and the late holder frees nothing', async () => {
    const key = randomUUID()
    const { promise: stuck, release: unstick } = latch()
    const { promise: began, release: begin } = latch()
    const holder = coordinator().withLease(key, 40, async () => {
      begin()
      await stuck
    })
    await began
    const { promise: held, release } = latch()
    const { promise: tookOver, release: take } = latch()
    const second = coordinator().withLease(key, 60_000, async () => {
      take()
      await held
    })
    await tookOver
    unstick()
    await holder
    await expect(coordinator().withLease(key, 40, async () => 'third')).rejects.toMatchObject({
      code: 'timeout',
    })
    release()
    await second
  })
}

async function collect(store: TokenStore, filter: ConnectionFilter): Promise<StoredConnection[]> {
  const found: StoredConnection[] = []
  for await (const record of store.list(filter)) found.push(record)
  return found
}

function nameOf(record: StoredConnection | undefined): string {
  return JSON.stringify([record?.provider, record?.tenantId, record?.connectionId])
}

function latch(): { promise: Promise<void>; release: () => void } {
  let release: () => void = () => undefined
  const promise = new Promise<void>((resolve) => {
    release = resolve
  })
  return { promise, release }
}
