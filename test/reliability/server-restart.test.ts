import { afterEach, expect, it, vi } from 'vitest'
import { describeWithRedisServer, ownRedis } from '../support/own-redis.ts'
import { describeWithPostgres } from '../support/servers.ts'
import { terminateBackends } from '../support/store-spec.ts'
import { newStore } from './new-store.ts'
import { type Setting, startSetting } from './setting.ts'

const after: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const undo of after.splice(0).reverse()) await undo()
})

/** Refreshes by three processes at once, with the server taken away in every fifth round: no connection is lost. */
async function surviveInterruptions(
  started: Setting,
  interrupt: () => Promise<void>,
): Promise<{ readonly interruptions: number; readonly failedCalls: number }> {
  let interruptions = 0
  let failedCalls = 0
  for (let round = 1; round <= 20; round++) {
    await started.expire()
    const before = started.simulated.refreshRequests()
    const asking = started.workers.map((worker) => worker.call({ do: 'tokens', count: 5, ...started.whom }))
    if (round % 5 === 0) {
      interruptions += 1
      // Every other time the provider has just been asked: what is under way then is the write.
      if ((round / 5) % 2 === 0)
        await vi.waitUntil(() => started.simulated.refreshRequests() > before, {
          timeout: 10_000,
          interval: 1,
        })
      await interrupt()
    }
    for (const outcome of await Promise.all(asking)) {
      if (outcome === 'died') throw new Error('it died')
      const { store_failed = 0, timeout = 0, ...others } = outcome.errors
      expect(others, `round ${round}`).toEqual({})
      failedCalls += store_failed + timeout
    }
  }
  // Whatever was still unsaved is saved.
  await Promise.all(started.workers.map((worker) => worker.call({ do: 'close' })))
  const { client } = started
  expect(await client.getConnection({ tenantId: 't1' })).toMatchObject({ status: 'active' })
  await started.expire()
  const response = await client.fetch({ tenantId: 't1' }, '/ping')
  await response.body?.cancel()
  expect(response.status).toBe(200)
  return { interruptions, failedCalls }
}

describeWithRedisServer('a Redis that is killed and started again while refreshes run', () => {
  it('loses no connection', async () => {
    const redis = await ownRedis()
    after.push(() => redis.dispose())
    const setting = await startSetting({
      store: `${newStore('redis')}@${redis.url}`,
      manner: 'strict',
      workers: 3,
      keepStore: true,
    })
    after.push(() => setting.close())
    const { interruptions } = await surviveInterruptions(setting, async () => {
      await redis.kill()
      await redis.start()
    })
    expect(interruptions).toBe(4)
  }, 120_000)
})

describeWithPostgres('a Postgres that terminates its connections while refreshes run', () => {
  it('loses no connection', async () => {
    const store = newStore('postgres')
    const setting = await startSetting({ store, manner: 'strict', workers: 3 })
    after.push(() => setting.close())
    let ended = 0
    const { interruptions } = await surviveInterruptions(setting, async () => {
      ended += await terminateBackends(store)
    })
    expect(interruptions).toBe(4)
    // It did meet connections of ours, each time those of several processes.
    expect(ended).toBeGreaterThan(2 * interruptions)
  }, 120_000)
})
