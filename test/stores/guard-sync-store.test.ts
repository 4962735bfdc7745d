import { describe, expect, it } from 'vitest'
import { guardStore } from '../../src/stores/deadline.ts'
import { guardSyncStore } from '../../src/stores/guard-sync-store.ts'
import { memoryStore } from '../../src/stores/memory-store.ts'
import { collectDocuments, sampleDocument } from '../../src/testing/conformance/sync-samples.ts'
import type { SyncDocument, SyncFilter, SyncStore } from '../../src/types.ts'
import { syncsOf } from './sync-store-contract.ts'

/** A store of somebody's own, that answers as it is told to. */
function answering(answers: Partial<Record<keyof SyncStore, () => unknown>>): SyncStore {
  const store: SyncStore = {
    load: async () => undefined,
    save: async () => true,
    remove: async () => true,
    async *list() {},
  }
  // It may be written in JavaScript, and answer with anything.
  for (const [name, answer] of Object.entries(answers)) Reflect.set(store, name, answer)
  return store
}

const listing = (...values: readonly unknown[]) =>
  answering({
    async *list() {
      yield* values
    },
  })

describe('guardSyncStore', () => {
  it('makes store_failed of whatever is thrown, without its words', async () => {
    const fail = () => {
      throw new Error('password=s3cret')
    }
    const store = guardSyncStore(answering({ load: fail, save: fail, remove: fail, list: fail }))
    const calls = [
      store.load('a'),
      store.save(sampleDocument(), { expectedVersion: null }),
      store.remove('a'),
      collectDocuments(store),
    ]
    for (const outcome of await Promise.allSettled(calls)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'store_failed', retryable: true } })
      expect(JSON.stringify(outcome)).not.toContain('s3cret')
    }
  })

  it('gives each operation a deadline', async () => {
    const hang = () => new Promise<never>(() => undefined)
    const list = () => ({ [Symbol.asyncIterator]: () => ({ next: hang }) })
    const store = guardSyncStore(answering({ load: hang, save: hang, remove: hang, list }), { deadline: 20 })
    const failed = { code: 'store_failed', message: expect.stringContaining('20 ms') }
    await expect(store.load('a')).rejects.toMatchObject(failed)
    await expect(store.save(sampleDocument(), { expectedVersion: 1 })).rejects.toMatchObject(failed)
    await expect(store.remove('a')).rejects.toMatchObject(failed)
    await expect(collectDocuments(store)).rejects.toMatchObject(failed)
  })

  it.each([
    ['text', 'a'],
    ['a list', []],
    ['another document', sampleDocument({ id: 'b' })],
    ['no data', { id: 'a', version: 1 }],
    ['a version that is text', { id: 'a', version: '1', data: '' }],
    ['a version with a fraction', { id: 'a', version: 1.5, data: '' }],
    ['an unknown status', { id: 'a', version: 1, status: 'odd', data: '' }],
    ['a time with a fraction', { id: 'a', version: 1, dueAt: 0.5, data: '' }],
    ['a time before 1970', { id: 'a', version: 1, dueAt: -1, data: '' }],
    ['a time that is a Date', { id: 'a', version: 1, dueAt: new Date(5), data: '' }],
    ['a tenant that is a number', { id: 'a', version: 1, tenantId: 7, data: '' }],
    ['a later format', { format: 2, id: 'a', version: 1, data: '' }],
  ])('says record_unreadable of %s', async (_words, answer) => {
    const store = guardSyncStore(answering({ load: async () => answer }))
    await expect(store.load('a')).rejects.toMatchObject({ code: 'record_unreadable' })
  })

  it('takes null for what is not there', async () => {
    const bare = { id: 'a', version: 1, data: '' }
    const row = { ...bare, provider: null, tenantId: null, status: null, dueAt: null, more: 1 }
    expect(await guardSyncStore(answering({ load: async () => row })).load('a')).toEqual(bare)
    expect(await guardSyncStore(answering({ load: async () => null })).load('a')).toBeUndefined()
  })

  it('wants true or false', async () => {
    const store = guardSyncStore(answering({ save: async () => 1, remove: async () => undefined }))
    const failed = { code: 'store_failed' }
    await expect(store.save(sampleDocument(), { expectedVersion: 1 })).rejects.toMatchObject(failed)
    await expect(store.remove('a')).rejects.toMatchObject(failed)
  })

  it('gives what can be read, once, of what matches, and then the error', async () => {
    const a = sampleDocument({ id: 'a' })
    const store = guardSyncStore(
      listing({ id: '?' }, a, { ...a, version: 2 }, sampleDocument({ id: 'b', tenantId: 't2' })),
    )
    const seen: SyncDocument[] = []
    const reading = async () => {
      for await (const document of store.list({ tenantId: 't1' })) seen.push(document)
    }
    await expect(reading()).rejects.toMatchObject({ code: 'record_unreadable' })
    expect(seen).toEqual([a])
  })

  it.each(['', 'a b', 'ä', 'a/b', 'a.b', 'a\n', 'x'.repeat(101)])('refuses the id %j', async (id) => {
    const invalid = { code: 'params_invalid' }
    for (const store of [syncsOf(memoryStore()), guardSyncStore(answering({}))]) {
      await expect(store.load(id)).rejects.toMatchObject(invalid)
      await expect(store.remove(id)).rejects.toMatchObject(invalid)
      await expect(store.save(sampleDocument({ id }), { expectedVersion: null })).rejects.toMatchObject(
        invalid,
      )
    }
  })

  it.each([
    ['params_invalid', { tenantId: '' }],
    ['params_invalid', { tenantId: 'a\u0000' }],
    ['params_invalid', { tenantId: 'x'.repeat(256) }],
    ['params_invalid', { provider: '\u009f' }],
    ['record_unreadable', { version: -1 }],
    ['record_unreadable', { dueAt: Number.NaN }],
    ['record_unreadable', { dueAt: 1.5 }],
  ])('says %s of a document with %j, and writes nothing', async (code, changes) => {
    const store = syncsOf(memoryStore())
    await expect(store.save(sampleDocument(changes), { expectedVersion: null })).rejects.toMatchObject({
      code,
    })
    expect(await store.load('doc_1')).toBeUndefined()
  })

  it('asks a store for a whole number of ms, and refuses what is none', async () => {
    const asked: (number | undefined)[] = []
    const bare = answering({})
    const store = guardSyncStore({
      ...bare,
      list(filter: SyncFilter) {
        asked.push(filter.dueBefore)
        return bare.list(filter)
      },
    })
    for (const dueBefore of [0.5, -7, Number.POSITIVE_INFINITY, undefined])
      await collectDocuments(store, { dueBefore })
    expect(asked).toEqual([1, 0, 8_640_000_000_000_001, undefined])
    await expect(collectDocuments(store, { dueBefore: Number.NaN })).rejects.toMatchObject({
      code: 'params_invalid',
    })
  })

  it('guards the syncs of a TokenStore, once', async () => {
    const bare = listing({ id: '?' })
    const { coordinator: _none, syncs: _own, ...rest } = memoryStore()
    const store = guardStore({ ...rest, syncs: bare })
    expect(store.syncs).not.toBe(bare)
    await expect(collectDocuments(syncsOf(store))).rejects.toMatchObject({ code: 'record_unreadable' })
    expect(guardSyncStore(syncsOf(store))).toBe(store.syncs)
    expect('syncs' in guardStore(rest)).toBe(false)
  })
})
