import { mustEqual } from './assertions.ts'
import {
  collect,
  create,
  createAll,
  mustBeRecord,
  nameOf,
  sampleKey,
  sampleRecord,
} from './sample-records.ts'
import type { StoreTests } from './token-store.ts'

const oddIds: readonly (readonly [words: string, id: string])[] = [
  ['a separator', 'a|b'],
  ['a colon', 'keyv:a'],
  ['an escape', '%7c'],
  ['another escape', '~AA=7c'],
  ['a slash and dots', '../../a'],
  ['braces and wildcards', '{a}*?[b]'],
  ['a quote and a comment', "a'; --"],
  ['a backslash', 'a\\b'],
  ['spaces around it', ' a '],
  ['no spaces around it', 'a'],
  ['letters beyond ASCII', 'Zürich 東京 🏳️‍🌈'],
  ['a composed letter', '\u00e9'],
  ['a decomposed letter', 'e\u0301'],
  ['__proto__', '__proto__'],
  ['the word null', 'null'],
  ['digits that begin with 0', '007'],
  ['digits', '7'],
  ['upper case', 'ABC'],
  ['lower case', 'abc'],
  ['255 characters', 'x'.repeat(255)],
  ['255 characters, the last another', `${'x'.repeat(254)}y`],
  ['255 characters of three bytes', '東'.repeat(255)],
]

/** With what a store may join ids into one key. */
const separators = ['', '|', ':', '::', '/', '-', '_', '.', ',', ';', '#', ' ']

/** Ids are the application's: any text of up to 255 characters without control characters. */
export const idTests: StoreTests = {
  async 'keeps odd ids as they are'({ store }) {
    for (const [words, id] of oddIds) {
      const record = sampleRecord({ tenantId: id, connectionId: id })
      const why = `an id with ${words} must be kept as it is: ids are the application's, and its tenants choose some of them`
      mustEqual(await create(store, record), true, why)
      mustBeRecord(await store.load(record), record, why)
      const found = await collect(store, { provider: record.provider, tenantId: id })
      mustEqual(found.map(nameOf), [nameOf(record)], why)
    }
  },

  async 'never takes one odd id for another'({ store }) {
    const ids = oddIds.map(([, id]) => id)
    const keys = [
      ...ids.flatMap((tenantId) => ids.map((connectionId) => ({ ...sampleKey, tenantId, connectionId }))),
      ...separators.flatMap((separator) => [
        { ...sampleKey, tenantId: `p${separator}q`, connectionId: 'r' },
        { ...sampleKey, tenantId: 'p', connectionId: `q${separator}r` },
      ]),
    ]
    await createAll(
      store,
      keys.map((key, index) => sampleRecord({ ...key, sealed: `k.${index}` })),
    )
    const loaded: (string | undefined)[] = []
    for (let start = 0; start < keys.length; start += 100) {
      const found = await Promise.all(keys.slice(start, start + 100).map((key) => store.load(key)))
      loaded.push(...found.map((record) => record?.sealed))
    }
    const wrong = keys.filter((_key, index) => loaded[index] !== `k.${index}`)
    mustEqual(
      wrong.slice(0, 3),
      [],
      "two ids that differ must name two connections (case, accents, spaces, joined keys, cut columns): else one customer's tokens are used for another",
    )
  },
}
