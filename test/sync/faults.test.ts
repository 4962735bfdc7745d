import { describe, expect, it } from 'vitest'
import { OAuthError } from '../../src/errors/oauth-error.ts'
import { memoryStore } from '../../src/stores/memory-store.ts'
import { createHistoricalSync } from '../../src/sync/engine.ts'
import type { SyncQueue } from '../../src/sync/queue.ts'
import type { SyncStore } from '../../src/types.ts'
import { latch } from '../support/latch.ts'
import { daysAgo, engines, ref, request } from './engine-under-test.ts'

const { engine } = engines()
const damaged = (id: string) => ({
  id,
  version: 1,
  provider: 'shop',
  tenantId: 't1',
  status: 'pending' as const,
  dueAt: 1,
  data: '{"format":2}',
})

describe('a worker elsewhere of a run that was forgotten and begun anew', () => {
  it('may not write what it still holds over the new one', async () => {
    const [reached, go, taken, end] = [latch(), latch(), latch(), latch()]
    const rejected: unknown[] = []
    const old = engine(async (_window, { report }) => {
      reached.resolve()
      await go.promise
      await report({ records: 7 }).catch((error: unknown) => rejected.push(error))
    })
    const it = engine(
      async () => {
        taken.resolve()
        await end.promise
      },
      { syncs: old.store },
    )
    await old.sync.start({ ...request(1), source: 'a' })
    await old.sync.work([old.client])
    await reached.promise
    // Disconnected, and connected again a day later as somebody else.
    await it.sync.forget(ref)
    await it.sync.start({ ...request(1), to: daysAgo(-1), source: 'b' })
    await it.sync.work([it.client])
    await taken.promise
    go.resolve()
    await it.until(() => rejected.length === 1)
    expect(rejected).toMatchObject([{ name: 'AbortError' }])
    end.resolve()
    expect(await it.untilStatus('completed')).toMatchObject({ to: daysAgo(-1), progress: { records: 0 } })
  })
})

describe('what is stored of another sync and cannot be read', () => {
  it('keeps no run from being worked on, found by a look or recovered', async () => {
    const it = engine()
    const elsewhere = engine(undefined, { syncs: it.store })
    await it.store.save(damaged('damaged'), { expectedVersion: null })
    await elsewhere.sync.start(request(1))
    expect(await it.sync.recover()).toBe(2)
    await it.sync.work([it.client], { recoverEvery: 5 })
    await it.untilStatus('completed')
    expect(it.errors.map(({ code }) => code)).toContain('record_unreadable')
  })

  it('keeps nobody from watching the others, before its error', async () => {
    const it = engine()
    await it.store.save(damaged('damaged'), { expectedVersion: null })
    await it.sync.start(request(1))
    const seen: string[] = []
    const watching = (async () => {
      for await (const { status } of it.sync.watch({ tenantId: 't1', signal: new AbortController().signal }))
        seen.push(status)
    })()
    await expect(watching).rejects.toMatchObject({ code: 'record_unreadable' })
    expect(seen).toEqual(['pending'])
  })
})

describe('closing', () => {
  it('does not wait for work that does not heed its signal', { timeout: 12_000 }, async () => {
    const reached = latch()
    const it = engine(async () => {
      reached.resolve()
      await new Promise(() => undefined)
    })
    await it.sync.start(request(1))
    const worker = await it.sync.work([it.client])
    await reached.promise
    await worker.close()
    expect(await it.sync.get(ref)).toMatchObject({ status: 'pending', attempts: 0, errors: [] })
  })

  it('ends what is watched', async () => {
    const it = engine()
    await it.sync.start(request(1))
    const watching = (async () => {
      for await (const _run of it.sync.watch({ tenantId: 't1', signal: new AbortController().signal }))
        await it.sync.close()
    })()
    await watching
  })
})

it('another account ends the work for the one before at once', async () => {
  const reached = latch()
  const it = engine(async (_window, { signal }) => {
    if (it.calls.length > 1) return
    reached.resolve()
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
  })
  await it.sync.start({ ...request(1), source: 'a' })
  await it.sync.work([it.client])
  await reached.promise
  await it.sync.start({ ...request(1), source: 'b' })
  await it.untilStatus('completed')
})

it('many runs at a time cause no warning of leaking listeners', async () => {
  const warnings: Error[] = []
  const warned = (warning: Error) => warnings.push(warning)
  process.on('warning', warned)
  let underWay = 0
  const go = latch()
  const it = engine(async (_window, { signal }) => {
    for (let listener = 0; listener < 20; listener++) signal.addEventListener('abort', () => undefined)
    underWay += 1
    await go.promise
  })
  for (let index = 0; index < 20; index++) await it.sync.start({ ...request(1), tenantId: `t${index}` })
  await it.sync.work([it.client], { concurrency: 20, recoverEvery: 5 })
  await expect.poll(() => underWay).toBe(20)
  go.resolve()
  await it.untilStatus('completed', { ...ref, tenantId: 't19' })
  process.off('warning', warned)
  expect(warnings.map(({ name }) => name)).not.toContain('MaxListenersExceededWarning')
})

it('a store that takes longer than a heartbeat is asked one heartbeat at a time', async () => {
  const { syncs } = memoryStore()
  if (!syncs) throw new Error('a store has syncs')
  const [reached, go, end] = [latch(), latch(), latch()]
  let isSlow = false
  let waiting = 0
  const slow: SyncStore = {
    ...syncs,
    async save(document, options) {
      if (isSlow) {
        waiting += 1
        await go.promise
      }
      return syncs.save(document, options)
    },
  }
  const it = engine(
    async () => {
      reached.resolve()
      await end.promise
    },
    { syncs: slow, lease: 1_000 },
  )
  await it.sync.start(request(1))
  await it.sync.work([it.client])
  await reached.promise
  isSlow = true
  await expect.poll(() => waiting, { timeout: 3_000 }).toBe(1)
  // Three more would be due by now.
  await new Promise((resume) => setTimeout(resume, 1_000))
  end.resolve()
  go.resolve()
  await it.untilStatus('completed')
  // That heartbeat and the end of the window: those in between would have been written before it.
  expect(waiting).toBe(2)
})

it.each([{ lease: 2 ** 33 }, { lease: Number.POSITIVE_INFINITY }, { retry: { longestDelay: 2 ** 33 } }])(
  '%j is more than a timer can take, and refused',
  (options) => {
    expect(() => createHistoricalSync({ run: () => undefined, ...options })).toThrow(/a day/)
  },
)

it('recoverEvery that is more than a timer can take is refused', async () => {
  const { sync, client } = engine()
  await expect(sync.work([client], { recoverEvery: 2 ** 33 })).rejects.toMatchObject({
    code: 'config_invalid',
  })
})

describe('recovery with a queue', () => {
  const queueOf = (add: SyncQueue['add']): SyncQueue => ({
    add,
    work: async () => ({ close: async () => undefined }),
  })

  it('reaches those behind a thousand that nobody can work on', { timeout: 20_000 }, async () => {
    const taken = new Set<string>()
    const it = engine(undefined, {
      queue: queueOf(async (id, { recovered }) => {
        if (recovered) taken.add(id)
      }),
    })
    for (let index = 0; index < 1_200; index++) {
      if (index === 1_000) it.clock.now += 1_000
      await it.sync.start({ ...request(1), tenantId: `t${index}` })
    }
    await it.sync.work([it.client], { recoverEvery: 5 })
    await expect.poll(() => taken.size, { timeout: 5_000 }).toBe(1_200)
  })

  it('tries the one again that the queue did not take', async () => {
    const taken: string[] = []
    let isDown = true
    const it = engine(undefined, {
      queue: queueOf(async (id) => {
        if (isDown) throw new Error('down')
        taken.push(id)
      }),
    })
    await it.sync.start(request(1))
    await it.sync.work([it.client], { recoverEvery: 5 })
    await expect.poll(() => it.errors.length).toBeGreaterThan(2)
    isDown = false
    await expect.poll(() => taken.length).toBe(1)
  })

  it('stops in the middle when the worker closes', async () => {
    let added = 0
    const [reached, go] = [latch(), latch()]
    const it = engine(undefined, {
      queue: queueOf(async (_id, { recovered }) => {
        if (!recovered) return
        added += 1
        reached.resolve()
        await go.promise
      }),
    })
    for (let index = 0; index < 10; index++) await it.sync.start({ ...request(1), tenantId: `t${index}` })
    const worker = await it.sync.work([it.client])
    await reached.promise
    const closed = worker.close()
    go.resolve()
    await closed
    expect(added).toBe(1)
  })
})

it('runs for which there is no place keep those of other providers waiting no longer than a look', async () => {
  const hanging = latch()
  const done: string[] = []
  const it = engine(undefined, {
    concurrency: { perProvider: { shop: 1 } },
    run: {
      shop: async (_window, { signal }) => {
        hanging.resolve()
        await new Promise<void>((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason), { once: true })
        })
      },
      other: (_window, { connection }) => done.push(connection.tenantId),
    },
  })
  const elsewhere = engine(undefined, { syncs: it.store })
  for (let index = 0; index < 1_500; index++)
    await elsewhere.sync.start({ ...request(1), tenantId: `t${index}` })
  it.clock.now += 1_000
  await elsewhere.sync.start({ ...request(1), provider: 'other', tenantId: 'last' })
  const other = { ...it.client, provider: { ...it.client.provider, id: 'other' } }
  await it.sync.work([it.client, other], { recoverEvery: 5 })
  await hanging.promise
  await expect.poll(() => done, { timeout: 8_000 }).toEqual(['last'])
}, 20_000)

it('a failure of the store in a run is told once', async () => {
  const it = engine()
  const load = it.store.load
  await it.sync.start(request(1))
  let failures = 0
  const broken: SyncStore = {
    ...it.store,
    async load(id) {
      if (failures++ === 0) throw new OAuthError({ code: 'store_failed' })
      return load(id)
    },
  }
  const other = engine(undefined, { syncs: broken })
  await other.sync.work([other.client], { recoverEvery: 5 })
  await it.untilStatus('completed')
  expect(other.errors.map(({ code }) => code)).toEqual(['store_failed'])
})
