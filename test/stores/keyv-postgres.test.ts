import { randomUUID } from 'node:crypto'
import KeyvPostgres from '@keyv/postgres'
import Keyv from 'keyv'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AtomicAdapter } from '../../src/stores/atomic-adapter.ts'
import { keyvStore } from '../../src/stores/keyv-store.ts'
import { atomicPostgres } from '../../src/stores/postgres/keyv-postgres.ts'
import { describeWithPostgres, postgresUrl } from '../support/servers.ts'
import { type Child, startChild } from './child-process.ts'
import { type OwnTable, ownTable } from './own-table.ts'
import { sampleKey, sampleRecord } from './sample-record.ts'
import { testTokenStore } from './token-store-contract.ts'

describeWithPostgres('@keyv/postgres', () => {
  let own: OwnTable
  let adapter: KeyvPostgres
  beforeAll(async () => {
    own = ownTable({ max: 3 })
    // Of this adapter all instances share one pool.
    adapter = new KeyvPostgres({ uri: postgresUrl, table: own.table, max: 5 })
    await adapter.get('its table is there')
  })
  afterEach(() => own.pool.query(`DELETE FROM "${own.table}"`))
  afterAll(async () => {
    await adapter.disconnect()
    await own.dispose()
  })

  /** A Keyv sets the namespace of its adapter, and leaves a listener. */
  const keyvOf = (options: { namespace: string; useKeyPrefix?: boolean }) =>
    new Keyv({ ...options, store: new KeyvPostgres({ uri: postgresUrl, table: own.table }) })

  testTokenStore('keyvStore on @keyv/postgres', () => ({ store: keyvStore(keyvOf({ namespace: 'app' })) }))

  testTokenStore('keyvStore on @keyv/postgres with a namespace that no key has', () => ({
    store: keyvStore(keyvOf({ namespace: 'app', useKeyPrefix: false })),
  }))

  const rows = async (): Promise<{ key: string; value: string }[]> =>
    (await own.pool.query(`SELECT key, value FROM "${own.table}" ORDER BY key`)).rows

  describe('atomicPostgres', () => {
    let atomic: AtomicAdapter
    beforeEach(() => {
      atomic = found(adapter)
    })
    afterEach(() => {
      vi.restoreAllMocks()
    })

    function found(candidate: object): AtomicAdapter {
      const recognised = atomicPostgres(candidate)
      if (!recognised) throw new Error('not recognised')
      return recognised
    }

    it('knows an adapter of another copy of the package, and no other', () => {
      const query = async () => []
      const opts = { dialect: 'postgres', schema: 'public', table: 'keyv', uri: postgresUrl }
      found({ opts, query })
      found({ opts: { ...opts, table: '"Odd name"' }, query })
      const strangers: object[] = [
        new Map(),
        {},
        { query },
        { opts },
        { opts: { ...opts, dialect: 'mysql' }, query },
        { opts: { dialect: 'sqlite', table: 'keyv' }, query },
        { opts: { ...opts, table: 'a; DROP TABLE b' }, query },
        { opts: { ...opts, schema: 7 }, query },
      ]
      for (const stranger of strangers) expect(atomicPostgres(stranger)).toBeUndefined()
    })

    it('puts one value in the place of another, or nothing', async () => {
      expect(await atomic.swap('k', undefined, 'a')).toBe(true)
      expect(await atomic.swap('k', undefined, 'b')).toBe(false)
      expect(await atomic.swap('k', 'b', 'c')).toBe(false)
      expect(await atomic.swap('k', 'a', 'b')).toBe(true)
      expect(await adapter.get('k')).toBe('b')
      expect(await atomic.swap('k', undefined, undefined)).toBe(false)
      expect(await atomic.swap('k', 'a', undefined)).toBe(false)
      expect(await atomic.swap('k', 'b', undefined)).toBe(true)
      expect(await atomic.swap('k', 'b', undefined)).toBe(false)
      expect(await atomic.swap('k', 'b', 'c')).toBe(false)
      expect(await atomic.swap('k', undefined, undefined)).toBe(true)
      expect(await rows()).toEqual([])
    })

    it('lets one of many swaps win', async () => {
      await atomic.swap('k', undefined, 'old')
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_none, index) => atomic.swap('k', 'old', `new ${index}`)),
      )
      expect(answers.filter(Boolean)).toHaveLength(1)
      expect(await adapter.get('k')).toBe(`new ${answers.indexOf(true)}`)
    })

    it('writes claims and leases as a Keyv does, and reads those of other processes', async () => {
      const before = Date.now()
      expect(await atomic.coordinator.claim('nonce', 60_000)).toBe(true)
      const keyv = keyvOf({ namespace: '' })
      await atomic.coordinator.withLease('lease', 30_000, async () => {
        const stored = await rows()
        expect(stored.map(({ key }) => key.replace(/[\w-]{43}$/, '#'))).toEqual([
          'latchkey-claim/#',
          'latchkey-lease/#',
        ])
        const ends = stored.map(({ value }) => JSON.parse(value).expires - before)
        expect(Math.abs((ends[0] ?? 0) - 60_000)).toBeLessThan(5_000)
        expect(Math.abs((ends[1] ?? 0) - 30_000)).toBeLessThan(5_000)
        for (const { key, value } of stored) expect(await keyv.get(key)).toBe(JSON.parse(value).value)
      })
      expect(await rows()).toHaveLength(1)
      // A second instance stands for a second process.
      expect(
        await found({ opts: adapter.opts, query: adapter.query }).coordinator.claim('nonce', 1_000),
      ).toBe(false)
    })

    it('leaves the rows of others alone, whatever they hold, and sweeps what has ended', async () => {
      const ended = JSON.stringify({ value: 'o', expires: 1 })
      const alive = JSON.stringify({ value: 'o', expires: 1e15 })
      await own.pool.query(
        `INSERT INTO "${own.table}" SELECT 'latchkey-claim/' || n, $1 FROM generate_series(1, 1500) n`,
        [ended],
      )
      await own.pool.query(
        `INSERT INTO "${own.table}" VALUES ('a', 'no JSON'), ('b', NULL), ('c', $1), ('latchkey/x', $1),
           ('latchkey-lease/alive', $2), ('latchkey-lease/ended', $1)`,
        [ended, alive],
      )
      const kept = ['a', 'b', 'c', 'latchkey-lease/alive', 'latchkey/x']
      vi.spyOn(Math, 'random').mockReturnValue(0)
      expect(await atomic.coordinator.claim('first', 60_000)).toBe(true)
      expect(await atomic.coordinator.claim('second', 60_000)).toBe(true)
      vi.restoreAllMocks()
      const left = async () => (await rows()).map(({ key }) => key.replace(/claim\/[\w-]{43}$/, 'claim/#'))
      await expect
        .poll(left, { timeout: 5_000 })
        .toEqual(expect.arrayContaining([...kept, 'latchkey-claim/#', 'latchkey-claim/#']))
      await expect.poll(async () => (await left()).length, { timeout: 5_000 }).toBe(kept.length + 2)
    })

    it('releases a lease of its own only', async () => {
      const other = found({ opts: adapter.opts, query: adapter.query })
      await atomic.coordinator.withLease('lease', 60_000, async () => {
        const [held] = await rows()
        await own.pool.query(`UPDATE "${own.table}" SET value = $1`, [
          JSON.stringify({ value: 'somebody else', expires: JSON.parse(held?.value ?? '').expires }),
        ])
      })
      const waiting = other.coordinator.withLease('lease', 40, async () => 'second')
      await expect(waiting).rejects.toMatchObject({ code: 'timeout' })
    })

    it('takes over what has ended, by the clock of the server', async () => {
      vi.spyOn(Date, 'now').mockReturnValue(0)
      expect(await atomic.coordinator.claim('nonce', 30)).toBe(true)
      await expect.poll(() => atomic.coordinator.claim('nonce', 60_000), { timeout: 5_000 }).toBe(true)
      expect(await atomic.coordinator.claim('nonce', 60_000)).toBe(false)
    })

    describe.each(['before', 'after'] as const)(
      'a connection that breaks %s the statement took effect',
      (moment) => {
        function losing(): AtomicAdapter {
          let left = 1
          const query = async (text: string, values: unknown[]): Promise<unknown> => {
            if (left === 0) return adapter.query(text, values)
            left -= 1
            if (moment === 'after') await adapter.query(text, values)
            throw Object.assign(new Error('Connection terminated unexpectedly: s3cret'))
          }
          return found({ opts: adapter.opts, query })
        }

        it('fails no write that can be repeated', async () => {
          expect(await losing().swap('k', undefined, 'a')).toBe(true)
          expect(await losing().swap('k', undefined, 'b')).toBe(false)
          expect(await losing().swap('k', 'a', 'b')).toBe(true)
          expect(await losing().swap('k', 'a', 'c')).toBe(false)
          expect(await losing().coordinator.claim('nonce', 60_000)).toBe(true)
          expect(await losing().coordinator.claim('nonce', 60_000)).toBe(false)
          expect(await losing().coordinator.withLease('lease', 60_000, async () => 'held')).toBe('held')
          expect(await adapter.get('k')).toBe('b')
        })

        it('never says falsely that nothing was removed', async () => {
          await atomic.swap('k', undefined, 'a')
          const removing = losing().swap('k', 'a', undefined)
          if (moment === 'before') expect(await removing).toBe(true)
          else await expect(removing).rejects.toMatchObject({ code: 'store_failed' })
          expect(await adapter.get('k')).toBeUndefined()
        })
      },
    )

    it('fails in words of ours', async () => {
      const query = async () => {
        throw Object.assign(new Error('duplicate key s3cret'), { code: '22001' })
      }
      const failing = found({ opts: adapter.opts, query })
      const failure = { code: 'store_failed', cause: { message: 'Error (22001)' } }
      await expect(failing.swap('k', undefined, 'a')).rejects.toMatchObject(failure)
      await expect(failing.coordinator.claim('k', 1_000)).rejects.toMatchObject(failure)
      await expect(failing.coordinator.withLease('k', 1_000, async () => 1)).rejects.toMatchObject(failure)
    })
  })

  describe('several processes', () => {
    let children: Child[] = []
    afterEach(async () => {
      await Promise.all(children.map((child) => child.kill()))
      children = []
    })

    it('grant each claim once and lose no conditional write', { timeout: 60_000 }, async () => {
      const store = keyvStore(keyvOf({ namespace: 'app' }))
      await store.save(sampleRecord({ version: 0 }), { expectedVersion: null })
      children = Array.from({ length: 4 }, () => startChild('postgres-keyv-race', own.table, '40'))
      for (const child of children) expect(await child.next()).toBe('ready')
      for (const child of children) child.send('go')
      const told = await Promise.all(children.map((child) => child.next()))
      const won = told.flatMap((one) => Reflect.get(Object(one), 'won'))
      const raised = told.reduce<number>((sum, one) => sum + Number(Reflect.get(Object(one), 'raised')), 0)
      expect(won.sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_none, index) => index))
      expect((await store.load(sampleKey))?.version).toBe(raised)
      expect(raised).toBeGreaterThanOrEqual(40)
    })
  })

  it('says nothing about one process only', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    const keyv = new Keyv({
      store: new KeyvPostgres({ uri: postgresUrl, table: own.table }),
      namespace: randomUUID(),
    })
    expect(await keyvStore(keyv).coordinator?.claim('nonce', 1_000)).toBe(true)
    expect(warn).not.toHaveBeenCalled()
    warn.mockRestore()
  })
})
