import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SyncQueue } from '../../src/sync/queue.ts'
import { latch } from '../support/latch.ts'
import { describeWithPostgres, describeWithRedis } from '../support/servers.ts'
import { engineUnderTest, ref, request } from './engine-under-test.ts'
import { dropQueue, type OpenedQueue, openQueue, type QueueKind } from './open-queue.ts'

/** What the engine needs of a queue, on the real server. */
function queueContract(kind: QueueKind): void {
  let name: string
  let opened: OpenedQueue
  let queue: SyncQueue
  const closing: { close(): Promise<void> }[] = []
  const errors: unknown[] = []

  beforeEach(async () => {
    name = `queue_${randomUUID().replaceAll('-', '').slice(0, 16)}`
    opened = await openQueue(kind, name, true)
    if (!opened.queue) throw new Error('a queue')
    queue = opened.queue
    errors.length = 0
  })
  afterEach(async () => {
    await Promise.all(closing.splice(0).map((worker) => worker.close()))
    await queue.close?.()
    await opened.close()
    await dropQueue(kind, name)
  })

  async function work(process: (id: string) => Promise<number | undefined>, concurrency = 4) {
    const worker = await queue.work(process, { concurrency, failed: (error) => errors.push(error) })
    closing.push(worker)
    return worker
  }
  const patience = { timeout: 15_000, interval: 20 }

  it('delivers what was added before and after a worker came', async () => {
    const ids: string[] = []
    await queue.add('a', { delay: 0 })
    await work(async (id) => {
      ids.push(id)
      return undefined
    })
    await queue.add('b', { delay: 0 })
    await expect.poll(() => [...ids].sort(), patience).toEqual(['a', 'b'])
    expect(errors).toEqual([])
  })

  it('delivers later what is to come later', async () => {
    const at = new Map<string, number>()
    await work(async (id) => {
      at.set(id, Date.now())
      return undefined
    })
    const added = Date.now()
    await queue.add('later', { delay: 1_500 })
    await queue.add('now', { delay: 0 })
    await expect.poll(() => at.size, patience).toBe(2)
    expect((at.get('later') ?? 0) - added).toBeGreaterThanOrEqual(1_400)
    expect((at.get('now') ?? 0) - added).toBeLessThan(1_500)
  })

  it('delivers again what wants to be, and what failed', async () => {
    const ids: string[] = []
    await work(async (id) => {
      ids.push(id)
      const times = ids.filter((each) => each === id).length
      if (times > 1) return undefined
      if (id === 'fails') throw new Error('the store is down')
      return id === 'at once' ? 0 : 300
    })
    for (const id of ['fails', 'again', 'at once']) await queue.add(id, { delay: 0 })
    await expect
      .poll(() => [...ids].sort(), patience)
      .toEqual(['again', 'again', 'at once', 'at once', 'fails', 'fails'])
  })

  it('leaves it to whoever is called to tell why it failed', async () => {
    let times = 0
    await work(async () => {
      times += 1
      if (times === 1) throw new Error('told by the engine')
      return undefined
    })
    await queue.add('a', { delay: 0 })
    await expect.poll(() => times, patience).toBe(2)
    expect(errors).toEqual([])
  })

  it('takes what may have got lost once, and a new message for the same run all the same', async () => {
    const ids: string[] = []
    for (let time = 0; time < 5; time++) await queue.add('a', { delay: 0, recovered: true })
    await queue.add('a', { delay: 0 })
    await queue.add('end', { delay: 500 })
    await work(async (id) => {
      ids.push(id)
      return undefined
    })
    await expect.poll(() => ids, patience).toContain('end')
    expect(ids).toEqual(['a', 'a', 'end'])
  })

  it('keeps to the number at a time, and waits for them when it closes', async () => {
    const go = latch()
    let underWay = 0
    let most = 0
    let done = 0
    const worker = await work(async () => {
      underWay += 1
      most = Math.max(most, underWay)
      await go.promise
      underWay -= 1
      done += 1
      return undefined
    }, 3)
    for (let index = 0; index < 8; index++) await queue.add(`run-${index}`, { delay: 0 })
    await expect.poll(() => underWay, patience).toBe(3)
    const closed = worker.close()
    go.resolve()
    await closed
    expect([most, underWay]).toEqual([3, 0])
    const before = done
    // The others are there for the next worker.
    await work(async () => {
      done += 1
      return undefined
    })
    await expect.poll(() => done, patience).toBe(8)
    expect(before).toBeLessThan(8)
  })

  it('carries runs of the engine from a process that starts them to one that works', async () => {
    const it = engineUnderTest(async (_window, { report }) => report({ records: 1 }), { queue })
    await it.sync.start(request(14))
    closing.push(await it.sync.work([it.client]))
    const run = await it.until(({ status }) => status === 'completed')
    expect(run.progress.records).toBe(2)
  })

  it('brings runs to the workers that can run them', async () => {
    const it = engineUnderTest(undefined, { queue })
    closing.push(await it.sync.work([it.client], { recoverEvery: 60_000 }))
    // One with other integrations than these.
    closing.push(await it.sync.work([], { recoverEvery: 60_000 }))
    const refs = Array.from({ length: 10 }, (_none, index) => ({ ...ref, tenantId: `tenant-${index}` }))
    for (const each of refs) await it.sync.start({ ...request(7), ...each })
    await Promise.all(refs.map((each) => it.untilStatus('completed', each)))
  })

  it('brings a resumed run again, whose first message is used up', async () => {
    const it = engineUnderTest(undefined, { queue })
    await it.sync.start(request(7))
    await it.sync.pause(ref)
    const ids: string[] = []
    const worker = await work(async (id) => {
      ids.push(id)
      return undefined
    })
    await expect.poll(() => ids.length, patience).toBe(1)
    await worker.close()
    closing.push(await it.sync.work([it.client], { recoverEvery: 60_000 }))
    await it.sync.resume(ref)
    await it.untilStatus('completed')
  })
}

describeWithRedis('BullMQ', () => {
  queueContract('bullmq')

  it('delivers again what lost its lock meanwhile, and goes on', { timeout: 30_000 }, async () => {
    const name = `queue_${randomUUID().replaceAll('-', '').slice(0, 16)}`
    const { queue } = await openQueue('bullmq', name)
    const { createClient } = await import('redis')
    const client = await createClient({ url: process.env.REDIS_URL ?? 'redis://127.0.0.1:6379' }).connect()
    let times = 0
    const ids: string[] = []
    const worker = await queue?.work(
      async (id) => {
        ids.push(id)
        times += 1
        if (times > 1) return undefined
        // As after a process that stood still.
        for await (const keys of client.scanIterator({ MATCH: `${name}:*:lock`, COUNT: 1_000 }))
          if (keys.length > 0) await client.del(keys)
        return 10
      },
      { concurrency: 2, failed: () => undefined },
    )
    await queue?.add('a', { delay: 0 })
    await expect.poll(() => times, { timeout: 15_000 }).toBeGreaterThan(1)
    await queue?.add('b', { delay: 0 })
    await expect.poll(() => ids, { timeout: 5_000 }).toContain('b')
    await worker?.close()
    await queue?.close?.()
    client.destroy()
    await dropQueue('bullmq', name)
  })

  it('closes though its Redis is down', { timeout: 20_000 }, async () => {
    const { bullmqQueue } = await import('../../src/sync/bullmq.ts')
    const queue = bullmqQueue({ connection: { host: '127.0.0.1', port: 1 } })
    const failures: unknown[] = []
    const failed = (error: unknown) => failures.push(error)
    const worker = await queue.work(async () => undefined, { concurrency: 1, failed })
    queue.add('a', { delay: 0 }).catch(() => undefined)
    await expect.poll(() => failures.length, { timeout: 5_000 }).toBeGreaterThan(0)
    await worker.close()
    await queue.close?.()
  })
})
describeWithPostgres('pg-boss', () => queueContract('pg-boss'))

describe('a queue that is down', () => {
  const down = (add: SyncQueue['add']): SyncQueue => ({
    add,
    work: async () => ({ close: async () => undefined }),
  })

  it('costs a start nothing but a word to onError; the run is stored, and handed over by recover', async () => {
    const taken: string[] = []
    let isDown = true
    const it = engineUnderTest(undefined, {
      queue: down(async (id) => {
        if (isDown) throw new Error('connect ECONNREFUSED redis://:s3cret@10.0.0.7')
        taken.push(id)
      }),
    })
    expect(await it.sync.start(request(7))).toMatchObject({ status: 'pending' })
    expect(it.errors).toMatchObject([{ code: 'store_failed', retryable: true }])
    expect(it.errors[0]?.message).not.toContain('s3cret')
    isDown = false
    expect(await it.sync.recover()).toBe(1)
    expect(taken).toHaveLength(1)
    await it.sync.close()
  })

  it('is not waited for without end', { timeout: 15_000 }, async () => {
    const it = engineUnderTest(undefined, { queue: down(() => new Promise(() => undefined)) })
    expect(await it.sync.start(request(7))).toMatchObject({ status: 'pending' })
    expect(it.errors).toMatchObject([{ code: 'store_failed' }])
    await it.sync.close()
  })
})
