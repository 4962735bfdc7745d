import Keyv from 'keyv'
import { describe, expect, it } from 'vitest'
import { fileStore } from '../../src/stores/file-store.ts'
import { memoryStore } from '../../src/stores/memory-store.ts'
import { resolveSyncStore } from '../../src/stores/resolve-sync-store.ts'
import { collectDocuments, sampleDocument } from '../../src/testing/conformance/sync-samples.ts'
import type { SyncStore, TokenStore } from '../../src/types.ts'
import { sampleRecord } from './sample-record.ts'
import { syncsOf } from './sync-store-contract.ts'
import { temporaryDirectory } from './temporary-directory.ts'

const document = sampleDocument()
const create = (store: SyncStore) => store.save(document, { expectedVersion: null })

/** In its four methods only: what somebody's own is like. */
function bareSyncs(): SyncStore {
  const { load, save, remove, list } = syncsOf(memoryStore())
  return { load, save, remove, list }
}

/** What is given where TypeScript does not look. */
function resolveAny(store: unknown): ReturnType<typeof resolveSyncStore> {
  return Reflect.apply(resolveSyncStore, undefined, [store, 'unused'])
}

const bothNamed = /TokenStore.*`syncs: SyncStore`.*SyncStore/

describe('resolveSyncStore', () => {
  it('opens the embedded store where nothing is given, and closes it', async () => {
    const directory = temporaryDirectory()
    const { store, close } = resolveSyncStore(undefined, directory.path)
    expect(await create(store)).toBe(true)
    await close?.()
    await expect(store.load('doc_1')).rejects.toMatchObject({ code: 'store_failed' })
    const again = fileStore(directory.path)
    expect(await syncsOf(again).load('doc_1')).toEqual(document)
    await again.close?.()
    directory.remove()
  })

  it('takes a Keyv, a TokenStore with syncs, those syncs, and a SyncStore, and closes none', async () => {
    const tokens = memoryStore()
    for (const given of [new Keyv(), tokens, syncsOf(memoryStore()), bareSyncs()]) {
      const { store, close } = resolveSyncStore(given, 'unused')
      expect(await create(store)).toBe(true)
      expect(await store.load('doc_1')).toEqual(document)
      expect(await collectDocuments(store)).toEqual([document])
      expect(await store.remove('doc_1', { expectedVersion: 1 })).toBe(true)
      expect(close).toBeUndefined()
    }
    expect(resolveSyncStore(tokens, 'unused').store).toBe(tokens.syncs)
  })

  it.each([
    ['a TokenStore with a coordinator but no syncs', { ...memoryStore(), syncs: undefined }],
    ['what has no list', { load() {}, save() {}, remove() {} }],
    ['an empty object', {}],
  ])('refuses %s, and says what to do', (_words, given) => {
    expect(() => resolveAny(given)).toThrowError(
      expect.objectContaining({ code: 'config_invalid', hint: expect.stringMatching(bothNamed) }),
    )
  })

  it.each([[null], [7], ['redis://']])('refuses %j', (given) => {
    expect(() => resolveAny(given)).toThrowError(expect.objectContaining({ code: 'config_invalid' }))
  })

  /** A store of connections as applications write them, with nothing but the four methods. */
  function ownTokens(keyOf: (key: Parameters<TokenStore['load']>[0]) => string): unknown {
    const records = new Map<string, unknown>([['any', sampleRecord()]])
    const store: Record<keyof Omit<TokenStore, 'coordinator' | 'syncs' | 'close'>, unknown> = {
      load: async (key: Parameters<TokenStore['load']>[0]) => records.get(keyOf(key)),
      async save(record: Parameters<TokenStore['save']>[0]) {
        if (records.has(keyOf(record))) return false
        records.set(keyOf(record), record)
        return true
      },
      remove: async () => false,
      async *list() {
        yield sampleRecord()
      },
    }
    return store
  }

  it('names both where a TokenStore answers with a connection', async () => {
    const { store } = resolveAny(ownTokens(() => 'any'))
    const odd = { code: 'record_unreadable', hint: expect.stringMatching(bothNamed) }
    await expect(store.load('doc_1')).rejects.toMatchObject(odd)
    await expect(collectDocuments(store)).rejects.toMatchObject(odd)
  })

  it('names both where a TokenStore fails, and keeps that it may be tried again', async () => {
    const { store } = resolveAny(ownTokens(({ tenantId }) => tenantId.toUpperCase()))
    const failed = { code: 'store_failed', retryable: true, hint: expect.stringMatching(bothNamed) }
    await expect(store.load('doc_1')).rejects.toMatchObject(failed)
  })

  it('finds a TokenStore that takes a document and loses it', async () => {
    const { store } = resolveAny(ownTokens(({ tenantId, connectionId }) => `${tenantId}:${connectionId}`))
    await expect(create(store)).rejects.toMatchObject({
      code: 'config_invalid',
      hint: expect.stringMatching(bothNamed),
    })
  })

  it('says nothing of it once the store has given back a document', async () => {
    let isDown = false
    const bare = bareSyncs()
    const { store } = resolveSyncStore(
      {
        ...bare,
        async load(id: string) {
          if (isDown) throw new Error('down')
          return bare.load(id)
        },
      },
      'unused',
    )
    await create(store)
    isDown = true
    await expect(store.load('doc_1')).rejects.toMatchObject({
      code: 'store_failed',
      hint: expect.not.stringMatching(bothNamed),
    })
  })
})
