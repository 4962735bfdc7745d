import { must, mustEqual } from './assertions.ts'
import { createDocument, mustBeDocument, type SyncStoreTests, sampleDocument } from './sync-samples.ts'

const stale =
  'save with a stale expectedVersion must answer false and write nothing: else a worker that was taken for dead overwrites the checkpoint of the one that took over'
const exists =
  'save with expectedVersion null must answer false where there is a document: else two starts at once begin two runs'
const oneWins =
  'the comparison and the write must be one atomic step (UPDATE … WHERE version = …, a transaction, a script): else two workers both believe that a run is theirs'

/** Compare-and-set, which the leases and checkpoints of a sync rest on. */
export const syncVersionTests: SyncStoreTests = {
  async 'creates only what is not there'({ store, other }) {
    mustEqual(
      await createDocument(store, sampleDocument({ data: '1' })),
      true,
      'save must answer true when it has saved',
    )
    mustEqual(await createDocument(store, sampleDocument({ data: '2' })), false, exists)
    mustEqual(await createDocument(other, sampleDocument({ data: '3', version: 2 })), false, exists)
    mustEqual((await store.load('doc_1'))?.data, '1', exists)
  },

  async 'replaces only the version that was read'({ store, other }) {
    const replace = (version: number, expectedVersion: number, by = store) =>
      by.save(sampleDocument({ version, data: String(version) }), { expectedVersion })
    const gone =
      'save with an expectedVersion must answer false where there is no document: else a worker brings back a sync that was forgotten'
    mustEqual(await replace(2, 1), false, gone)
    mustEqual(await store.load('doc_1'), undefined, gone)
    await createDocument(store, sampleDocument())
    mustEqual(await replace(3, 2), false, stale)
    mustEqual(await replace(2, 1), true, 'save must answer true for the version that is stored')
    mustEqual(await replace(2, 1, other), false, stale)
    mustEqual(await replace(5, 1), false, stale)
    mustEqual((await store.load('doc_1'))?.data, '2', stale)
    mustEqual(
      await replace(9, 2, other),
      true,
      'save must compare with the version that is stored, whatever the new one is',
    )
    mustEqual(
      (await store.load('doc_1'))?.version,
      9,
      'the version is the one in the document, not one that the store counts',
    )
  },

  async 'removes, also on condition'({ store, other }) {
    const condition =
      'remove with another expectedVersion than the stored one must answer false and remove nothing'
    await createDocument(store, sampleDocument({ version: 4 }))
    mustEqual(await other.remove('doc_1', { expectedVersion: 3 }), false, condition)
    mustEqual((await store.load('doc_1'))?.version, 4, condition)
    mustEqual(
      await other.remove('doc_1', { expectedVersion: 4 }),
      true,
      'remove must answer true when it has removed',
    )
    mustEqual(await store.load('doc_1'), undefined, 'a removed document must be gone')
    await createDocument(store, sampleDocument({ version: 9 }))
    mustEqual(await store.remove('doc_1'), true, 'remove without a condition must remove any version')
    mustEqual(await store.remove('doc_1'), false, 'remove must answer false for what is not there')
    mustEqual(await createDocument(store, sampleDocument()), true, 'what was removed can be created again')
  },

  async 'lets exactly one of many concurrent creations and replacements win'({ store, other }) {
    for (const expectedVersion of [null, 1]) {
      const documents = Array.from({ length: 20 }, (_none, index) =>
        sampleDocument({ version: (expectedVersion ?? 0) + 1, data: String(index), dueAt: index }),
      )
      const answers = await Promise.all(
        documents.map((document, index) =>
          (index % 2 === 0 ? store : other).save(document, { expectedVersion }),
        ),
      )
      mustEqual(answers.filter(Boolean).length, 1, `of twenty saves at once one must answer true: ${oneWins}`)
      mustBeDocument(await store.load('doc_1'), documents[answers.indexOf(true)], oneWins)
    }
  },

  async 'lets either a replacement or a removal of one version win'({ store, other }) {
    for (let round = 0; round < 10; round++) {
      const id = `round-${round}`
      await createDocument(store, sampleDocument({ id }))
      const save = () => store.save(sampleDocument({ id, version: 2 }), { expectedVersion: 1 })
      const remove = () => other.remove(id, { expectedVersion: 1 })
      const answers = await Promise.all(round % 2 === 0 ? [save(), remove()] : [remove(), save()])
      mustEqual(
        answers.filter(Boolean).length,
        1,
        `of a save and a remove of one version one must answer true: ${oneWins}`,
      )
      const saved = round % 2 === 0 ? answers[0] : answers[1]
      mustEqual((await store.load(id))?.version, saved ? 2 : undefined, oneWins)
    }
  },

  async 'tells exactly one of many that it removed'({ store, other }) {
    await createDocument(store, sampleDocument())
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_none, index) => (index % 2 === 0 ? store : other).remove('doc_1')),
    )
    mustEqual(answers.filter(Boolean).length, 1, 'of ten removals at once one must answer true')
    must((await store.load('doc_1')) === undefined, 'a removed document must be gone')
  },
}
