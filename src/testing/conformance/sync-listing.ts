import type { SyncDocument, SyncFilter } from '../../types.ts'
import { mustEqual, within } from './assertions.ts'
import {
  collectDocuments,
  createDocument,
  createDocuments,
  listedDocuments,
  type SyncStoreTests,
  sampleDocument,
} from './sync-samples.ts'

const noon = 1_772_366_400_000
const kept: readonly SyncDocument[] = [
  sampleDocument({ id: 'a', dueAt: noon }),
  sampleDocument({ id: 'b', status: 'running', dueAt: noon - 2 }),
  sampleDocument({ id: 'c', tenantId: 't10', dueAt: noon - 1 }),
  sampleDocument({ id: 'd', provider: 'zoom', status: 'completed' }),
  sampleDocument({ id: 'e', provider: 'slack-2', tenantId: 't|1', dueAt: 0 }),
  { id: 'f', version: 1, status: 'pending', dueAt: noon - 3, data: '{}' },
  { id: 'limit', version: 1, provider: 'slack', tenantId: 't1', dueAt: 1, data: '{}' },
]
const filters: readonly [words: string, filter: SyncFilter, expected: string][] = [
  ['nothing, and never without a status', {}, 'a b c d e f'],
  ['a provider', { provider: 'slack' }, 'a b c'],
  ['an unknown provider', { provider: 'github' }, ''],
  ['a tenant, and not those whose id begins with its id', { tenantId: 't1' }, 'a b d'],
  ['a tenant with a separator in its id', { tenantId: 't|1' }, 'e'],
  ['a tenant with a wildcard for an id', { tenantId: 't%' }, ''],
  ['a provider and a tenant', { provider: 'slack', tenantId: 't1' }, 'a b'],
  ['a status', { status: 'pending' }, 'a c e f'],
  ['a tenant and a status', { tenantId: 't1', status: 'completed' }, 'd'],
  ['everything but time', { provider: 'slack', tenantId: 't1', status: 'running' }, 'b'],
  [
    'undefined values, as nothing',
    { provider: undefined, tenantId: undefined, dueBefore: undefined },
    'a b c d e f',
  ],
]
const timed: readonly [words: string, filter: SyncFilter, expected: string][] = [
  ['time, exclusive, earliest first, never without a time or a status', { dueBefore: noon }, 'e f b c'],
  ['time, a millisecond later', { dueBefore: noon + 1 }, 'e f b c a'],
  ['a time at which nothing is due', { dueBefore: 0 }, ''],
  ['any time', { dueBefore: Number.MAX_SAFE_INTEGER }, 'e f b c a'],
  ['time and a provider', { dueBefore: noon + 1, provider: 'slack' }, 'b c a'],
  ['time and a tenant', { dueBefore: noon + 1, tenantId: 't1' }, 'b a'],
  ['time and a status', { dueBefore: noon + 1, status: 'pending' }, 'e f c a'],
  ['everything at once', { dueBefore: noon, provider: 'slack', tenantId: 't1', status: 'running' }, 'b'],
]

const filterTests: SyncStoreTests = Object.fromEntries(
  [...filters, ...timed].map(([words, filter, expected]) => [
    `lists by ${words}`,
    async ({ store }) => {
      await createDocuments(store, kept)
      const ids = (await collectDocuments(store, filter)).map(({ id }) => id)
      mustEqual(
        (filter.dueBefore === undefined ? ids.sort() : ids).join(' '),
        expected,
        'list must give every document that matches, once, and no other; with dueBefore those that are due earliest first',
      )
    },
  ]),
)

const count = 1_000
const documents = Array.from({ length: count }, (_none, index) =>
  sampleDocument({
    id: `d${String((index * 7_919) % count).padStart(4, '0')}`,
    tenantId: `t${index % 3}`,
    // Many at one time: more than a page of any backend.
    dueAt: noon + Math.floor(index / 400),
  }),
)
const all = documents.map(({ id }) => id).sort()
const due: SyncFilter = { dueBefore: noon + count }

const changing: readonly [words: string, filter: SyncFilter][] = [
  ['', {}],
  [' by time', due],
]

const changingTests: SyncStoreTests = Object.fromEntries(
  changing.flatMap(([words, filter]): [string, SyncStoreTests[string]][] => [
    [
      `lists each document once${words} while what it gives is put off and removed`,
      async ({ store, other }) => {
        await createDocuments(store, documents)
        const seen: string[] = []
        for await (const document of listedDocuments(store, filter)) {
          seen.push(document.id)
          if (seen.length > 300) continue
          const { id, version } = document
          // Still due, only later: it moves behind the reader's place in the index.
          const later = { ...document, version: version + 1, dueAt: noon + 100 }
          if (seen.length % 3 === 0) await other.remove(id)
          else if (seen.length % 3 === 1) await other.save(later, { expectedVersion: version })
        }
        mustEqual(
          seen.sort(),
          all,
          'list must give each document once while those it gave are saved and removed: a run that is passed over stands still, one that comes twice is worked on twice',
        )
      },
    ],
    [
      `lists the rest${words} while documents ahead of its reader come and go`,
      async ({ store, other }) => {
        await createDocuments(store, documents)
        const seen: string[] = []
        const removed = documents.filter((_document, index) => index % 4 === 1)
        const saved = documents.filter((_document, index) => index % 4 === 3)
        for await (const { id } of listedDocuments(store, filter)) {
          seen.push(id)
          if (seen.length !== 3) continue
          await Promise.all(removed.map((document) => other.remove(document.id)))
          await Promise.all(
            saved.map((document) => other.save({ ...document, version: 2 }, { expectedVersion: 1 })),
          )
          await createDocuments(
            other,
            removed.map((document) => ({ ...document, id: `new-${document.id}` })),
          )
        }
        mustEqual(seen.length, new Set(seen).size, 'list must give no document twice while others are saved')
        const found = new Set(seen)
        mustEqual(
          documents.filter((document) => !removed.includes(document) && !found.has(document.id)),
          [],
          'list must give every document that was there all the time, whatever else is saved and removed',
        )
      },
    ],
  ]),
)

/** What `list` selects, and in which order. */
export const syncListTests: SyncStoreTests = {
  ...filterTests,
  ...changingTests,

  async 'gives a thousand documents in the order of their time'({ store }) {
    const times = documents.map((document, index) => ({ ...document, dueAt: noon + ((index * 331) % count) }))
    await createDocuments(store, times)
    const found = (await collectDocuments(store, due)).map(({ dueAt }) => dueAt ?? 0)
    mustEqual(
      found,
      times.map(({ dueAt }) => dueAt).sort((a, b) => a - b),
      'list must begin with what is due earliest',
    )
    mustEqual(
      (await collectDocuments(store, { tenantId: 't1' })).length,
      333,
      'list must give all documents of a tenant, and no others',
    )
  },

  async 'follows a document whose time and tenant change'({ store }) {
    await createDocument(store, sampleDocument({ dueAt: noon }))
    const moved = sampleDocument({ version: 2, tenantId: 't2', dueAt: noon + 10 })
    await store.save(moved, { expectedVersion: 1 })
    const words = 'list must go by what a document says now: no index may keep what it said before'
    mustEqual(await collectDocuments(store, { dueBefore: noon + 1 }), [], words)
    mustEqual(await collectDocuments(store, { tenantId: 't1' }), [], words)
    mustEqual((await collectDocuments(store, { dueBefore: noon + 11 })).length, 1, words)
    mustEqual((await collectDocuments(store, { tenantId: 't2' })).length, 1, words)
  },

  async 'lets readers stop early, and go on side by side'({ store }) {
    await createDocuments(store, documents.slice(0, 200))
    const leak =
      'list must free what it holds when its reader stops, and hold no connection between two documents: workers save while a list is open'
    const first = async () => {
      for await (const document of store.list(due)) return document
      return undefined
    }
    for (let round = 0; round < 15; round++)
      mustEqual((await within(first(), leak))?.provider, 'slack', 'list must give a document at once')
    const readers = Array.from({ length: 15 }, () => store.list({})[Symbol.asyncIterator]())
    const firsts = await within(Promise.all(readers.map((reader) => reader.next())), leak)
    mustEqual(new Set(firsts.map(({ done }) => done === true)), new Set([false]), leak)
    mustEqual((await within(store.load('d0000'), leak))?.id, 'd0000', leak)
    await Promise.all(readers.map((reader) => reader.return?.()))
    mustEqual((await within(collectDocuments(store), leak)).length, 200, leak)
  },
}
