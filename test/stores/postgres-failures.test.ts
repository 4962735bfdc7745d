import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { inspect } from 'node:util'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { isOAuthError } from '../../src/errors/oauth-error.ts'
import { type PostgresPool, postgresStore } from '../../src/stores/postgres/index.ts'
import type { StoredConnection, TokenStore } from '../../src/types.ts'
import { describeWithPostgres, postgresUrl } from '../support/servers.ts'
import { ownStore } from './own-table.ts'
import { sampleKey, sampleRecord } from './sample-record.ts'

describeWithPostgres('postgresStore when Postgres fails', () => {
  const { own, store } = ownStore()

  const create = (record: StoredConnection) => store.save(record, { expectedVersion: null })
  const lost = () => Object.assign(new Error('read ECONNRESET of s3cret'), { code: 'ECONNRESET' })

  /** A store whose next statement, or the next two, lose their connection: before or after they took effect. */
  function losing(
    moment: 'before' | 'after',
    times = 1,
    error: () => Error = lost,
    meanwhile = async () => {},
  ) {
    let left = times
    const pool: PostgresPool = {
      async query(text, values) {
        if (left === 0) return own.pool.query(text, values)
        left -= 1
        if (moment === 'after') await own.pool.query(text, values)
        await meanwhile()
        throw error()
      },
    }
    return postgresStore({ pool, table: own.table })
  }

  describe.each(['before', 'after'] as const)(
    'a connection that breaks %s the statement took effect',
    (moment) => {
      it('fails no save, and keeps it once', async () => {
        expect(await losing(moment).save(sampleRecord(), { expectedVersion: null })).toBe(true)
        const next = sampleRecord({ version: 2, sealed: 'k.2' })
        expect(await losing(moment).save(next, { expectedVersion: 1 })).toBe(true)
        expect(await store.load(sampleKey)).toEqual(next)
      })

      it('lets no save win that was beaten', async () => {
        await create(sampleRecord({ sealed: 'k.theirs' }))
        expect(await losing(moment).save(sampleRecord(), { expectedVersion: null })).toBe(false)
        await store.save(sampleRecord({ version: 2, sealed: 'k.theirs' }), { expectedVersion: 1 })
        const mine = sampleRecord({ version: 2, sealed: 'k.mine' })
        expect(await losing(moment).save(mine, { expectedVersion: 1 })).toBe(false)
        expect((await store.load(sampleKey))?.sealed).toBe('k.theirs')
      })

      it('overwrites nothing that came in between', async () => {
        await create(sampleRecord())
        const theirs = async () => {
          const current = await store.load(sampleKey)
          if (!current) throw new Error('the record is gone')
          const version = current.version + 1
          await store.save({ ...current, version, sealed: 'k.theirs' }, { expectedVersion: current.version })
        }
        const mine = sampleRecord({ version: 2, sealed: 'k.mine' })
        expect(await losing(moment, 1, lost, theirs).save(mine, { expectedVersion: 1 })).toBe(false)
        expect((await store.load(sampleKey))?.sealed).toBe('k.theirs')
      })

      it('keeps a claim and a lease with who asked for them', async () => {
        expect(await losing(moment).coordinator?.claim('nonce', 60_000)).toBe(true)
        expect(await store.coordinator?.claim('nonce', 60_000)).toBe(false)
        expect(await losing(moment).coordinator?.claim('nonce', 60_000)).toBe(false)
        expect(await losing(moment).coordinator?.withLease('lease', 60_000, async () => 'held')).toBe('held')
        expect(await store.coordinator?.withLease('lease', 1_000, async () => 'next')).toBe('next')
      })

      it('fails no load and no list', async () => {
        await create(sampleRecord())
        expect(await losing(moment).load(sampleKey)).toEqual(sampleRecord())
        const found: StoredConnection[] = []
        for await (const record of losing(moment).list({})) found.push(record)
        expect(found).toEqual([sampleRecord()])
      })
    },
  )

  it('removes, or says that nobody knows', async () => {
    await create(sampleRecord())
    expect(await losing('before').remove(sampleKey)).toBe(true)
    await create(sampleRecord())
    await expect(losing('after').remove(sampleKey)).rejects.toMatchObject({ code: 'store_failed' })
    expect(await store.remove(sampleKey)).toBe(false)
  })

  it('sends again only once, and not what Postgres refused', async () => {
    const twice = losing('before', 2)
    await expect(twice.save(sampleRecord(), { expectedVersion: null })).rejects.toMatchObject({
      code: 'store_failed',
      retryable: true,
      cause: { code: 'ECONNRESET' },
    })
    const refused = () => Object.assign(new Error('permission denied for s3cret'), { code: '42501' })
    const failing = losing('before', 1, refused)
    const error: unknown = await failing.load(sampleKey).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'store_failed', cause: { code: '42501' } })
    expect(inspect(error, { depth: 9 })).not.toContain('s3cret')
    expect(await failing.load(sampleKey)).toBeUndefined()
  })

  it.each(['57P01', '57P02', '57P03', '08006', '40001'])('sends again after %s', async (code) => {
    const ended = () => Object.assign(new Error('ended'), { code })
    expect(await losing('before', 1, ended).save(sampleRecord(), { expectedVersion: null })).toBe(true)
  })

  it.each(['its own pool', 'the pool of the application'])(
    'loses nothing that it acknowledged while connections of %s are terminated',
    { timeout: 60_000 },
    async (whose) => {
      const name = `${own.table}_${whose.length}`
      const connectionString = `${postgresUrl}${postgresUrl.includes('?') ? '&' : '?'}application_name=${name}`
      const theirs = new pg.Pool({ connectionString })
      theirs.on('error', () => undefined)
      const under =
        whose === 'its own pool'
          ? postgresStore({ connectionString, table: own.table })
          : postgresStore({ pool: theirs, table: own.table })
      let over = false
      let terminated = 0
      const failures: unknown[] = []
      const attempt = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
        try {
          return await work()
        } catch (error) {
          failures.push(isOAuthError(error) ? error.code : error)
          return undefined
        }
      }
      const counts = { saves: 0, claims: 0, leases: 0, lists: 0 }

      async function saveOn(tenantId: string) {
        let acknowledged = 0
        while (!over) {
          const next = sampleRecord({
            tenantId,
            version: acknowledged + 1,
            sealed: `k.${tenantId}.${acknowledged}`,
          })
          const saved = await attempt(() =>
            under.save(next, { expectedVersion: acknowledged === 0 ? null : acknowledged }),
          )
          if (saved === undefined) {
            // Unknown: it may have been written. What was acknowledged must still be there.
            const stored = (await store.load(next))?.version ?? 0
            expect([acknowledged, acknowledged + 1]).toContain(stored)
            acknowledged = stored
            continue
          }
          // Nobody else writes this record.
          expect(saved).toBe(true)
          acknowledged += 1
          counts.saves += 1
        }
        expect((await store.load({ ...sampleKey, tenantId }))?.version ?? 0).toBe(acknowledged)
      }
      async function claimOn() {
        for (let index = 0; !over; index++) {
          const key = `nonce-${index}`
          const won = await Promise.all(
            [1, 2].map(() => attempt(async () => under.coordinator?.claim(key, 60_000))),
          )
          expect(won.filter(Boolean).length).toBeLessThanOrEqual(1)
          if (!won.includes(undefined)) expect(won.filter(Boolean)).toHaveLength(1)
          counts.claims += 1
        }
      }
      let inside = 0
      async function leaseOn() {
        while (!over)
          await attempt(async () =>
            under.coordinator?.withLease('lease', 2_000, async () => {
              inside += 1
              expect(inside).toBe(1)
              await new Promise((resolve) => setImmediate(resolve))
              inside -= 1
              counts.leases += 1
            }),
          )
      }
      async function listOn() {
        while (!over) {
          await attempt(async () => {
            for await (const record of under.list({})) expect(record.provider).toBe('slack')
          })
          counts.lists += 1
        }
      }
      async function terminate() {
        while (terminated < 100 || counts.saves < 50) {
          const { rows } = await own.pool.query(
            'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1',
            [name],
          )
          terminated += rows.length
          await new Promise((resume) => setTimeout(resume, 25))
        }
        over = true
      }
      await Promise.all([saveOn('a'), saveOn('b'), claimOn(), leaseOn(), listOn(), terminate()])
      expect(failures.filter((code) => code !== 'store_failed')).toEqual([])
      expect(Math.min(...Object.values(counts))).toBeGreaterThan(0)
      console.log(`${whose}: ${terminated} connections terminated, ${failures.length} failures`, counts)

      expect(await under.save(sampleRecord({ tenantId: 'after' }), { expectedVersion: null })).toBe(true)
      expect(await under.coordinator?.claim('after', 1_000)).toBe(true)
      expect(await under.coordinator?.withLease('lease', 5_000, async () => 'free')).toBe('free')
      await under.close?.()
      await theirs.end()
    },
  )

  it('does not wait for a server that is silent', { timeout: 30_000 }, async () => {
    const sockets: Socket[] = []
    const server = createServer((socket) => sockets.push(socket.on('error', () => undefined)))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    if (typeof address !== 'object' || address === null) throw new Error('no port')
    const connectionString = `postgres://user:s3cret@127.0.0.1:${address.port}/test`
    const theirs = new pg.Pool({ connectionString })
    const begun = performance.now()
    const silent: TokenStore[] = [postgresStore({ connectionString }), postgresStore({ pool: theirs })]
    const asked = silent.flatMap((store) => [
      store.load(sampleKey),
      store.save(sampleRecord(), { expectedVersion: null }),
      store.remove(sampleKey),
      store.list({})[Symbol.asyncIterator]().next(),
      store.coordinator?.claim('nonce', 1_000),
      store.coordinator?.withLease('lease', 100, async () => 'held'),
    ])
    for (const { reason, status } of await Promise.allSettled(asked).then((all) =>
      all.map((one) => ({ status: one.status, reason: one.status === 'rejected' ? one.reason : undefined })),
    )) {
      expect(status).toBe('rejected')
      expect(reason).toMatchObject({ code: 'store_failed' })
      expect(inspect(reason, { depth: 9 })).not.toContain('s3cret')
    }
    expect(performance.now() - begun).toBeLessThan(6_000)
    await silent[0]?.close?.()
    for (const socket of sockets) socket.destroy()
    await theirs.end()
    server.close()
  })

  it('says what is wrong with a connection string, without quoting it', async () => {
    const broken = postgresStore({ connectionString: 'postgres://user:s3cret@host:port/db' })
    const error: unknown = await broken.load(sampleKey).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'config_invalid' })
    expect(inspect(error, { depth: 9 })).not.toContain('s3cret')
    const nobody = postgresStore({ connectionString: 'postgres://user:s3cret@127.0.0.1:1/db' })
    await expect(nobody.load(sampleKey)).rejects.toMatchObject({
      code: 'store_failed',
      cause: { code: 'ECONNREFUSED' },
    })
  })
})
