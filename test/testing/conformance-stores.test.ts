import { describe, expect, it } from 'vitest'
import { memoryStore } from '../../src/stores/memory-store.ts'
import { type StoreUnderTest, testTokenStore } from '../../src/testing/conformance/index.ts'
import type { TokenStore } from '../../src/types.ts'
import { type Data, keyOf, newData, storeOn } from './conformance-models.ts'
import { otherwiseWrongStores } from './conformance-otherwise-wrong-stores.ts'
import { runSuite } from './conformance-runner.ts'
import { wrongStores } from './conformance-wrong-stores.ts'

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

  it.concurrent.each(wrongStores)('finds a store that %s', async (_words, choices, test) => {
    const { failures } = await check((data) => storeOn(data, choices))
    expect(failures.map((failure) => failure.test)).toContain(test)
    for (const { message } of failures) expect(message).toMatch(/must|:|else/)
  })

  it.concurrent.each(otherwiseWrongStores)('finds a store that %s', async (_words, open, test) => {
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
