import { describe, expect, it } from 'vitest'
import { latch } from '../support/latch.ts'
import { engines, ref, request } from './engine-under-test.ts'

const { engine } = engines()

describe('steering', () => {
  /** An engine whose first window waits in the middle, after its first page. */
  const waiting = () => {
    const reached = latch()
    const go = latch()
    const rejected: unknown[] = []
    const it = engine(async (_window, { cursor, report, signal }) => {
      if (cursor !== undefined || it.calls.length > 1) return
      await report({ cursor: 'page 2', records: 1 })
      reached.resolve()
      await Promise.race([go.promise, new Promise((resolve) => signal.addEventListener('abort', resolve))])
      await report({ records: 1 }).catch((error: unknown) => rejected.push(error))
      signal.throwIfAborted()
    })
    return { it, reached, go, rejected }
  }

  it('pauses in the middle of a window and resumes at its checkpoint', async () => {
    const { it, reached, rejected } = waiting()
    await it.sync.start(request(14))
    await it.sync.work([it.client])
    await reached.promise
    expect(await it.sync.pause(ref)).toMatchObject({ status: 'paused' })
    await it.until(() => rejected.length === 1)
    expect(rejected[0]).toMatchObject({ name: 'AbortError', message: expect.stringContaining('paused') })
    expect(await it.sync.get(ref)).toMatchObject({ status: 'paused', progress: { records: 1 }, errors: [] })
    expect(await it.sync.pause(ref)).toBeUndefined()
    await it.sync.resume(ref)
    await it.untilStatus('completed')
    expect(it.calls.map(({ cursor }) => cursor)).toEqual([undefined, 'page 2', undefined])
    expect(it.errors).toEqual([])
  })

  it('reaches a worker elsewhere', async () => {
    const { it, reached, rejected, go } = waiting()
    const elsewhere = engine(undefined, { syncs: it.store })
    await it.sync.start(request(14))
    await it.sync.work([it.client])
    await reached.promise
    await elsewhere.sync.cancel(ref)
    go.resolve()
    await it.until(() => rejected.length === 1)
    expect(await it.sync.get(ref)).toMatchObject({ status: 'cancelled', progress: { records: 1 } })
    expect(await it.sync.resume(ref)).toBeUndefined()
    expect(it.errors).toEqual([])
  })

  it('takes a paused run on only when it is resumed', async () => {
    const it = engine()
    await it.sync.start(request(7))
    await it.sync.pause(ref)
    await it.sync.work([it.client])
    expect(await it.sync.recover()).toBe(0)
    expect(await it.sync.start(request(9))).toMatchObject({ status: 'paused', windows: [{}, {}] })
    expect(it.calls).toEqual([])
    await it.sync.resume(ref)
    await it.untilStatus('completed')
  })

  it('of a run of another account ends with it', async () => {
    const { it, reached, rejected, go } = waiting()
    await it.sync.start({ ...request(14), source: 'a' })
    await it.sync.work([it.client])
    await reached.promise
    await it.sync.start({ ...request(14), source: 'b' })
    go.resolve()
    await it.until(() => rejected.length === 1)
    await it.untilStatus('completed')
    expect((await it.sync.history(ref)).map(({ status }) => status)).toEqual(['completed', 'cancelled'])
  })

  it('has nothing to steer where there is nothing', async () => {
    const { sync } = engine()
    for (const action of ['pause', 'resume', 'cancel', 'get'] as const)
      expect(await sync[action](ref)).toBeUndefined()
    expect(await sync.history(ref)).toEqual([])
    expect(await sync.forget(ref)).toBe(false)
  })
})
