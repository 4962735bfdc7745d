import type { ConnectionFilter, StoredConnection } from '../../types.ts'
import { mustEqual, within } from './assertions.ts'
import { collect, createAll, nameOf, sampleKey, sampleRecord } from './sample-records.ts'
import type { StoreTests } from './token-store.ts'

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
const filters: readonly [words: string, filter: ConnectionFilter, expected: readonly number[]][] = [
  ['nothing', {}, [0, 1, 2, 3, 4, 5]],
  ['a provider', { provider: 'slack' }, [0, 1, 2, 3]],
  ['a provider that begins like another', { provider: 'slack-2' }, [4]],
  ['an unknown provider', { provider: 'github' }, []],
  ['a tenant, and not those whose id begins with its id', { tenantId: 't1' }, [0, 1, 4]],
  ['a provider and a tenant', { provider: 'slack', tenantId: 't1' }, [0, 1]],
  ['a tenant with a separator in its id', { provider: 'zoom', tenantId: 't|1' }, [5]],
  ['a tenant with a wildcard for an id', { tenantId: 't%' }, []],
  ['a status', { status: 'reconnect_required' }, [2]],
  ['expiry, exclusive, never without one', { expiresBefore: noon }, [0]],
  ['expiry a millisecond later', { expiresBefore: new Date(noon.getTime() + 1) }, [0, 1]],
  ['the last refresh, exclusive', { refreshedBefore: noon }, [0, 2]],
  [
    'everything at once',
    { provider: 'slack', tenantId: 't1', status: 'active', expiresBefore: noon, refreshedBefore: noon },
    [0],
  ],
  [
    'undefined values, as nothing',
    { provider: undefined, tenantId: undefined, status: undefined },
    [0, 1, 2, 3, 4, 5],
  ],
]

async function mustList(
  opened: Parameters<StoreTests[string]>[0],
  filter: ConnectionFilter,
  expected: string[],
) {
  const found = await collect(opened.store, filter)
  mustEqual(
    found.map(nameOf).sort(),
    expected.sort(),
    'list must give every record that matches, once, and no other: one too many shows a tenant the connections of another, one too few dies unrefreshed',
  )
}

const filterTests: StoreTests = Object.fromEntries(
  filters.map(([words, filter, expected]) => [
    `lists by ${words}`,
    async (opened) => {
      await createAll(opened.store, listed)
      const names = listed.filter((_record, index) => expected.includes(index)).map(nameOf)
      await mustList(opened, filter, names)
    },
  ]),
)

/** What `list` selects from records that stay as they are. */
export const listTests: StoreTests = {
  ...filterTests,

  async 'lists thousands of records, and the few that match among them'(opened) {
    // More than a page of any backend; those that match are far apart and far between, so that many pages hold none.
    const records = Array.from({ length: 2_000 }, (_none, index) =>
      sampleRecord({
        tenantId: `t${String((index * 7_919) % 2_000).padStart(4, '0')}`,
        ...(index % 999 === 1 && { status: 'reconnect_required', expiresAt: noon }),
      }),
    )
    await createAll(opened.store, records)
    const few = records.filter(({ status }) => status === 'reconnect_required').map(nameOf)
    await mustList(opened, {}, records.map(nameOf))
    await mustList(opened, { provider: 'slack' }, records.map(nameOf))
    await mustList(opened, { status: 'reconnect_required' }, few)
    await mustList(opened, { expiresBefore: new Date(noon.getTime() + 1) }, few)
    await mustList(opened, { tenantId: 't1999' }, [nameOf({ ...sampleKey, tenantId: 't1999' })])
  },

  async 'lets many readers stop early'({ store }) {
    await createAll(
      store,
      Array.from({ length: 200 }, (_none, index) => sampleRecord({ tenantId: `t${index}` })),
    )
    const leak =
      'list must free what it holds when its reader stops (try … finally in the generator): else a few early stops take every connection of the pool'
    const first = async () => {
      for await (const record of store.list({})) return record
      return undefined
    }
    for (let count = 0; count < 30; count++)
      mustEqual((await within(first(), leak))?.provider, 'slack', 'list must give a record at once')
    const failure = new Error('of the reader')
    const failing = async () => {
      for await (const _record of store.list({})) throw failure
    }
    const thrown = await failing().catch((error: unknown) => error)
    mustEqual(thrown === failure, true, "list must pass its reader's own error on, unchanged")
    mustEqual((await within(store.load({ ...sampleKey, tenantId: 't199' }), leak))?.tenantId, 't199', leak)
    mustEqual((await within(collect(store, {}), leak)).length, 200, leak)
  },

  async 'lets several readers go on side by side'({ store }) {
    await createAll(
      store,
      Array.from({ length: 200 }, (_none, index) => sampleRecord({ tenantId: `t${index}` })),
    )
    const shared =
      'list must give each reader an iterator of its own, and hold no connection between two records: refreshes save and load while a list is open'
    const readers = Array.from({ length: 15 }, () => store.list({})[Symbol.asyncIterator]())
    const firsts = await within(Promise.all(readers.map((reader) => reader.next())), shared)
    mustEqual(new Set(firsts.map(({ done }) => done === true)), new Set([false]), shared)
    mustEqual((await within(store.load({ ...sampleKey, tenantId: 't7' }), shared))?.tenantId, 't7', shared)
    await Promise.all(readers.slice(1).map((reader) => reader.return?.()))
    let rest = 1
    const [reader] = readers
    while (reader && rest <= 200 && (await reader.next()).done !== true) rest += 1
    mustEqual(rest, 200, shared)
  },
}
