import type { SyncDocument, SyncStore } from '../../types.ts'
import { must, mustEqual, outcomeOf, within } from './assertions.ts'
import {
  createDocument,
  createDocuments,
  listedDocuments,
  type SyncStoreTests,
  sampleDocument,
} from './sync-samples.ts'

const notThere =
  'must reject, never answer "not there" for what it could not read: the engine would take a sync for none, and begin it anew'
const settles = 'a method must settle, one way or the other: callers wait for it'

/** How a store fails. */
export const syncFailureTests: SyncStoreTests = {
  async 'never answers undefined for a broken document'({ store, damage }) {
    await createDocument(store, sampleDocument())
    await damage('doc_1')
    await mustNotBeAbsent(store, 'doc_1', 'load of a document that cannot be read')
  },

  async 'does not keep the others from their reader for a broken document'({ store, damage }) {
    const ids = ['a', 'b', 'c', 'd', 'e']
    await createDocuments(
      store,
      ids.map((id, index) => sampleDocument({ id, dueAt: index })),
    )
    await damage('c')
    for (const filter of [{}, { tenantId: 't1' }, { dueBefore: 10 }]) {
      const seen: string[] = []
      const reading = async () => {
        for await (const { id } of listedDocuments(store, filter)) seen.push(id)
      }
      await outcomeOf(within(reading(), settles))
      mustEqual(
        ids.filter((id) => id !== 'c' && !seen.includes(id)),
        [],
        'list must give the documents that can be read (and then throw, or give the broken one as it is): one damaged row must not end the syncs of all',
      )
    }
  },

  async 'removes a broken document'({ store, damage }) {
    await createDocument(store, sampleDocument({ dueAt: 1 }))
    await damage('doc_1')
    mustEqual(
      await store.remove('doc_1'),
      true,
      'remove without expectedVersion must not need to read the document: else a damaged one can never be got rid of',
    )
    mustEqual(await store.load('doc_1'), undefined, 'a removed document must be gone')
    const seen: SyncDocument[] = []
    for (const filter of [{}, { tenantId: 't1' }, { dueBefore: 10 }])
      for await (const document of listedDocuments(store, filter)) seen.push(document)
    mustEqual(seen, [], 'a removed document must not be listed')
    mustEqual(await createDocument(store, sampleDocument()), true, 'what was removed can be created again')
  },

  async 'never answers undefined when it is cut off from its data'({ store, unplug }) {
    await createDocument(store, sampleDocument())
    await unplug()
    await mustNotBeAbsent(store, 'doc_1', 'load of a store without its backend')
    const created = await outcomeOf(within(createDocument(store, sampleDocument({ id: 'doc_2' })), settles))
    // A store that was not cut off works on; then what it says it saved must be there.
    if ('value' in created && created.value)
      await mustNotBeAbsent(store, 'doc_2', 'load of what save said it saved')
    const found: SyncDocument[] = []
    const list = async () => {
      for await (const document of listedDocuments(store)) found.push(document)
    }
    const outcome = await outcomeOf(within(list(), settles))
    must(
      'error' in outcome || found.length > 0,
      'list must reject, never end as if there were nothing: a worker would believe that all is done',
    )
  },
}

async function mustNotBeAbsent(store: SyncStore, id: string, words: string): Promise<void> {
  const outcome = await outcomeOf(within(store.load(id), settles))
  must('error' in outcome || (outcome.value ?? null) !== null, `${words} ${notThere}`)
}
