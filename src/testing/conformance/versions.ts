import { must, mustEqual } from './assertions.ts'
import { create, mustBeRecord, sampleKey, sampleRecord } from './sample-records.ts'
import type { StoreTests } from './token-store.ts'

const stale =
  'save with a stale expectedVersion must answer false and write nothing: else a late write brings back a refresh token that the provider has already rotated'
const exists =
  'save with expectedVersion null must answer false where there is a record: else two connects at once overwrite each other'
const oneWins =
  'the comparison and the write must be one atomic step (UPDATE … WHERE version = …, a transaction, a script): else two processes both believe that their tokens are the stored ones'

/** Compare-and-set, which everything that refreshes rests on. */
export const versionTests: StoreTests = {
  async 'creates only what is not there'({ store, other }) {
    mustEqual(
      await create(store, sampleRecord({ sealed: 'k.first' })),
      true,
      'save must answer true when it has saved',
    )
    mustEqual(await create(store, sampleRecord({ sealed: 'k.second' })), false, exists)
    mustEqual(await create(other, sampleRecord({ version: 2, sealed: 'k.third' })), false, exists)
    mustEqual((await store.load(sampleKey))?.sealed, 'k.first', exists)
  },

  async 'replaces only the version that was read'({ store, other }) {
    const replace = (version: number, expectedVersion: number, by = store) =>
      by.save(sampleRecord({ version, sealed: `k.${version}` }), { expectedVersion })
    const gone =
      'save with an expectedVersion must answer false where there is no record: else a refresh brings back a connection that was disconnected meanwhile'
    mustEqual(await replace(2, 1), false, gone)
    mustEqual(await store.load(sampleKey), undefined, gone)
    await create(store, sampleRecord({ version: 1 }))
    mustEqual(await replace(3, 2), false, stale)
    mustEqual(await replace(2, 1), true, 'save must answer true for the version that is stored')
    mustEqual(await replace(2, 1, other), false, stale)
    mustEqual(await replace(5, 1), false, stale)
    mustEqual((await store.load(sampleKey))?.sealed, 'k.2', stale)
    mustEqual(
      await replace(9, 2, other),
      true,
      'save must compare with the version that is stored, whatever the new one is',
    )
    mustEqual(
      (await store.load(sampleKey))?.version,
      9,
      'the version is the one in the record, not one that the store counts',
    )
  },

  async 'removes, also on condition'({ store, other }) {
    const condition =
      'remove with another expectedVersion than the stored one must answer false and remove nothing: else a late cleanup ends a connection that was just made anew'
    await create(store, sampleRecord({ version: 4 }))
    mustEqual(await other.remove(sampleKey, { expectedVersion: 3 }), false, condition)
    mustEqual((await store.load(sampleKey))?.version, 4, condition)
    mustEqual(
      await other.remove(sampleKey, { expectedVersion: 4 }),
      true,
      'remove must answer true when it has removed',
    )
    const removed =
      'a removed record must be gone: a connection that the user has ended must not be used again'
    mustEqual(await store.load(sampleKey), undefined, removed)
    await create(store, sampleRecord({ version: 9 }))
    mustEqual(await store.remove(sampleKey), true, 'remove without a condition must remove any version')
    mustEqual(await store.remove(sampleKey), false, 'remove must answer false for what is not there')
    mustEqual(await store.load(sampleKey), undefined, removed)
    mustEqual(
      await create(store, sampleRecord()),
      true,
      'what was removed can be created again: users reconnect',
    )
  },

  async 'lets exactly one of many concurrent creations win'({ store, other }) {
    const records = Array.from({ length: 20 }, (_none, index) => sampleRecord({ sealed: `k.${index}` }))
    const answers = await Promise.all(
      records.map((record, index) => create(index % 2 === 0 ? store : other, record)),
    )
    mustEqual(
      answers.filter(Boolean).length,
      1,
      `of twenty creations at once one must answer true: ${oneWins}`,
    )
    mustBeRecord(await store.load(sampleKey), records[answers.indexOf(true)], oneWins)
  },

  async 'lets exactly one of many concurrent replacements win'({ store, other }) {
    await create(store, sampleRecord())
    const records = Array.from({ length: 20 }, (_none, index) =>
      sampleRecord({ version: 2, sealed: `k.${index}` }),
    )
    const answers = await Promise.all(
      records.map((record, index) => (index % 2 === 0 ? store : other).save(record, { expectedVersion: 1 })),
    )
    mustEqual(
      answers.filter(Boolean).length,
      1,
      `of twenty replacements at once one must answer true: ${oneWins}`,
    )
    mustBeRecord(await store.load(sampleKey), records[answers.indexOf(true)], oneWins)
  },

  async 'lets either a replacement or a removal of one version win'({ store, other }) {
    for (let round = 0; round < 10; round++) {
      const connectionId = `c${round}`
      const key = { ...sampleKey, connectionId }
      await create(store, sampleRecord({ connectionId }))
      const save = () => store.save(sampleRecord({ connectionId, version: 2 }), { expectedVersion: 1 })
      const remove = () => other.remove(key, { expectedVersion: 1 })
      const both = round % 2 === 0 ? [save(), remove()] : [remove(), save()]
      const answers = await Promise.all(both)
      mustEqual(
        answers.filter(Boolean).length,
        1,
        `of a save and a remove of one version one must answer true: ${oneWins}`,
      )
      const saved = round % 2 === 0 ? answers[0] : answers[1]
      mustEqual((await store.load(key))?.version, saved ? 2 : undefined, oneWins)
    }
  },

  async 'tells exactly one of many that it removed'({ store, other }) {
    await create(store, sampleRecord())
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_none, index) => (index % 2 === 0 ? store : other).remove(sampleKey)),
    )
    mustEqual(
      answers.filter(Boolean).length,
      1,
      'of ten removals at once one must answer true: each true is told as an ended connection',
    )
    must((await store.load(sampleKey)) === undefined, 'a removed record must be gone')
  },
}
