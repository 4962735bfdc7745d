import { randomUUID } from 'node:crypto'
import { createClient as createClient5 } from '@redis/client'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { redisStore } from '../../src/stores/redis/index.ts'
import type { StoredConnection, TokenStore } from '../../src/types.ts'
import { describeWithRedisServer, type OwnRedis, ownRedis } from '../support/own-redis.ts'
import { sampleKey, sampleRecord } from './sample-record.ts'

interface Opened {
  readonly store: TokenStore
  end(): unknown
}

type Open = (url: string) => Promise<Opened>

const kinds: readonly [string, Open][] = [
  [
    'node-redis 6',
    async (url) => {
      const client = createClient({ url })
      client.on('error', () => undefined)
      await client.connect()
      return { store: redisStore({ client, prefix: randomUUID() }), end: () => client.destroy() }
    },
  ],
  [
    'node-redis 5',
    async (url) => {
      const client = createClient5({ url })
      client.on('error', () => undefined)
      await client.connect()
      return { store: redisStore({ client, prefix: randomUUID() }), end: () => client.destroy() }
    },
  ],
  [
    'ioredis',
    async (url) => {
      const client = new Redis(url)
      client.on('error', () => undefined)
      return { store: redisStore({ client, prefix: randomUUID() }), end: () => client.disconnect() }
    },
  ],
  [
    'a url',
    async (url) => {
      const store = redisStore({ url, prefix: randomUUID() })
      return { store, end: () => store.close?.() }
    },
  ],
]

describeWithRedisServer('a Redis that restarts', () => {
  let server: OwnRedis
  beforeAll(async () => {
    server = await ownRedis()
  }, 30_000)
  afterAll(() => server.dispose())

  it.each(kinds)('loses nothing that was acknowledged: %s', { timeout: 60_000 }, async (_name, open) => {
    const { store, end } = await open(server.url)
    const runs = Array.from({ length: 8 }, (_none, index) => new Run(store, `t${index}`))
    const working = Promise.all(runs.map((run) => run.work()))
    const some = () => runs.every((run) => run.rounds > 20)
    await expect.poll(some, { timeout: 10_000 }).toBe(true)
    await server.kill()
    await server.start()
    const before = runs.map((run) => run.rounds)
    const again = () => runs.every((run, index) => run.rounds > (before[index] ?? 0) + 20)
    await expect.poll(again, { timeout: 15_000 }).toBe(true)
    for (const run of runs) run.stop()
    await working

    for (const run of runs) {
      expect(run.unexpected).toEqual([])
      expect(run.slowest).toBeLessThan(6_000)
      const record = await store.load({ ...sampleKey, tenantId: run.tenantId })
      expect(record?.version).toBe(run.version)
      for (const nonce of run.claimed) expect(await store.coordinator?.claim(nonce, 60_000)).toBe(false)
    }
    await end()
  })

  it('fails in time while it is away, and works afterwards', { timeout: 60_000 }, async () => {
    const opened = await Promise.all(kinds.map(([, open]) => open(server.url)))
    for (const { store } of opened) await store.save(sampleRecord(), { expectedVersion: null })
    await server.kill()
    const begun = performance.now()
    const outcomes = await Promise.allSettled(
      opened.flatMap(({ store }) => [
        store.load(sampleKey),
        store.save(sampleRecord({ version: 2 }), { expectedVersion: 1 }),
        store.remove(sampleKey),
        collect(store),
        store.coordinator?.claim('nonce', 60_000),
        store.coordinator?.withLease('lease', 100, async () => 'ran'),
      ]),
    )
    expect(performance.now() - begun).toBeLessThan(6_000)
    const failed = { status: 'rejected', reason: { code: 'store_failed', retryable: true } }
    expect(outcomes).toMatchObject(outcomes.map(() => failed))

    await server.start()
    for (const [index, { store, end }] of opened.entries()) {
      // What was reported as failed must not be written afterwards. An ioredis client that had not noticed yet sends by
      // itself, once it is back, what it had written to the dead connection: late, but never over something newer.
      const late = kinds[index]?.[0] === 'ioredis'
      const version = (await store.load(sampleKey))?.version ?? 0
      expect(late ? [1, 2] : [1]).toContain(version)
      expect(await store.save(sampleRecord({ version: 3 }), { expectedVersion: version - 1 })).toBe(false)
      expect(await store.save(sampleRecord({ version: 3 }), { expectedVersion: version })).toBe(true)
      if (!late) expect(await store.coordinator?.claim('nonce', 60_000)).toBe(true)
      await end()
    }
  })

  it('that hears and says nothing is not waited for', { timeout: 60_000 }, async () => {
    const opened = await Promise.all(kinds.map(([, open]) => open(server.url)))
    for (const { store } of opened) await store.save(sampleRecord(), { expectedVersion: null })
    server.freeze()
    const begun = performance.now()
    const outcomes = await Promise.allSettled(opened.map(({ store }) => store.load(sampleKey)))
    const took = performance.now() - begun
    server.thaw()
    expect(took).toBeLessThan(6_000)
    expect(outcomes).toMatchObject(
      outcomes.map(() => ({ status: 'rejected', reason: { code: 'store_failed' } })),
    )
    for (const { store, end } of opened) {
      expect(await store.load(sampleKey)).toEqual(sampleRecord())
      await end()
    }
  })
})

/** One process's life on one connection: nobody else writes to it, so every answer is known beforehand. */
class Run {
  readonly tenantId: string
  readonly claimed: string[] = []
  readonly unexpected: unknown[] = []
  version = 0
  rounds = 0
  slowest = 0
  readonly #store: TokenStore
  #isStopped = false
  #isInside = false

  constructor(store: TokenStore, tenantId: string) {
    this.#store = store
    this.tenantId = tenantId
  }

  stop(): void {
    this.#isStopped = true
  }

  async work(): Promise<void> {
    while (!this.#isStopped) {
      await this.#save()
      const nonce = randomUUID()
      const claim = await this.#attempt(async () => this.#store.coordinator?.claim(nonce, 600_000))
      if (claim === true) this.claimed.push(nonce)
      // Nobody else knows the nonce.
      if (claim === false) this.unexpected.push('a claim refused')
      await this.#attempt(async () =>
        this.#store.coordinator?.withLease(this.tenantId, 10_000, () => this.#inside()),
      )
      this.rounds += 1
    }
  }

  async #save(): Promise<void> {
    const record = sampleRecord({
      tenantId: this.tenantId,
      version: this.version + 1,
      sealed: `k.${randomUUID()}`,
    })
    const expectedVersion = this.version === 0 ? null : this.version
    const saved = await this.#attempt(() => this.#store.save(record, { expectedVersion }))
    if (saved === true) this.version += 1
    if (saved === false) this.unexpected.push('a save refused')
    if (saved === undefined) await this.#learn(record)
  }

  /** A save that failed may have been written all the same: then it is there as a whole. */
  async #learn(attempted: StoredConnection): Promise<void> {
    let found: StoredConnection | undefined
    while (true) {
      const loaded = await this.#attempt(async () => ({ record: await this.#store.load(attempted) }))
      if (!loaded) continue
      found = loaded.record
      break
    }
    if (found?.sealed === attempted.sealed) this.version += 1
    else if ((found?.version ?? 0) !== this.version) this.unexpected.push(`version ${found?.version} is back`)
  }

  async #inside(): Promise<void> {
    if (this.#isInside) this.unexpected.push('two holders')
    this.#isInside = true
    await new Promise((resume) => setImmediate(resume))
    this.#isInside = false
  }

  async #attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    const begun = performance.now()
    try {
      return await work()
    } catch (error) {
      const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined
      if (code !== 'store_failed') this.unexpected.push(error)
      return undefined
    } finally {
      this.slowest = Math.max(this.slowest, performance.now() - begun)
    }
  }
}

async function collect(store: TokenStore): Promise<StoredConnection[]> {
  const found: StoredConnection[] = []
  for await (const record of store.list({})) found.push(record)
  return found
}
