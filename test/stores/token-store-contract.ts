import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import * as conformance from '../../src/testing/conformance/index.ts'
import type { ConnectionKey, Coordinator, StoredConnection, TokenStore } from '../../src/types.ts'
import { sampleKey, sampleRecord } from './sample-record.ts'

export type StoreUnderTest = conformance.StoreUnderTest

/** UTF-8 has none of these, and makes the same character of all. */
const surrogates: readonly [string, string][] = [
  ['a lone high surrogate', '\ud800'],
  ['another lone surrogate', '\ud801'],
  ['what UTF-8 makes of a lone surrogate', '\ufffd'],
  ['a lone low surrogate', '\udfff'],
  ['255 surrogates', '\ud800'.repeat(255)],
  ['255 reserved characters', '|'.repeat(255)],
]

/**
 * What every `TokenStore` must do (`latchkey/testing`), and what our own promise besides. `open` gives an empty store
 * for each test.
 */
export function testTokenStore(name: string, open: () => Promise<StoreUnderTest> | StoreUnderTest): void {
  conformance.testTokenStore(open, { describe, it, name: `${name} as a TokenStore` })
  conformance.testCoordinator(open, { describe, it, name: `${name} as a Coordinator` })

  describe(`${name} as a store of latchkey's own`, () => {
    let underTest: StoreUnderTest
    let store: TokenStore
    beforeEach(async () => {
      underTest = await open()
      store = underTest.store
    })
    afterEach(async () => underTest.dispose?.())

    const create = (record: StoredConnection) => store.save(record, { expectedVersion: null })

    it.each(surrogates)('keeps an id with %s', async (_words, id) => {
      const record = sampleRecord({ tenantId: id, connectionId: id })
      expect(await create(record)).toBe(true)
      expect(await store.load(record)).toEqual(record)
      const found: StoredConnection[] = []
      for await (const listed of store.list({ tenantId: id, provider: record.provider })) found.push(listed)
      expect(found).toEqual([record])
    })

    it('never takes one surrogate for another', async () => {
      const ids = surrogates.map(([, id]) => id)
      const keys = ids.flatMap((tenantId) =>
        ids.map((connectionId) => ({ ...sampleKey, tenantId, connectionId })),
      )
      await Promise.all(keys.map((key, index) => create(sampleRecord({ ...key, sealed: `k.${index}` }))))
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

    testWaiters(() => store.coordinator)
  })
}

/** What every `Coordinator` must do, and what our own promise besides. `get` is asked for each call. */
export function testCoordinator(get: () => Coordinator | undefined): void {
  const inTurn: Coordinator = {
    claim: (key, ttlMs) => found(get).claim(key, ttlMs),
    withLease: (key, ttlMs, run) => found(get).withLease(key, ttlMs, run),
  }
  conformance.testCoordinator(() => inTurn, { describe, it })
  testWaiters(get)
}

function testWaiters(get: () => Coordinator | undefined): void {
  it('lets a waiter give up with timeout', async () => {
    const key = randomUUID()
    const outcomes = await found(get).withLease(key, 60_000, async () => {
      const waiter = found(get).withLease(key, 40, async () => 'ran')
      return Promise.allSettled([waiter])
    })
    expect(outcomes).toMatchObject([{ status: 'rejected', reason: { code: 'timeout', retryable: true } }])
  })
}

function found(get: () => Coordinator | undefined): Coordinator {
  const coordinator = get()
  if (!coordinator) throw new Error('this store has no coordinator')
  return coordinator
}
