import { describe, expect, it } from 'vitest'
import * as conformance from '../../src/testing/conformance/index.ts'
import { collectDocuments, sampleDocument } from '../../src/testing/conformance/sync-samples.ts'
import type { StoredConnection, SyncStore, TokenStore } from '../../src/types.ts'
import { sampleKey, sampleRecord } from './sample-record.ts'

/** A store of latchkey's own, whose `syncs` are tested. */
export interface OwnSyncsUnderTest {
  readonly store: TokenStore
  another?(): TokenStore | Promise<TokenStore>
  damage?(id: string): unknown
  unplug?(): unknown
  dispose?(): unknown
}

const oddTenants: readonly string[] = [
  '\ud800',
  '\ud801',
  '\ufffd',
  '\udfff',
  '\ud800'.repeat(255),
  '|'.repeat(255),
  'Tenant',
  'tenant',
  'ténant',
  ' tenant',
  'tenant ',
  '*',
  '{t}',
  '"\'\\;--$1',
  '__proto__',
]

export function syncsOf({ syncs }: TokenStore): SyncStore {
  if (syncs) return syncs
  throw new Error('this store has no syncs')
}

/** What every `SyncStore` must do (`latchkey/testing`), and what our own promise besides. */
export function testSyncs(name: string, open: () => Promise<OwnSyncsUnderTest> | OwnSyncsUnderTest): void {
  const make = async (): Promise<conformance.SyncStoreUnderTest> => {
    const { store, another, damage, unplug, dispose } = await open()
    return {
      store: syncsOf(store),
      ...(another && { another: async () => syncsOf(await another()) }),
      ...(damage && { damage }),
      unplug: unplug ?? (() => store.close?.()),
      ...(dispose && { dispose }),
    }
  }
  conformance.testSyncStore(make, { describe, it, name: `syncs of ${name}` })

  describe(`syncs of ${name} as latchkey's own`, () => {
    const withStore =
      (work: (opened: OwnSyncsUnderTest & { syncs: SyncStore }) => Promise<void>) => async () => {
        const opened = await open()
        try {
          await work({ ...opened, syncs: syncsOf(opened.store) })
        } finally {
          await opened.dispose?.()
        }
      }

    it(
      'never takes one tenant for another',
      withStore(async ({ syncs }) => {
        const saved = oddTenants.map((tenantId, index) =>
          sampleDocument({ id: `d${index}`, tenantId, dueAt: 5 }),
        )
        for (const document of saved) expect(await syncs.save(document, { expectedVersion: null })).toBe(true)
        for (const document of saved) {
          const { tenantId } = document
          expect(await syncs.load(document.id)).toEqual(document)
          expect(await collectDocuments(syncs, { tenantId })).toEqual([document])
          expect(await collectDocuments(syncs, { tenantId, dueBefore: 6 })).toEqual([document])
        }
      }),
    )

    it(
      'keeps documents and connections out of each other’s way',
      withStore(async ({ store, syncs }) => {
        const connection = sampleRecord()
        const document = sampleDocument({ dueAt: 1 })
        await store.save(connection, { expectedVersion: null })
        await syncs.save(document, { expectedVersion: null })
        const connections: StoredConnection[] = []
        for await (const found of store.list({})) connections.push(found)
        for await (const found of store.list({ tenantId: 't1' })) connections.push(found)
        expect(connections).toEqual([connection, connection])
        expect(await collectDocuments(syncs)).toEqual([document])
        expect(await collectDocuments(syncs, { dueBefore: 2 })).toEqual([document])
        expect(await syncs.remove(document.id)).toBe(true)
        expect(await store.load(sampleKey)).toEqual(connection)
        await syncs.save(document, { expectedVersion: null })
        expect(await store.remove(sampleKey)).toBe(true)
        expect(await syncs.load(document.id)).toEqual(document)
      }),
    )

    it(
      'says store_failed without its backend, and record_unreadable of what is damaged, after all others',
      withStore(async ({ store, syncs, damage, unplug }) => {
        for (const id of ['a', 'b', 'c'])
          await syncs.save(sampleDocument({ id, dueAt: 1 }), { expectedVersion: null })
        if (damage) {
          await damage('b')
          await expect(syncs.load('b')).rejects.toMatchObject({ code: 'record_unreadable' })
          for (const filter of [{}, { dueBefore: 2 }, { tenantId: 't1' }]) {
            const seen: string[] = []
            const reading = async () => {
              for await (const { id } of syncs.list(filter)) seen.push(id)
            }
            // Whether a damaged one still shows in an index of tenants or times is the store's own matter.
            if (Object.keys(filter).length === 0)
              await expect(reading()).rejects.toMatchObject({ code: 'record_unreadable' })
            else await reading().catch(() => undefined)
            expect(seen.sort()).toEqual(['a', 'c'])
          }
        }
        if (!unplug && !store.close) return
        await (unplug ? unplug() : store.close?.())
        const failed = { code: 'store_failed' }
        // In memory there is nothing that could be closed.
        const outcome = await syncs.load('a').then(
          () => 'found',
          (error: unknown) => error,
        )
        if (outcome === 'found') return
        expect(outcome).toMatchObject(failed)
        const next = sampleDocument({ id: 'a', version: 2 })
        await expect(syncs.save(next, { expectedVersion: 1 })).rejects.toMatchObject(failed)
        await expect(syncs.remove('a')).rejects.toMatchObject(failed)
        await expect(collectDocuments(syncs)).rejects.toMatchObject(failed)
        await expect(collectDocuments(syncs, { dueBefore: 2 })).rejects.toMatchObject(failed)
      }),
    )
  })
}
