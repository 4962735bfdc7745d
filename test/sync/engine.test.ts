import { describe, expect, it } from 'vitest'
import { OAuthError } from '../../src/errors/oauth-error.ts'
import { latch } from '../support/latch.ts'
import { daysAgo, engines, ref, request, start } from './engine-under-test.ts'

const { engine } = engines()

describe('a run', () => {
  it('asks for the windows of its range, the newest first, and says what it did', async () => {
    const it = engine(async (_window, { report }) => {
      await report({ records: 2, total: 5 })
      await report({ records: 3 })
    })
    const started = await it.sync.start(request(17))
    expect(started).toMatchObject({
      status: 'pending',
      progress: { windowsDone: 0, windows: 3, fraction: 0 },
    })
    await it.sync.work([it.client])
    const run = await it.untilStatus('completed')
    expect(it.calls.map(({ from, to }) => [from, to])).toEqual([
      [daysAgo(7), daysAgo(0)],
      [daysAgo(14), daysAgo(7)],
      [daysAgo(17), daysAgo(14)],
    ])
    expect(run).toMatchObject({
      id: started.id,
      from: daysAgo(17),
      to: daysAgo(0),
      progress: { windowsDone: 3, windows: 3, records: 15, fraction: 1, reached: daysAgo(17) },
      finishedAt: new Date(start),
      errors: [],
    })
    expect(run.nothingToDo).toBeUndefined()
  })

  it('counts no more as done than is known to be', async () => {
    const reached = latch()
    const go = latch()
    const it = engine(async (_window, { report }) => {
      await report({ records: 1, total: 4 })
      reached.resolve()
      await go.promise
    })
    await it.sync.start(request(14))
    await it.sync.work([it.client])
    await reached.promise
    const { progress } = await it.until(({ progress }) => progress.records === 1)
    expect(progress).toEqual({ windowsDone: 0, windows: 2, records: 1, fraction: 0.125 })
    go.resolve()
    await it.untilStatus('completed')
  })

  it('goes on at the cursor of its last report after a failure, and counts nothing twice', async () => {
    const it = engine(async (_window, { cursor, report }) => {
      if (cursor === undefined) {
        await report({ cursor: 'page 2', records: 10 })
        throw new Error('the disk of the application is full of s3cret')
      }
      await report({ records: 5 })
    })
    await it.sync.start(request(5))
    await it.sync.work([it.client])
    const run = await it.untilStatus('completed')
    expect(it.calls.map(({ cursor }) => cursor)).toEqual([undefined, 'page 2'])
    expect(run.progress.records).toBe(15)
    expect(run.error).toBeUndefined()
    expect(run.errors).toMatchObject([{ code: 'hook_failed', retryable: true, window: { from: daysAgo(5) } }])
    // What the application threw may quote anything: it goes to the hook, and is never stored.
    expect(JSON.stringify(run)).not.toContain('s3cret')
    expect(it.errors[0]?.cause).toMatchObject({ message: 'the disk of the application is full of s3cret' })
  })

  it('is not asked again for a window of which all has been reported', async () => {
    let failed = false
    const it = engine(async (_window, { report }) => {
      await report({ cursor: null, records: 3 })
      if (failed) return
      failed = true
      throw new Error('behind the last page')
    })
    await it.sync.start(request(5))
    await it.sync.work([it.client])
    const run = await it.untilStatus('completed')
    expect([it.calls.length, run.progress.records]).toEqual([1, 3])
  })

  it('is given what belongs to its connection', async () => {
    const it = engine(async (_window, context) => {
      expect(context.connection).toMatchObject({ tenantId: 't1', provider: 'shop' })
      await context.fetch('/orders', { method: 'POST' })
    })
    await it.sync.start(request(1))
    await it.sync.work([it.client])
    await it.untilStatus('completed')
    const [to, path, init] = it.client.fetched[0] ?? []
    expect([to, path]).toEqual([{ tenantId: 't1', connectionId: 'default' }, '/orders'])
    expect(init).toMatchObject({ method: 'POST', signal: expect.any(AbortSignal) })
  })

  it('has a run of its own for each provider, with windows of its own', async () => {
    const calls: string[] = []
    const it = engine(undefined, {
      run: { shop: { windows: 'whole', run: ({ from }) => calls.push(from.toISOString()) } },
      windows: { days: 1 },
    })
    await it.sync.start(request(9))
    await it.sync.work([it.client])
    await it.untilStatus('completed')
    expect(calls).toEqual([daysAgo(9).toISOString()])
    const other = await it.sync.start({ ...request(9), provider: 'other' })
    expect(other).toMatchObject({ status: 'completed', nothingToDo: 'no_run', windows: [] })
    const inherited = await it.sync.start({ ...request(9), provider: 'constructor' })
    expect(inherited.nothingToDo).toBe('no_run')
  })

  it('refuses a report that counts nothing real, and one that comes too late', async () => {
    let late: ((progress: { records: number }) => Promise<void>) | undefined
    const it = engine(async (_window, { report }) => {
      await expect(report({ records: -1 })).rejects.toThrow(/records/)
      await expect(report({ total: 1.5 })).rejects.toThrow(/total/)
      late = report
    })
    await it.sync.start(request(1))
    await it.sync.work([it.client])
    const run = await it.untilStatus('completed')
    expect(run.progress.records).toBe(0)
    await expect(late?.({ records: 1 })).rejects.toThrow(/ended its window/)
  })
})

describe('a failure', () => {
  const provider = (details: Partial<ConstructorParameters<typeof OAuthError>[0]>) =>
    new OAuthError({ code: 'provider_error', provider: 'shop', ...details })

  it('is tried again after what the provider asks for, and not before', async () => {
    let failures = 0
    const it = engine(
      () => {
        failures += 1
        if (failures === 1) throw provider({ code: 'rate_limited', retryable: true, retryAfter: 90_000 })
      },
      { retry: { firstDelay: 1_000 } },
    )
    await it.sync.start(request(1))
    await it.sync.work([it.client])
    const waiting = await it.until(({ attempts }) => attempts === 1)
    expect(waiting).toMatchObject({ status: 'pending', retryAt: new Date(start + 90_000) })
    expect(waiting.error).toMatchObject({ code: 'rate_limited', retryable: true })
    it.clock.now += 89_000
    await it.sync.recover()
    it.clock.now += 1_000
    await it.sync.recover()
    expect((await it.untilStatus('completed')).attempts).toBe(0)
    expect(it.calls).toHaveLength(2)
  })

  it('doubles the wait, and ends the run after so many in a row without a checkpoint', async () => {
    const it = engine(
      async (_window, { report, cursor }) => {
        if (it.calls.length === 2) await report({ cursor: `${cursor ?? ''}x` })
        throw new TypeError('no')
      },
      { retry: { attempts: 3, firstDelay: 1_000, longestDelay: 1_500 } },
    )
    await it.sync.start(request(1))
    await it.sync.work([it.client])
    const waits: number[] = []
    for (let attempt = 1; attempt <= 4; attempt++) {
      const { retryAt, status, attempts } = await it.until(
        ({ errors, status }) => errors.length === attempt && status !== 'running',
      )
      if (status === 'failed') break
      waits.push(((retryAt?.getTime() ?? 0) - it.clock.now) / (attempts === 1 ? 1_000 : 1_500))
      it.clock.now = retryAt?.getTime() ?? 0
      await it.sync.recover()
    }
    const run = await it.untilStatus('failed')
    // One before the checkpoint of the second call, three after it.
    expect(run.errors.map(({ retryable }) => retryable)).toEqual([true, true, true, false])
    expect(waits).toHaveLength(3)
    for (const wait of waits) {
      expect(wait).toBeGreaterThanOrEqual(0.5)
      expect(wait).toBeLessThanOrEqual(1)
    }
  })

  it('that no retry mends ends the run at once; resume goes on at the checkpoint', async () => {
    let broken = true
    const it = engine(async (_window, { report }) => {
      if (it.calls.length === 2 && broken) {
        await report({ cursor: 'c1', records: 1 })
        throw provider({ code: 'host_not_allowed' })
      }
    })
    await it.sync.start(request(21))
    await it.sync.work([it.client])
    const failed = await it.untilStatus('failed')
    expect(failed).toMatchObject({
      progress: { windowsDone: 1, windows: 3 },
      error: { code: 'host_not_allowed' },
    })
    expect(failed.error?.hint).toContain('host')
    broken = false
    expect(await it.sync.resume(ref)).toMatchObject({ status: 'pending', attempts: 0 })
    expect(await it.untilStatus('completed')).toMatchObject({ progress: { records: 1, windowsDone: 3 } })
    expect(it.calls.map(({ cursor }) => cursor)).toEqual([undefined, undefined, 'c1', undefined])
  })

  it('of the grant waits for the user: a reconnect goes on, and fills the gap', async () => {
    const it = engine()
    it.client.status = 'reconnect_required'
    await it.sync.start(request(5))
    await it.sync.work([it.client])
    const failed = await it.untilStatus('failed')
    expect(failed.error).toMatchObject({
      code: 'reconnect_required',
      hint: expect.stringContaining('connect again'),
    })
    expect(it.calls).toEqual([])
    it.client.status = 'active'
    const again = await it.sync.start({ ...request(5), to: daysAgo(-1) })
    expect(again.id).toBe(failed.id)
    await it.untilStatus('completed')
    expect(it.calls.map(({ from, to }) => [from, to])).toEqual([
      [daysAgo(0), daysAgo(-1)],
      [daysAgo(5), daysAgo(0)],
    ])
  })

  it('to find the connection cancels the run', async () => {
    const it = engine()
    it.client.status = undefined
    await it.sync.start(request(5))
    await it.sync.work([it.client])
    expect(await it.untilStatus('cancelled')).toMatchObject({ error: { code: 'connection_not_found' } })
    expect(it.calls).toEqual([])
  })

  it('of a hook is told and changes nothing', async () => {
    const errors: OAuthError[] = []
    const it = engine(undefined, {
      hooks: {
        onChange: () => {
          throw new Error('hook')
        },
        onError: ({ error }) => {
          errors.push(error)
          throw new Error('again')
        },
      },
    })
    await it.sync.start(request(1))
    await it.sync.work([it.client])
    await it.untilStatus('completed')
    expect(errors[0]).toMatchObject({ code: 'hook_failed', cause: { message: 'hook' } })
  })
})

describe('start', () => {
  it('is idempotent: a reconnect plans only the gap, the same connect nothing', async () => {
    const it = engine()
    const first = await it.sync.start(request(14, { idempotencyKey: 'a' }))
    const again = await it.sync.start(request(14, { idempotencyKey: 'a' }))
    expect(again).toEqual(first)
    await it.sync.work([it.client])
    await it.untilStatus('completed')
    const { id } = await it.sync.start({ ...request(14, { idempotencyKey: 'b' }), to: daysAgo(-2) })
    expect(id).not.toBe(first.id)
    await it.until(({ id: latest, status }) => latest === id && status === 'completed')
    expect(it.calls.map(({ from, to }) => [from, to])).toEqual([
      [daysAgo(7), daysAgo(0)],
      [daysAgo(14), daysAgo(7)],
      [daysAgo(0), daysAgo(-2)],
    ])
    expect((await it.sync.history(ref)).map((run) => run.id)).toEqual([id, first.id])
  })

  it('says that there was nothing to do, which is not a run of nothing', async () => {
    const it = engine()
    await it.sync.start(request(7))
    await it.sync.work([it.client])
    await it.untilStatus('completed')
    expect(await it.sync.start(request(7))).toMatchObject({ nothingToDo: 'already_synced', windows: [] })
    expect(await it.sync.start({ ...request(), to: daysAgo(21) })).toMatchObject({
      nothingToDo: 'empty_range',
    })
    expect(it.calls).toHaveLength(1)
  })

  it('from many places at once begins one run', async () => {
    const it = engine()
    const other = engine(undefined, { syncs: it.store })
    const started = await Promise.all(
      Array.from({ length: 20 }, (_none, index) =>
        (index % 2 ? it : other).sync.start(request(7, { idempotencyKey: `k${index}` })),
      ),
    )
    expect(new Set(started.map(({ id }) => id)).size).toBe(1)
    expect(await it.sync.history(ref)).toHaveLength(1)
    await it.sync.work([it.client])
    await it.untilStatus('completed')
    expect(it.calls).toHaveLength(1)
  })

  it('refuses ids and dates that are none', async () => {
    const { sync } = engine()
    await expect(sync.start({ ...request(), tenantId: '' })).rejects.toMatchObject({ code: 'params_invalid' })
    await expect(sync.start({ ...request(), from: new Date(Number.NaN) })).rejects.toMatchObject({
      code: 'params_invalid',
    })
  })

  it('can be handed to a client as it is, and starts again after forget', async () => {
    const it = engine()
    await it.sync.start(request(7))
    await it.sync.work([it.client])
    await it.untilStatus('completed')
    expect(await it.sync.forget(ref)).toBe(true)
    expect(await it.sync.get(ref)).toBeUndefined()
    await it.sync.start(request(7))
    await it.untilStatus('completed')
    expect(it.calls).toHaveLength(2)
  })
})
