import type { StoredConnection } from '../../src/types.ts'
import { type Data, keyOf, matchesFilter, type StoreChoices } from './conformance-models.ts'

const tick = () => new Promise<void>((resolve) => setImmediate(resolve))
const seconds = (date: Date) => new Date(Math.floor(date.getTime() / 1_000) * 1_000)
/** In order of their keys. */
const readable = (data: Data) =>
  [...data.records.keys()]
    .sort()
    .map((key) => data.records.get(key))
    .filter((record) => record !== undefined && record !== 'junk')
const expiryOf = (record: StoredConnection) => `${record.expiresAt?.toISOString()} ${keyOf(record)}`

const byOffset: StoreChoices = {
  async *list(data, matches) {
    for (let offset = 0; ; offset += 50) {
      const page = readable(data)
        .filter(matches)
        .slice(offset, offset + 50)
      if (page.length === 0) return
      yield* page
    }
  },
}

/** One defect each: what is wrong, how, and the test that must find it. */
export const wrongStores: readonly (readonly [words: string, choices: StoreChoices, found: string])[] = [
  ['ignores expectedVersion', { mayWrite: () => true }, 'replaces only the version that was read'],
  [
    'takes null for an upsert',
    { mayWrite: (stored, expected) => expected === null || stored === expected },
    'creates only what is not there',
  ],
  [
    'saves over any older version',
    {
      mayWrite: (stored, expected) => (expected === null ? stored === undefined : (stored ?? 0) >= expected),
    },
    'replaces only the version that was read',
  ],
  [
    'brings back what was removed',
    { mayWrite: (stored, expected) => stored === undefined || stored === expected },
    'replaces only the version that was read',
  ],
  [
    'compares and writes in two steps',
    { pause: tick },
    'lets exactly one of many concurrent replacements win',
  ],
  ['compares and removes in two steps', { pause: tick }, 'tells exactly one of many that it removed'],
  ['removes any version', { mayRemove: () => true }, 'removes, also on condition'],
  [
    'always says that it removed',
    { removeAnswers: () => true },
    'answers undefined, false and nothing for what was never there',
  ],
  [
    'answers undefined on an error',
    { onFailure: 'answer nothing' },
    'never answers undefined when it is cut off from its data',
  ],
  [
    'answers undefined for a broken record',
    { onJunk: 'answer nothing' },
    'never answers undefined for a broken record',
  ],
  [
    'loses milliseconds',
    { copyIn: (record) => ({ ...structuredClone(record), refreshedAt: seconds(record.refreshedAt) }) },
    'keeps dates to the millisecond',
  ],
  [
    'answers dates as text',
    { copyOut: (record) => JSON.parse(JSON.stringify(record)) },
    'gives back a record with the least',
  ],
  [
    'cuts long tokens',
    { copyIn: (record) => ({ ...structuredClone(record), sealed: record.sealed.slice(0, 255) }) },
    'gives back a record with everything',
  ],
  [
    'merges a record into the one before',
    { copyIn: (record, previous) => structuredClone({ ...previous, ...record }) },
    'replaces a record whole',
  ],
  [
    'counts versions itself',
    {
      copyIn: (record, previous) => ({
        ...structuredClone(record),
        version: previous ? previous.version + 1 : record.version,
      }),
    },
    'replaces only the version that was read',
  ],
  [
    'keeps the object it was given',
    { copyIn: (record) => record },
    'is not changed by changes to what it was given or gave',
  ],
  [
    'hands out its own object',
    { copyOut: (record) => record },
    'is not changed by changes to what it was given or gave',
  ],
  [
    'joins ids into one key',
    { key: ({ provider, tenantId, connectionId }) => [provider, tenantId, connectionId].join('') },
    'never takes one odd id for another',
  ],
  [
    'reads ids without case',
    { key: (key) => keyOf(key).toLowerCase() },
    'never takes one odd id for another',
  ],
  ['cuts long ids', { key: (key) => keyOf(key).slice(0, 255) }, 'never takes one odd id for another'],
  [
    'leaves the provider out of the key',
    { key: (key) => keyOf({ ...key, provider: '' }) },
    'keeps other connections as they are',
  ],
  [
    'lists tenants by prefix',
    {
      matches: (record, { tenantId, ...filter }) =>
        record.tenantId.startsWith(tenantId ?? '') && matchesFilter(record, filter),
    },
    'lists by a tenant, and not those whose id begins with its id',
  ],
  [
    'lists what expires at the very time',
    {
      matches: (record, { expiresBefore, ...filter }) =>
        matchesFilter(record, filter) &&
        (expiresBefore === undefined ||
          (record.expiresAt !== undefined && record.expiresAt <= expiresBefore)),
    },
    'lists by expiry, exclusive, never without one',
  ],
  [
    'lists what never expires as expired',
    {
      matches: (record, { expiresBefore, ...filter }) =>
        matchesFilter(record, filter) &&
        (expiresBefore === undefined || (record.expiresAt ?? new Date(0)) < expiresBefore),
    },
    'lists by expiry, exclusive, never without one',
  ],
  [
    'lists the first page only',
    {
      async *list(data, matches) {
        yield* readable(data).filter(matches).slice(0, 1_000)
      },
    },
    'lists thousands of records, and the few that match among them',
  ],
  [
    'ends its list at a page without a match',
    {
      async *list(data, matches) {
        const all = readable(data)
        for (let start = 0; start < all.length; start += 100) {
          const page = all.slice(start, start + 100).filter(matches)
          if (page.length === 0) return
          yield* page
        }
      },
    },
    'lists thousands of records, and the few that match among them',
  ],
  ['pages by offset', byOffset, 'lists each record once while what it gives is saved and removed'],
  [
    'pages by offset, beside others',
    byOffset,
    'lists to its end while each that is due is refreshed and no longer matches',
  ],
  [
    'pages by a column that a refresh changes',
    {
      async *list(data, matches) {
        for (let last = ''; ; ) {
          const rest = new Map(
            readable(data)
              .filter(matches)
              .map((record) => [expiryOf(record), record]),
          )
          const page = [...rest]
            .filter(([place]) => place > last)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .slice(0, 50)
          if (page.length === 0) return
          for (const [place, record] of page) {
            last = place
            yield record
          }
        }
      },
    },
    'lists each record once while what it gives is saved and removed',
  ],
  [
    'ends its list at a broken record',
    {
      async *list(data, matches) {
        for (const record of [...data.records.values()]) {
          if (record === 'junk') throw new Error('a record is damaged')
          if (matches(record)) yield record
        }
      },
    },
    'does not keep the others from their reader for a broken record',
  ],
]
