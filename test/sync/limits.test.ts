import { describe, expect, it } from 'vitest'
import { memoryStore } from '../../src/stores/memory-store.ts'
import { latch } from '../support/latch.ts'
import { engines, ref, request } from './engine-under-test.ts'

const { engine, abandon } = engines()

describe('limits', () => {
  /** Runs of `tenants` in two engines on one store; how many were ever at work at once, in all and by tenant. */
  async function most(concurrency: { perProvider?: number | Record<string, number>; perTenant?: number }) {
    const { syncs } = memoryStore()
    if (!syncs) throw new Error('a store has syncs')
    const now = new Map<string, number>()
    const highest = { all: 0, tenant: 0 }
    const run = async (_window: unknown, { connection }: { connection: { tenantId: string } }) => {
      const { tenantId } = connection
      now.set(tenantId, (now.get(tenantId) ?? 0) + 1)
      highest.all = Math.max(
        highest.all,
        [...now.values()].reduce((sum, each) => sum + each, 0),
      )
      highest.tenant = Math.max(highest.tenant, now.get(tenantId) ?? 0)
      await new Promise((resume) => setTimeout(resume, 5))
      now.set(tenantId, (now.get(tenantId) ?? 1) - 1)
    }
    const both = [engine(run, { syncs, concurrency }), engine(run, { syncs, concurrency })]
    const [first] = both
    const refs = ['t1', 't2', 't3'].flatMap((tenantId) =>
      ['a', 'b', 'c', 'd'].map((connectionId) => ({ ...ref, tenantId, connectionId })),
    )
    for (const each of refs) await first?.sync.start({ ...request(1), ...each })
    await Promise.all(both.map((each) => each.sync.work([each.client], { concurrency: 6, recoverEvery: 5 })))
    await Promise.all(refs.map((each) => first?.untilStatus('completed', each)))
    return highest
  }

  it('hold for a provider in all processes together', async () => {
    expect((await most({ perProvider: 2 })).all).toBe(2)
    expect((await most({ perProvider: { shop: 3 } })).all).toBe(3)
  })

  it('hold for a tenant in all processes together', async () => {
    const { all, tenant } = await most({ perTenant: 1 })
    expect(tenant).toBe(1)
    expect(all).toBeGreaterThan(1)
    expect(all).toBeLessThanOrEqual(3)
  })

  it('are nobody else’s and not there by default', async () => {
    expect((await most({ perProvider: { other: 1 } })).all).toBeGreaterThan(3)
  })

  it('give a dead worker’s place away after its lease', async () => {
    const now = { now: Date.UTC(2026, 10, 21, 12) }
    const reached = latch()
    const concurrency = { perTenant: 1 }
    const dead = engine(
      async () => {
        reached.resolve()
        await new Promise(() => undefined)
      },
      { now, concurrency },
    )
    abandon()
    const it = engine(undefined, { syncs: dead.store, now, concurrency })
    await dead.sync.start(request(1))
    await dead.sync.work([dead.client])
    await reached.promise
    const second = { ...ref, connectionId: 'second' }
    await it.sync.start({ ...request(1), ...second })
    await it.sync.work([it.client], { recoverEvery: 5 })
    now.now += 60_001
    await it.untilStatus('completed', second)
    await it.untilStatus('completed')
  })
})
