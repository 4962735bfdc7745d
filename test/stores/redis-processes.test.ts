import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest'
import { removeKeys } from '../support/own-redis.ts'
import { describeWithRedis, redisUrl } from '../support/servers.ts'
import { type Child, startChild } from './child-process.ts'
import { openStore } from './children/redis-open.ts'
import { sampleKey, sampleRecord } from './sample-record.ts'
import { type TemporaryDirectory, temporaryDirectory } from './temporary-directory.ts'

const family = `test-${randomUUID()}`
const timeout = 60_000

describeWithRedis('one Redis, several processes', () => {
  let children: Child[]
  let prefix: string
  let directory: TemporaryDirectory
  beforeEach(() => {
    children = []
    prefix = `${family}-${randomUUID()}`
    directory = temporaryDirectory()
  })
  afterEach(async () => {
    await Promise.all(children.map((child) => child.kill()))
    directory.remove()
  })
  afterAll(() => removeKeys(family))

  function start(kind: string, ...args: string[]): Child {
    const child = startChild('redis-work', kind, redisUrl, prefix, ...args)
    children.push(child)
    return child
  }

  it.each(['url', 'ioredis', '@keyv/redis', '@keyv/valkey'])(
    'agree on claims, writes and leases: %s',
    { timeout },
    async (kind) => {
      const { store, close } = await openStore(kind, redisUrl, prefix)
      await store.save(sampleRecord({ version: 0 }), { expectedVersion: null })
      const racers = Array.from({ length: 4 }, () =>
        start(kind, 'race', join(directory.path, 'occupied'), '100'),
      )
      for (const racer of racers) expect(await racer.next()).toBe('ready')
      for (const racer of racers) racer.send('go')
      const told = (await Promise.all(racers.map((racer) => racer.next()))).map(asOutcome)
      expect(await Promise.all(racers.map((racer) => racer.ended()))).toEqual([0, 0, 0, 0])

      const claims = told.flatMap((outcome) => outcome.claims)
      expect(claims.sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_none, index) => index))
      expect(await store.coordinator?.claim('nonce-0', 60_000)).toBe(false)
      const written = told.reduce((sum, outcome) => sum + outcome.written, 0)
      expect((await store.load(sampleKey))?.version).toBe(written)
      expect(written).toBeGreaterThanOrEqual(100)
      await close()
    },
  )

  it('frees the lease of a dead holder after its time, not before', { timeout }, async () => {
    const ttl = 1_500
    const holder = start('node-redis', 'hold', 'refresh:1', String(ttl))
    const heldSince = Number(await holder.next())
    await holder.kill()
    const { store, close } = await openStore('ioredis', redisUrl, prefix)
    const takenAt = await store.coordinator?.withLease('refresh:1', 10_000, async () => Date.now())
    const waited = (takenAt ?? 0) - heldSince
    // The holder's time begins when the lease is written, just before it tells.
    expect(waited).toBeGreaterThan(ttl - 500)
    expect(waited).toBeLessThan(ttl + 2_000)
    await close()
  })

  it('lets a waiter give up on a holder in another process', { timeout }, async () => {
    const holder = start('node-redis', 'hold', 'refresh:1', '60000')
    await holder.next()
    const { store, close } = await openStore('url', redisUrl, prefix)
    let ran = false
    const waiter = store.coordinator?.withLease('refresh:1', 200, async () => {
      ran = true
    })
    await expect(waiter).rejects.toMatchObject({ code: 'timeout' })
    expect(ran).toBe(false)
    await close()
  })

  it('leaves nothing open after close(), and the process ends', { timeout }, async () => {
    const child = start('url', 'use')
    expect(await child.next()).toEqual([])
    expect(await child.ended()).toBe(0)
  })

  it('lets a process end that closes nothing of redisStore({ url })', { timeout }, async () => {
    const child = start('url', 'leave')
    expect(await child.next()).toBe('used')
    expect(await child.ended()).toBe(0)
  })
})

interface Outcome {
  readonly claims: readonly number[]
  readonly written: number
}

function asOutcome(told: unknown): Outcome {
  if (typeof told !== 'object' || told === null) throw new Error('no outcome')
  const claims: unknown = Reflect.get(told, 'claims')
  return {
    claims: Array.isArray(claims) ? claims.map(Number) : [],
    written: Number(Reflect.get(told, 'written')),
  }
}
