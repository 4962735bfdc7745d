import { must, mustEqual } from './assertions.ts'
import {
  collectDocuments,
  createDocument,
  createDocuments,
  mustBeDocument,
  type SyncStoreTests,
  sampleDocument,
} from './sync-samples.ts'

const givenBack =
  'load must give back every field as it was saved: a checkpoint that is lost or changed makes a sync skip or repeat work'

/** Values that are often mistreated on their way. */
const full = sampleDocument({
  id: 'Doc-_Z9',
  version: 7,
  tenantId: "Ünï'; -- |%|{a}* 🏳️‍🌈",
  status: 'running',
  dueAt: 1_772_402_400_001,
  data: JSON.stringify({
    text: '"\\ü\u0000\u2028',
    windows: Array.from({ length: 500 }, (_none, index) => index),
  }),
})

/** What is saved is what is there. */
export const syncDocumentTests: SyncStoreTests = {
  async 'answers undefined, false and nothing for what was never there'({ store }) {
    mustEqual(await store.load('doc_1'), undefined, 'load must answer undefined for what is not there')
    mustEqual(await store.remove('doc_1'), false, 'remove must answer false for what is not there')
    mustEqual(
      await collectDocuments(store),
      [],
      'list must be empty in an empty store: does make() give a new one?',
    )
  },

  async 'gives back a document with the least, and with everything'({ store, other }) {
    const least = { id: 'least', version: 0, data: '' }
    for (const document of [least, sampleDocument(), full]) {
      mustEqual(await createDocument(store, document), true, 'save must answer true when it has saved')
      mustBeDocument(await other.load(document.id), document, givenBack)
    }
    const [found] = await collectDocuments(store, { status: 'running' })
    mustBeDocument(found, full, 'list must give what load gives')
  },

  async 'replaces a document whole'({ store }) {
    const { id } = full
    await createDocument(store, full)
    const least = { id, version: 8, data: '[]' }
    await store.save(least, { expectedVersion: 7 })
    mustBeDocument(
      await store.load(id),
      least,
      'save must replace the whole document, absent fields included: a dueAt that stays behind has a run taken up that is over',
    )
    mustEqual(
      [await collectDocuments(store), await collectDocuments(store, { dueBefore: Number.MAX_SAFE_INTEGER })],
      [[], []],
      'a document whose status was taken away must not be listed any more',
    )
    await store.save({ ...full, version: 9 }, { expectedVersion: 8 })
    mustBeDocument(
      (await collectDocuments(store, { tenantId: String(full.tenantId) }))[0],
      { ...full, version: 9 },
      'a document that has a status again must be listed again',
    )
  },

  async 'tells ids apart that differ in case or at their end'({ store }) {
    const ids = ['a', 'A', '-', '_', 'a-', 'a_', 'x'.repeat(100), 'X'.repeat(100), `${'x'.repeat(99)}y`]
    await createDocuments(
      store,
      ids.map((id) => sampleDocument({ id, data: id })),
    )
    for (const id of ids) mustEqual((await store.load(id))?.data, id, 'ids differ where their characters do')
    must(await store.remove('A'), 'remove must answer true when it has removed')
    mustEqual((await store.load('a'))?.data, 'a', 'remove must touch one document')
    mustEqual((await collectDocuments(store)).length, ids.length - 1, 'list must give every document')
  },

  async 'shows a save to the very next load and list, from any handle'({ store, other }) {
    const stale =
      'a save must be visible to the next load and list, of every process: a worker that reads an older checkpoint does its work twice'
    await createDocument(store, sampleDocument({ dueAt: 1 }))
    for (let version = 2; version <= 10; version++) {
      const [writer, reader] = version % 2 === 0 ? [other, store] : [store, other]
      await writer.save(sampleDocument({ version, dueAt: version }), { expectedVersion: version - 1 })
      mustEqual((await reader.load('doc_1'))?.version, version, stale)
      mustEqual((await collectDocuments(reader, { dueBefore: version + 1 }))[0]?.version, version, stale)
      mustEqual((await collectDocuments(reader, { tenantId: 't1' }))[0]?.version, version, stale)
      mustEqual(await collectDocuments(reader, { dueBefore: version }), [], stale)
    }
    await other.remove('doc_1')
    mustEqual(await store.load('doc_1'), undefined, 'a removed document must be gone for every process')
    mustEqual(await collectDocuments(store), [], 'a removed document must not be listed')
  },
}
