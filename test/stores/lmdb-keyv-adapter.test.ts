import keyvTestSuite, { keyvIteratorTests } from '@keyv/test-suite'
import Keyv from 'keyv'
import * as vitest from 'vitest'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type LmdbKeyvAdapter, lmdbKeyvAdapter } from '../../src/stores/lmdb-keyv-adapter.ts'
import { temporaryDirectory } from './temporary-directory.ts'

describe("Keyv's own suite", () => {
  const directory = temporaryDirectory()
  const adapters: LmdbKeyvAdapter[] = []
  const store = () => {
    const adapter = lmdbKeyvAdapter(directory.path)
    adapters.push(adapter)
    return adapter
  }
  keyvTestSuite(vitest, Keyv, store)
  keyvIteratorTests(vitest, Keyv, store)
  afterAll(async () => {
    await Promise.all(adapters.map((adapter) => adapter.disconnect()))
    directory.remove()
  })
})

describe('lmdbKeyvAdapter', () => {
  let directory: ReturnType<typeof temporaryDirectory>
  let adapter: LmdbKeyvAdapter
  beforeEach(() => {
    directory = temporaryDirectory()
    adapter = lmdbKeyvAdapter(directory.path)
  })
  afterEach(async () => {
    await adapter.disconnect()
    directory.remove()
  })

  it.each([
    ['empty', ''],
    ['with NUL', 'a\u0000b'],
    ['longer than LMDB takes', 'k'.repeat(5_000)],
    ['longer than LMDB takes, different at the end', `${'k'.repeat(4_999)}l`],
    ['of three-byte characters at the limit', '東'.repeat(601)],
    ['a lone surrogate', '\ud800'],
    ['another lone surrogate', '\udfff'],
  ])('keeps a key that is %s, and lists it', async (_words, key) => {
    await adapter.set('other', 'other')
    await adapter.set('\ufffd', 'replacement')
    await adapter.set(key, 'value')
    expect(await adapter.getMany([key, 'other', '\ufffd'])).toEqual(['value', 'other', 'replacement'])
    const entries = await collect(adapter.iterator())
    expect(entries).toHaveLength(3)
    expect(entries).toContainEqual([key, 'value'])
    expect(await adapter.delete(key)).toBe(true)
    expect(await adapter.has(key)).toBe(false)
    expect(await adapter.delete(key)).toBe(false)
  })

  it('confines clear and iterator to a namespace, over many batches', async () => {
    const rows = (namespace: string) =>
      Array.from({ length: 200 }, (_none, index) => ({ key: `${namespace}:${index}`, value: index }))
    await adapter.setMany([...rows('a'), ...rows('ab'), ...rows('b')])
    adapter.namespace = 'a'
    const keys = (await collect(adapter.iterator('a'))).map(([key]) => String(key))
    expect(new Set(keys)).toEqual(new Set(rows('a').map(({ key }) => key)))
    await adapter.clear()
    expect(await collect(adapter.iterator('a'))).toEqual([])
    expect(await collect(adapter.iterator())).toHaveLength(400)
  })

  it('is durable, and shared with a second adapter on the same directory', async () => {
    const second = lmdbKeyvAdapter(directory.path)
    await adapter.set('a', { nested: [1, null, 'x'] })
    expect(await second.get('a')).toEqual({ nested: [1, null, 'x'] })
    await adapter.disconnect()
    expect(await second.get('a')).toEqual({ nested: [1, null, 'x'] })
    await second.disconnect()
    adapter = lmdbKeyvAdapter(directory.path)
    expect(await adapter.get('a')).toEqual({ nested: [1, null, 'x'] })
  })

  it('rejects once it is disconnected', async () => {
    await adapter.disconnect()
    await expect(adapter.get('a')).rejects.toMatchObject({ code: 'store_failed' })
  })
})

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const value of values) found.push(value)
  return found
}
