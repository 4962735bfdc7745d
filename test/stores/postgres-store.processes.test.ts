import { afterEach, expect, it } from 'vitest'
import { describeWithPostgres } from '../support/servers.ts'
import { children } from './child-process.ts'
import { ownStore } from './own-table.ts'
import { sampleKey, sampleRecord } from './sample-record.ts'
import { temporaryDirectory } from './temporary-directory.ts'

describeWithPostgres('one Postgres, several processes', () => {
  const { own, store } = ownStore()
  const { start, race, kill } = children()
  afterEach(kill)

  it('grants each claim to exactly one of four processes', { timeout: 60_000 }, async () => {
    const won = await race(4, 'claim-keys', `postgres:${own.table}`, '50')
    const keys = Array.from({ length: 50 }, (_none, index) => `nonce-${index}`)
    expect(won.flat().sort()).toEqual(keys.sort())
    expect(await store.coordinator?.claim('nonce-0', 60_000)).toBe(false)
  })

  it('loses no conditional write', { timeout: 60_000 }, async () => {
    await store.save(sampleRecord({ version: 0 }), { expectedVersion: null })
    const successes = await race(4, 'count-up', `postgres:${own.table}`, '50')
    const total = successes.reduce<number>((sum, count) => sum + Number(count), 0)
    expect((await store.load(sampleKey))?.version).toBe(total)
    expect(total).toBeGreaterThanOrEqual(50)
  })

  it('lets one process at a time hold a lease', { timeout: 60_000 }, async () => {
    const directory = temporaryDirectory()
    const told = await race(4, 'critical-section', `postgres:${own.table}`, directory.path, '10')
    directory.remove()
    expect(told).toEqual(['done', 'done', 'done', 'done'])
  })

  it('frees the lease of a dead holder after its time, not before', { timeout: 60_000 }, async () => {
    const ttl = 1_500
    const child = start('hold-lease', `postgres:${own.table}`, 'refresh:1', String(ttl))
    const heldSince = Number(await child.next())
    await child.kill()
    const takenAt = await store.coordinator?.withLease('refresh:1', 10_000, async () => Date.now())
    const waited = (takenAt ?? 0) - heldSince
    // The holder's time begins when the lease is written, just before it tells.
    expect(waited).toBeGreaterThan(ttl - 500)
    expect(waited).toBeLessThan(ttl + 2_000)
  })

  it('lets a waiter give up on a holder in another process', { timeout: 60_000 }, async () => {
    const child = start('hold-lease', `postgres:${own.table}`, 'refresh:1', '60000')
    await child.next()
    let ran = false
    const waiter = store.coordinator?.withLease('refresh:1', 200, async () => {
      ran = true
    })
    await expect(waiter).rejects.toMatchObject({ code: 'timeout' })
    expect(ran).toBe(false)
  })

  it.each([
    ['closed the store', ['close']],
    ['closed nothing', []],
  ])(
    'lets a process end that %s, and loads the driver at the first use',
    { timeout: 60_000 },
    async (_words, args) => {
      const child = start('postgres-exit-freely', own.table, ...args)
      expect(await child.next()).toEqual({ before: false, after: true })
      const told = performance.now()
      expect(await child.ended()).toBe(0)
      // The driver keeps idle connections for 10 s.
      expect(performance.now() - told).toBeLessThan(5_000)
      expect(await store.load(sampleKey)).toEqual(sampleRecord())
    },
  )
})
