import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fileStore } from '../../src/stores/file-store.ts'
import type { TokenStore } from '../../src/types.ts'
import { children } from './child-process.ts'
import { sampleKey, sampleRecord } from './sample-record.ts'
import { temporaryDirectory } from './temporary-directory.ts'

let directory: ReturnType<typeof temporaryDirectory>
let path: string
let store: TokenStore
const { start, race, kill } = children()
beforeEach(() => {
  directory = temporaryDirectory()
  path = join(directory.path, 'store')
  store = fileStore(path)
})
afterEach(async () => {
  await kill()
  await store.close?.()
  directory.remove()
})

describe('one directory, several processes', () => {
  it('keeps what was saved when the process is killed at once', { timeout: 30_000 }, async () => {
    for (let round = 0; round < 3; round++) {
      const child = start('save-and-stay', join(path, String(round)), '1')
      expect(await child.next()).toEqual({ index: 0, saved: true })
      await child.kill()
      const after = fileStore(join(path, String(round)))
      expect(await after.load({ ...sampleKey, tenantId: 't0' })).toEqual(sampleRecord({ tenantId: 't0' }))
      await after.close?.()
    }
  })

  it('survives a process that is killed while it writes', { timeout: 30_000 }, async () => {
    const child = start('save-and-stay', path, '100000')
    for (let message = 0; message < 20; message++) await child.next()
    await child.kill()
    for (let index = 0; index < 20; index++) {
      const tenantId = `t${index}`
      expect(await store.load({ ...sampleKey, tenantId })).toEqual(sampleRecord({ tenantId }))
    }
    expect(await store.save(sampleRecord({ tenantId: 'after' }), { expectedVersion: null })).toBe(true)
    expect(await store.coordinator?.claim('after', 1_000)).toBe(true)
  })

  it('grants each claim to exactly one of four processes', { timeout: 30_000 }, async () => {
    const won = await race(4, 'claim-keys', `lmdb:${path}`, '50')
    const keys = Array.from({ length: 50 }, (_none, index) => `nonce-${index}`)
    expect(won.flat().sort()).toEqual(keys.sort())
    expect(await store.coordinator?.claim('nonce-0', 60_000)).toBe(false)
  })

  it('loses no conditional write', { timeout: 30_000 }, async () => {
    await store.save(sampleRecord({ version: 0 }), { expectedVersion: null })
    const successes = await race(4, 'count-up', `lmdb:${path}`, '50')
    const total = successes.reduce<number>((sum, count) => sum + Number(count), 0)
    expect((await store.load(sampleKey))?.version).toBe(total)
    expect(total).toBeGreaterThanOrEqual(50)
  })

  it('lets one process at a time hold a lease', { timeout: 60_000 }, async () => {
    expect(await race(4, 'critical-section', `lmdb:${path}`, directory.path, '10')).toEqual([
      'done',
      'done',
      'done',
      'done',
    ])
  })

  it('frees the lease of a dead holder after its time, not before', { timeout: 30_000 }, async () => {
    const ttl = 1_500
    const child = start('hold-lease', `lmdb:${path}`, 'refresh:1', String(ttl))
    const heldSince = Number(await child.next())
    await child.kill()
    const takenAt = await store.coordinator?.withLease('refresh:1', 10_000, async () => Date.now())
    const waited = (takenAt ?? 0) - heldSince
    // The holder's time begins when the lease is written, just before it tells.
    expect(waited).toBeGreaterThan(ttl - 500)
    expect(waited).toBeLessThan(ttl + 2_000)
  })

  it('lets a waiter give up on a holder in another process', { timeout: 30_000 }, async () => {
    const child = start('hold-lease', `lmdb:${path}`, 'refresh:1', '60000')
    await child.next()
    let ran = false
    const waiter = store.coordinator?.withLease('refresh:1', 200, async () => {
      ran = true
    })
    await expect(waiter).rejects.toMatchObject({ code: 'timeout' })
    expect(ran).toBe(false)
  })

  it('sees at once what another process has written', { timeout: 30_000 }, async () => {
    expect(await store.load({ ...sampleKey, tenantId: 't0' })).toBeUndefined()
    const child = start('save-and-stay', path, '50')
    for (let index = 0; index < 50; index++) {
      await child.next()
      expect(await store.load({ ...sampleKey, tenantId: `t${index}` })).toMatchObject({
        tenantId: `t${index}`,
      })
    }
  })

  it('lets a process end that closes nothing', { timeout: 30_000 }, async () => {
    expect(await start('exit-freely', path).ended()).toBe(0)
    expect(await store.load(sampleKey)).toEqual(sampleRecord())
  })

  it('rejects when the disk is full, keeps what it had, and does not end the process', {
    timeout: 30_000,
  }, async () => {
    const script = fileURLToPath(new URL('./children/fill-disk.ts', import.meta.url))
    // 600 KiB a file, as bash counts.
    const limited = ['-c', 'ulimit -f 600; exec "$0" --import tsx "$@"', process.execPath, script, path]
    const { stdout } = await promisify(execFile)('bash', limited)
    const told = JSON.parse(stdout)
    expect(told).toEqual({
      failure: 'store_failed',
      saved: expect.any(Number),
      readable: told.saved,
      unhandled: 0,
    })
    expect(told.saved).toBeGreaterThan(0)
    expect(await store.load({ ...sampleKey, tenantId: 't0' })).toMatchObject({ tenantId: 't0' })
    expect(await store.save(sampleRecord({ tenantId: 'after' }), { expectedVersion: null })).toBe(true)
  })
})
