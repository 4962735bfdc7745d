import { describe, expect, it } from 'vitest'
import { memoryStore } from '../../src/stores/memory-store.ts'
import { type StoreUnderTest, testTokenStore } from '../../src/testing/conformance/index.ts'
import type { StoredConnection, TokenStore } from '../../src/types.ts'
import { type Data, keyOf, matchesFilter, newData, type StoreChoices, storeOn } from './conformance-models.ts'
import { runSuite } from './conformance-runner.ts'

function underTest(open: (data: Data) => TokenStore): StoreUnderTest {
  const data = newData()
  return {
    store: open(data),
    another: () => open(data),
    damage: (key) => data.records.set(keyOf(key), 'junk'),
    unplug: () => {
      data.isDown = true
    },
  }
}

const check = (open: (data: Data) => TokenStore) =>
  runSuite((runner) => testTokenStore(() => underTest(open), runner))

const tick = () => new Promise<void>((resolve) => setImmediate(resolve))
const never = new Promise<never>(() => undefined)
const seconds = (date: Date) => new Date(Math.floor(date.getTime() / 1_000) * 1_000)
/** In order of their keys. */
const readable = (data: Data) =>
  [...data.records.keys()]
    .sort()
    .map((key) => data.records.get(key))
    .filter((record) => record !== undefined && record !== 'junk')
const expiryOf = (record: StoredConnection) => `${record.expiresAt?.toISOString()} ${keyOf(record)}`

/** One defect each: what is wrong, how, and the test that must find it. */
const wrong: readonly (readonly [words: string, choices: StoreChoices, found: string])[] = [
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
  [
    'pages by offset',
    {
      async *list(data, matches) {
        for (let offset = 0; ; offset += 50) {
          const page = readable(data)

            .filter(matches)
            .slice(offset, offset + 50)
          if (page.length === 0) return
          yield* page
        }
      },
    },
    'lists each record once while what it gives is saved and removed',
  ],
  [
    'pages by offset, beside others',
    {
      async *list(data, matches) {
        for (let offset = 0; ; offset += 50) {
          const page = readable(data)

            .filter(matches)
            .slice(offset, offset + 50)
          if (page.length === 0) return
          yield* page
        }
      },
    },
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

/** Defects that are in more than one choice. */
const wrongOtherwise: readonly (readonly [words: string, open: (data: Data) => TokenStore, found: string])[] =
  [
    [
      'throws instead of rejecting',
      (data) => {
        const right = storeOn(data)
        return {
          ...right,
          load(key) {
            if (key.tenantId === '') throw new Error('no tenant')
            return right.load(key)
          },
        }
      },
      'rejects rather than throws',
    ],
    [
      'throws where list is called',
      (data) => {
        const right = storeOn(data)
        return {
          ...right,
          list(filter) {
            if (filter.tenantId === '') throw new Error('no tenant')
            return right.list(filter)
          },
        }
      },
      'rejects rather than throws',
    ],
    [
      'reads from a replica that lags',
      (data) => {
        const right = storeOn(data)
        const seen = new Map<string, StoredConnection>()
        return {
          ...right,
          async load(key) {
            const cached = seen.get(keyOf(key))
            const found = await right.load(key)
            if (found) seen.set(keyOf(key), found)
            return cached ?? found
          },
          async save(record, options) {
            const isSaved = await right.save(record, options)
            if (isSaved) seen.set(keyOf(record), structuredClone(record))
            return isSaved
          },
        }
      },
      'shows a save to the very next load, from any handle',
    ],
    [
      'lists nothing without its backend',
      (data) => {
        const right = storeOn(data)
        return {
          ...right,
          async *list(filter) {
            if (!data.isDown) yield* right.list(filter)
          },
        }
      },
      'never answers undefined when it is cut off from its data',
    ],
    [
      'cannot remove what it cannot read',
      (data) => {
        const right = storeOn(data)
        return {
          ...right,
          async remove(key, options) {
            return (await right.load(key)) !== undefined && right.remove(key, options)
          },
        }
      },
      'removes a broken record',
    ],
    [
      'keeps a connection of its pool when a reader stops',
      (data) => {
        const right = storeOn(data)
        let free = 10
        return {
          ...right,
          async *list(filter) {
            if (free === 0) await never
            free -= 1
            yield* right.list(filter)
            free += 1
          },
        }
      },
      'lets many readers stop early',
    ],
    [
      'keeps a connection of its pool while a list is open',
      (data) => {
        const right = storeOn(data)
        let free = 10
        return {
          ...right,
          async *list(filter) {
            if (free === 0) await never
            free -= 1
            try {
              yield* right.list(filter)
            } finally {
              free += 1
            }
          },
        }
      },
      'lets several readers go on side by side',
    ],
  ]

describe('testTokenStore', () => {
  it('finds nothing in a store that is right', async () => {
    const { suites, tests, failures } = await check(storeOn)
    expect(failures).toEqual([])
    expect(suites).toEqual(['TokenStore'])
    expect(tests.length).toBe(new Set(tests).size)
    expect(tests.length).toBeGreaterThan(30)
  })

  it('needs nothing but a store', async () => {
    const report = await runSuite((runner) => testTokenStore(memoryStore, { ...runner, name: 'memory' }))
    expect(report.failures).toEqual([])
    expect(report.suites).toEqual(['memory'])
  })

  it.concurrent.each(wrong)('finds a store that %s', async (_words, choices, test) => {
    const { failures } = await check((data) => storeOn(data, choices))
    expect(failures.map((failure) => failure.test)).toContain(test)
    for (const { message } of failures) expect(message).toMatch(/must|:|else/)
  })

  it.concurrent.each(wrongOtherwise)('finds a store that %s', async (_words, open, test) => {
    const { failures } = await check(open)
    expect(failures.map((failure) => failure.test)).toContain(test)
  })

  it('says what a store must do, why, and what it did', async () => {
    const { failures } = await check((data) => storeOn(data, { mayWrite: () => true }))
    const found = failures.find(({ test }) => test === 'creates only what is not there')
    expect(found?.message).toBe(
      'save with expectedVersion null must answer false where there is a record: else two connects at once overwrite ' +
        'each other\n  expected: false\n  got:      true',
    )
  })
})
