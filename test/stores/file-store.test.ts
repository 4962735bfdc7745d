import { chmodSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { encodeConnectionKey } from '../../src/stores/connection-key.ts'
import { fileStore } from '../../src/stores/file-store.ts'
import { lmdbEnvironment } from '../../src/stores/lmdb-environment.ts'
import { lmdbKeyvAdapter } from '../../src/stores/lmdb-keyv-adapter.ts'
import type { StoredConnection, TokenStore } from '../../src/types.ts'
import { sampleKey, sampleRecord } from './sample-record.ts'
import { temporaryDirectory } from './temporary-directory.ts'
import { testCoordinator } from './token-store-contract.ts'

let directory: ReturnType<typeof temporaryDirectory>
let opened: TokenStore[]
beforeEach(() => {
  directory = temporaryDirectory()
  opened = []
})
afterEach(async () => {
  await Promise.all(opened.map((store) => store.close?.()))
  directory.remove()
})

function open(name = 'store'): TokenStore {
  const store = fileStore(join(directory.path, name))
  opened.push(store)
  return store
}

const create = (store: TokenStore, record = sampleRecord()) => store.save(record, { expectedVersion: null })

describe('several stores on one directory, asked in turn', () => {
  let turn = 0
  testCoordinator(() => {
    // Each has waiters of its own, so only what is on disk keeps them apart.
    if (opened.length === 0) for (let count = 0; count < 3; count++) open()
    turn += 1
    return opened[turn % opened.length]?.coordinator
  })
})

describe('fileStore', () => {
  it('touches nothing before the first operation', async () => {
    const store = open()
    expect(readdirSync(directory.path)).toEqual([])
    await store.load(sampleKey)
    expect(readdirSync(directory.path)).toEqual(['store'])
  })

  it('is for its owner only, and leaves the mode of a directory that was there', async () => {
    const modeOf = (...names: string[]) => statSync(join(directory.path, ...names)).mode & 0o777
    await create(open('deep/store'))
    expect(modeOf('deep')).toBe(0o700)
    expect(modeOf('deep/store')).toBe(0o700)
    for (const file of readdirSync(join(directory.path, 'deep/store')))
      expect(modeOf('deep/store', file)).toBe(0o600)
    mkdirSync(join(directory.path, 'shared'))
    chmodSync(join(directory.path, 'shared'), 0o750)
    await create(open('shared'))
    expect(modeOf('shared')).toBe(0o750)
  })

  it('keeps its records when closed and opened again', async () => {
    const first = open()
    await create(first)
    await first.close?.()
    await first.close?.()
    await expect(first.load(sampleKey)).rejects.toMatchObject({ code: 'store_failed' })
    expect(await open().load(sampleKey)).toEqual(sampleRecord())
  })

  it('finishes what is under way before it closes', async () => {
    const store = open()
    const ids = Array.from({ length: 50 }, (_none, index) => `t${index}`)
    const saving = Promise.all(ids.map((tenantId) => create(store, sampleRecord({ tenantId }))))
    await store.close?.()
    expect(await saving).toEqual(ids.map(() => true))
    const again = open()
    expect(await again.load({ ...sampleKey, tenantId: 't49' })).toMatchObject({ tenantId: 't49' })
  })

  it('shares one environment among all that name the same directory', async () => {
    const first = open()
    await create(first)
    symlinkSync(join(directory.path, 'store'), join(directory.path, 'link'))
    const others = [
      open(),
      open('link'),
      open('../'.concat(directory.path.split('/').at(-1) ?? '', '/store')),
    ]
    for (const other of others) expect(await other.load(sampleKey)).toEqual(sampleRecord())
    const claims = await Promise.all(
      [first, ...others].map((store) => store.coordinator?.claim('nonce', 60_000)),
    )
    expect(claims.filter(Boolean)).toHaveLength(1)
    await first.close?.()
    for (const other of others) expect(await other.load(sampleKey)).toEqual(sampleRecord())
  })

  it('opens again while it is being closed', async () => {
    for (let round = 1; round <= 10; round++) {
      const store = open()
      const current = await store.load(sampleKey)
      const record = sampleRecord({ version: round })
      expect(await store.save(record, { expectedVersion: current?.version ?? null })).toBe(true)
      void store.close?.()
    }
    expect((await open().load(sampleKey))?.version).toBe(10)
  })

  it('lives beside a Keyv in the same directory', async () => {
    const adapter = lmdbKeyvAdapter(join(directory.path, 'store'))
    await adapter.set('keyv:a', 'b')
    await create(open())
    await adapter.clear()
    await adapter.disconnect()
    expect(await open().load(sampleKey)).toEqual(sampleRecord())
  })

  it('grows beyond its first size', async () => {
    const store = open()
    const sealed = `k.${'x'.repeat(20_000)}`
    const ids = Array.from({ length: 300 }, (_none, index) => `t${index}`)
    await Promise.all(ids.map((tenantId) => create(store, sampleRecord({ tenantId, sealed }))))
    let found = 0
    for await (const record of store.list({ provider: 'slack' })) if (record.sealed === sealed) found += 1
    expect(found).toBe(300)
  })

  it('lists while others write', async () => {
    const store = open()
    const ids = Array.from({ length: 200 }, (_none, index) => `t${String(index).padStart(3, '0')}`)
    await Promise.all(ids.map((tenantId) => create(store, sampleRecord({ tenantId }))))
    const found: string[] = []
    for await (const { tenantId } of store.list({})) {
      found.push(tenantId)
      if (found.length % 10 === 0) await store.remove({ ...sampleKey, tenantId })
    }
    expect(found).toEqual(ids)
  })

  it('says that a record is damaged, lists the others, and lets it be removed', async () => {
    const store = open()
    const damaged = { ...sampleKey, tenantId: 'damaged' }
    for (const tenantId of ['a', 'damaged', 'z']) await create(store, sampleRecord({ tenantId }))
    const environment = lmdbEnvironment(join(directory.path, 'store'))
    await environment.write(({ connections }) => {
      connections.put(encodeConnectionKey(damaged), '{"provider":"slack"}')
    })
    await environment.close()
    await expect(store.load(damaged)).rejects.toMatchObject({ code: 'record_unreadable' })
    expect(await create(store, sampleRecord(damaged))).toBe(false)
    const found: StoredConnection[] = []
    const listing = async () => {
      for await (const record of store.list({})) found.push(record)
    }
    await expect(listing()).rejects.toMatchObject({ code: 'record_unreadable' })
    expect(found.map(({ tenantId }) => tenantId)).toEqual(['a', 'z'])
    expect(await store.remove(damaged)).toBe(true)
    await listing()
  })

  it('removes claims that have ended', async () => {
    const coordinator = open().coordinator
    for (let index = 0; index < 40; index++) await coordinator?.claim(`old-${index}`, 1)
    const environment = lmdbEnvironment(join(directory.path, 'store'))
    const counts = () =>
      environment.read(({ claims, claimEnds }) => [claims.getKeysCount(), claimEnds.getKeysCount()])
    await expect
      .poll(async () => {
        await coordinator?.claim(`new-${Math.random()}`, 1)
        return Math.max(...(await counts()))
      })
      .toBeLessThan(5)
    await environment.close()
  })

  it('is store_failed where the directory cannot be one, and works once it can', async () => {
    writeFileSync(join(directory.path, 'file'), '')
    const store = open('file/store')
    await expect(store.load(sampleKey)).rejects.toMatchObject({
      code: 'store_failed',
      cause: { code: 'ENOTDIR' },
    })
    rmSync(join(directory.path, 'file'))
    expect(await create(store)).toBe(true)
  })

  it('names the missing package', async () => {
    vi.resetModules()
    vi.doMock('lmdb', () => {
      throw Object.assign(new Error("Cannot find package 'lmdb'"), { code: 'ERR_MODULE_NOT_FOUND' })
    })
    const fresh = await import('../../src/stores/file-store.ts')
    const failure = fresh.fileStore(join(directory.path, 'store')).load(sampleKey)
    await expect(failure).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining('lmdb'),
      hint: expect.stringContaining('npm install lmdb'),
    })
    vi.doUnmock('lmdb')
  })
})
