import { describe, expect, it } from 'vitest'
import { memoryStore } from '../../src/stores/memory-store.ts'
import { testSyncStore } from '../../src/testing/conformance/index.ts'
import type { SyncDocument, SyncStore } from '../../src/types.ts'
import { runSuite } from './conformance-runner.ts'

function rightStore(): SyncStore {
  const { syncs } = memoryStore()
  if (!syncs) throw new Error('memoryStore has no syncs')
  return syncs
}

type Change = (right: SyncStore) => Partial<SyncStore>

async function* each(documents: readonly SyncDocument[]) {
  yield* documents
}

async function all(store: SyncStore, filter: Parameters<SyncStore['list']>[0]): Promise<SyncDocument[]> {
  const found: SyncDocument[] = []
  for await (const document of store.list(filter)) found.push(document)
  return found
}

/** Mistakes that somebody could make, and the test that must find each. */
const wrong: readonly (readonly [words: string, change: Change, test: string])[] = [
  [
    'creates over what is there',
    (right) => ({
      async save(document, options) {
        if (options.expectedVersion === null) await right.remove(document.id)
        return right.save(document, options)
      },
    }),
    'creates only what is not there',
  ],
  [
    'compares before it writes, in two steps',
    (right) => ({
      async save(document, { expectedVersion }) {
        const before = await right.load(document.id)
        if ((before?.version ?? null) !== expectedVersion) return false
        await new Promise((resume) => setTimeout(resume, 1))
        await right.remove(document.id)
        return right.save(document, { expectedVersion: null })
      },
    }),
    'lets exactly one of many concurrent creations and replacements win',
  ],
  [
    'removes whatever version',
    (right) => ({ remove: (id) => right.remove(id) }),
    'removes, also on condition',
  ],
  [
    'forgets the time',
    (right) => ({
      save: ({ dueAt: _forgotten, ...document }, options) => right.save(document, options),
    }),
    'gives back a document with the least, and with everything',
  ],
  [
    'lists by time without an order',
    (right) => ({
      async *list(filter) {
        yield* (await all(right, filter)).reverse()
      },
    }),
    'gives a thousand documents in the order of their time',
  ],
  [
    'lists what is due at the very time',
    (right) => ({
      list: ({ dueBefore, ...rest }) =>
        right.list(dueBefore === undefined ? rest : { ...rest, dueBefore: dueBefore + 1 }),
    }),
    'lists by time, exclusive, earliest first, never without a time or a status',
  ],
  [
    'pages by offset',
    (right) => ({
      async *list(filter) {
        for (let offset = 0; ; offset += 100) {
          const page = (await all(right, filter)).slice(offset, offset + 100)
          yield* each(page)
          if (page.length < 100) return
        }
      },
    }),
    'lists the rest while documents ahead of its reader come and go',
  ],
]

describe('testSyncStore', () => {
  it('finds nothing in a store that is right', async () => {
    const { suites, tests, failures } = await runSuite((runner) => testSyncStore(rightStore, runner))
    expect(failures).toEqual([])
    expect(suites).toEqual(['SyncStore'])
    expect(tests.length).toBe(new Set(tests).size)
  })

  it.each(wrong)('finds a store that %s', { timeout: 30_000 }, async (_words, change, test) => {
    const make = () => {
      const right = rightStore()
      return { ...right, ...change(right) }
    }
    const { failures } = await runSuite((runner) => testSyncStore(make, runner))
    expect(failures.map((failure) => failure.test)).toContain(test)
  })
})
