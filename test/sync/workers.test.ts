import { describe, expect, it } from 'vitest'
import { OAuthError } from '../../src/errors/oauth-error.ts'
import { memoryStore } from '../../src/stores/memory-store.ts'
import type { SyncStore } from '../../src/types.ts'
import { latch } from '../support/latch.ts'
import { engines, engineUnderTest, ref, request } from './engine-under-test.ts'

const { engine, abandon } = engines()

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))

describe('a worker', () => {
  it('finds what others have started, and what was there before it', async () => {
    const it = engine()
    const elsewhere = engine(undefined, { syncs: it.store })
    await elsewhere.sync.start(request(1))
    await it.sync.work([it.client], { recoverEvery: 5 })
    await it.untilStatus('completed')
    await elsewhere.sync.start({ ...request(1), tenantId: 't2' })
    await it.untilStatus('completed', { ...ref, tenantId: 't2' })
    expect(elsewhere.calls).toEqual([])
  })

  it('leaves what its clients do not know to others', async () => {
    const it = engine()
    const elsewhere = engine(undefined, { syncs: it.store })
    await it.sync.work([], { recoverEvery: 5 })
    await it.sync.start(request(1))
    await elsewhere.sync.work([elsewhere.client], { recoverEvery: 5 })
    await it.untilStatus('completed')
    expect([it.calls.length, elsewhere.calls.length]).toEqual([0, 1])
  })

  it('that closes hands its run back at the checkpoint, at once and without a failure', async () => {
    const reached = latch()
    const it = engine(async (_window, { cursor, report, signal }) => {
      if (cursor !== undefined) return
      await report({ cursor: 'page 2', records: 1 })
      reached.resolve()
      await aborted(signal)
    })
    await it.sync.start(request(1))
    const worker = await it.sync.work([it.client])
    await reached.promise
    await worker.close()
    expect(await it.sync.get(ref)).toMatchObject({
      status: 'pending',
      attempts: 0,
      errors: [],
      progress: { records: 1 },
    })
    await it.sync.work([it.client])
    await it.untilStatus('completed')
    expect(it.calls.map(({ cursor }) => cursor)).toEqual([undefined, 'page 2'])
  })

  it('that is dead loses its run to another after its lease, which goes on at the checkpoint', async () => {
    const reached = latch()
    const now = { now: Date.UTC(2026, 10, 21, 12) }
    const dead = engine(
      async (_window, { report }) => {
        await report({ cursor: 'page 2', records: 1 })
        reached.resolve()
        await new Promise(() => undefined)
      },
      { now, lease: 60_000 },
    )
    abandon()
    const it = engine(undefined, { syncs: dead.store, now })
    await dead.sync.start(request(1))
    await dead.sync.work([dead.client])
    await reached.promise
    await it.sync.work([it.client], { recoverEvery: 5 })
    expect(await it.sync.recover()).toBe(0)
    now.now += 59_999
    expect(await it.sync.recover()).toBe(0)
    now.now += 2
    await it.untilStatus('completed')
    expect(it.calls.map(({ cursor }) => cursor)).toEqual(['page 2'])
  })

  it('keeps a run that reports nothing for longer than its lease, by its heartbeat', async () => {
    const now = { now: Date.UTC(2026, 10, 21, 12) }
    const reached = latch()
    const go = latch()
    const it = engine(
      async () => {
        reached.resolve()
        await go.promise
      },
      { now, lease: 1_000 },
    )
    const elsewhere = engine(undefined, { syncs: it.store, now, lease: 1_000 })
    await it.sync.start(request(1))
    await it.sync.work([it.client])
    await reached.promise
    await elsewhere.sync.work([elsewhere.client], { recoverEvery: 5 })
    const leaseEnds = async () => {
      for await (const { dueAt } of it.store.list({ status: 'running' })) return dueAt ?? 0
      return 0
    }
    for (let beats = 0; beats < 4; beats++) {
      now.now += 600
      await expect.poll(leaseEnds, { interval: 5, timeout: 3_000 }).toBe(now.now + 1_000)
    }
    go.resolve()
    await it.untilStatus('completed')
    expect(elsewhere.calls).toEqual([])
    expect((await it.sync.get(ref))?.errors).toEqual([])
  })

  it('after worker ended by the same run is the last: such a run fails', async () => {
    const now = { now: Date.UTC(2026, 10, 21, 12) }
    let syncs: SyncStore | undefined
    const retry = { attempts: 3, firstDelay: 0, longestDelay: 0 }
    for (let died = 0; died < 3; died++) {
      const reached = latch()
      const run = async () => {
        reached.resolve()
        await new Promise(() => undefined)
      }
      const dead = engineUnderTest(run, { now, retry, ...(syncs && { syncs }) })
      syncs = dead.store
      if (died === 0) await dead.sync.start(request(1))
      await dead.sync.work([dead.client], { recoverEvery: 5 })
      await reached.promise
      now.now += 60_001
    }
    const it = engine(undefined, { now, retry, ...(syncs && { syncs }) })
    await it.sync.work([it.client], { recoverEvery: 5 })
    const failed = await it.untilStatus('failed')
    expect(failed.errors.map(({ code, retryable }) => [code, retryable])).toEqual([
      ['timeout', true],
      ['timeout', true],
      ['timeout', false],
    ])
    expect(failed.error?.hint).toContain('memory')
    expect(it.calls).toEqual([])
    await it.sync.resume(ref)
    await it.untilStatus('completed')
  })

  it('that stood still past its lease may write nothing any more', async () => {
    const reached = latch()
    const go = latch()
    const now = { now: Date.UTC(2026, 10, 21, 12) }
    const outcomes: unknown[] = []
    const slow = engine(
      async (_window, { report, signal }) => {
        await report({ cursor: 'page 2', records: 1 })
        reached.resolve()
        await go.promise
        await report({ cursor: 'page 3', records: 100 }).catch((error: unknown) => outcomes.push(error))
        outcomes.push(signal.aborted)
      },
      { now },
    )
    const it = engine(undefined, { syncs: slow.store, now })
    await slow.sync.start(request(1))
    await slow.sync.work([slow.client])
    await reached.promise
    now.now += 60_001
    await it.sync.work([it.client], { recoverEvery: 5 })
    await it.untilStatus('completed')
    go.resolve()
    await it.until(() => outcomes.length === 2)
    expect(outcomes).toMatchObject([{ name: 'AbortError' }, true])
    expect(await it.sync.get(ref)).toMatchObject({ status: 'completed', progress: { records: 1 } })
    expect(slow.errors).toEqual([])
  })

  it('that stood still may not write into the run of the one that has it now', async () => {
    const [reached, go, taken, end] = [latch(), latch(), latch(), latch()]
    const now = { now: Date.UTC(2026, 10, 21, 12) }
    const outcomes: unknown[] = []
    const slow = engine(
      async (_window, { report }) => {
        reached.resolve()
        await go.promise
        await report({ cursor: 'stale', records: 100 }).catch((error: unknown) => outcomes.push(error))
      },
      { now },
    )
    const it = engine(
      async () => {
        taken.resolve()
        await end.promise
      },
      { syncs: slow.store, now },
    )
    await slow.sync.start(request(1))
    await slow.sync.work([slow.client])
    await reached.promise
    now.now += 60_001
    await it.sync.work([it.client], { recoverEvery: 5 })
    await taken.promise
    go.resolve()
    await it.until(() => outcomes.length === 1)
    expect(outcomes).toMatchObject([{ name: 'AbortError', message: expect.stringContaining('taken over') }])
    end.resolve()
    expect(await it.untilStatus('completed')).toMatchObject({ progress: { records: 0 } })
  })

  it('survives a store that is down for a while', async () => {
    const { syncs } = memoryStore()
    if (!syncs) throw new Error('a store has syncs')
    let down = false
    const check = () => {
      if (down) throw new OAuthError({ code: 'store_failed' })
    }
    const breakable: SyncStore = {
      async load(id) {
        check()
        return syncs.load(id)
      },
      async save(document, options) {
        check()
        return syncs.save(document, options)
      },
      remove: (id) => syncs.remove(id),
      list(filter) {
        check()
        return syncs.list(filter)
      },
    }
    const now = { now: Date.UTC(2026, 10, 21, 12) }
    const it = engine(
      async (_window, { cursor, report }) => {
        if (cursor !== undefined) return
        await report({ cursor: 'page 2', records: 1 })
        down = true
        await report({ cursor: 'page 3', records: 1 })
      },
      { syncs: breakable, now },
    )
    await it.sync.start(request(1))
    await it.sync.work([it.client], { recoverEvery: 5 })
    await expect.poll(() => it.errors.map(({ code }) => code)).toContain('store_failed')
    down = false
    // Nobody could write that the run is free: its lease has to end.
    now.now += 60_001
    await it.untilStatus('completed')
    expect(it.calls.map(({ cursor }) => cursor)).toEqual([undefined, 'page 2'])
    expect((await it.sync.get(ref))?.progress.records).toBe(1)
  })
})
