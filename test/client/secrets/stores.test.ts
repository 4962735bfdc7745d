import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fileStore } from '../../../src/stores/file-store.ts'
import { memoryStore } from '../../../src/stores/memory-store.ts'
import type { TokenStore } from '../../../src/types.ts'
import { createLeakSearch } from './leak-search.ts'
import { known } from './provider.ts'
import { codesOf, ref, stage } from './scene.ts'

const { scene } = stage()

/** A store whose drivers quote what they were given, as they do. */
function quotingStore(broken: 'load' | 'save' | 'remove' | 'save later'): TokenStore {
  const store = memoryStore()
  let saves = 0
  const fail = (...what: unknown[]) => {
    const text = JSON.stringify(what)
    return Object.assign(new Error(`statement failed: ${text}`, { cause: text }), {
      detail: text,
      parameters: what,
      code: text,
    })
  }
  return {
    async load(key) {
      if (broken === 'load') throw fail(key)
      return store.load(key)
    },
    async save(record, options) {
      saves++
      if (broken === 'save' || (broken === 'save later' && saves > 1)) throw fail(record, options)
      return store.save(record, options)
    },
    async remove(key, options) {
      if (broken === 'remove') throw fail(key, await store.load(key))
      return store.remove(key, options)
    },
    list: (filter) => store.list(filter),
  }
}

describe('stores', () => {
  it.each(['load', 'save', 'remove', 'save later'] as const)(
    'a store that quotes the record when %s fails',
    async (broken) => {
      const inner = quotingStore(broken)
      const sealed: string[] = []
      const store: TokenStore = {
        ...inner,
        save(record, options) {
          sealed.push(record.sealed)
          return inner.save(record, options)
        },
      }
      const { live, leaks, said, secrets } = scene({ options: { store } })
      await live()
      sealed.forEach((text, index) => {
        secrets[`sealed ${index}`] = text
      })
      expect(codesOf(said)).toContain('store_failed')
      expect(leaks()).toEqual([])
      expect(
        said.filter(
          ({ value }) => typeof value === 'object' && value !== null && 'not an OAuthError' in value,
        ),
      ).toEqual([])
    },
  )

  it('a coordinator that fails is store_failed, in words of ours', async () => {
    const { live, leaks, said } = scene({
      options: {
        coordinator: {
          claim: async (key) => {
            throw new Error(`could not claim ${key} with ${known.sealingSecret}`)
          },
          withLease: async (key) => {
            throw new Error(`could not lease ${key} with ${known.sealingSecret}`)
          },
        },
      },
    })
    await live()
    expect(leaks()).toEqual([])
    expect(codesOf(said)).toContain('store_failed')
  })

  it('the records of memoryStore hold nothing in clear', async () => {
    const { client, store, secrets, note, said } = scene({})
    const { state } = await client.authorize(ref)
    await client.callback(new URLSearchParams({ code: known.code, state }))
    await client.refresh(ref)
    const search = createLeakSearch(secrets)
    if (!('load' in store)) throw new Error('not a TokenStore')
    let records = 0
    for await (const record of store.list({})) {
      records++
      expect(record.sealed.length).toBeGreaterThan(100)
      expect(search.inValue('record', record)).toEqual([])
    }
    expect(records).toBe(1)
    await note('connection', () => client.getConnection(ref))
    expect(said.at(-1)?.value).toMatchObject({ account: { id: 'ada' }, params: { org: '7' } })
    expect(JSON.stringify(said.at(-1)?.value)).not.toContain('sealed')
  })

  it('the files of fileStore hold nothing in clear', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'latchkey-secrets-'))
    try {
      const store = fileStore(directory)
      const { client, secrets } = scene({ options: { store } })
      const { state } = await client.authorize({ ...ref, userId: 'user-in-clear' })
      await client.callback(new URLSearchParams({ code: known.code, state }))
      await client.refresh(ref)
      await store.close?.()
      const search = createLeakSearch(secrets)
      const names = await readdir(directory)
      const files = await Promise.all(
        names.map(async (name) => ({ name, bytes: await readFile(join(directory, name)) })),
      )
      // The search reads what is there: what stands in clear is found.
      expect(files.some(({ bytes }) => bytes.includes('user-in-clear'))).toBe(true)
      for (const { name, bytes } of files) expect(search.inBytes(name, bytes)).toEqual([])
    } finally {
      await rm(directory, { recursive: true })
    }
  })
})
