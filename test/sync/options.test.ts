import { describe, expect, it } from 'vitest'
import { createHistoricalSync } from '../../src/sync/engine.ts'
import { engines } from './engine-under-test.ts'

const { engine } = engines()

describe('options', () => {
  it.each<[wrong: object, words: RegExp]>([
    [{ months: 0 }, /months/],
    [{ lease: 10 }, /lease/],
    [{ retry: { attempts: 0 } }, /retry\.attempts/],
    [{ retry: { firstDelay: Number.NaN } }, /retry\.firstDelay/],
    [{ concurrency: { perTenant: 0 } }, /perTenant/],
    [{ concurrency: { perProvider: { shop: 1.5 } } }, /perProvider \(shop\)/],
    [{ run: { shop: {} } }, /run \(shop\)/],
  ])('%j are refused by name', (wrong, words) => {
    // As from JavaScript: the types refuse some of them.
    const options = Object.assign({ run: () => undefined }, wrong)
    expect(() => createHistoricalSync(options)).toThrow(words)
  })

  it('refuses a worker that could work on nothing', async () => {
    const { sync, client } = engine()
    await expect(sync.work([client], { concurrency: 0 })).rejects.toMatchObject({ code: 'config_invalid' })
  })
})
