import { afterEach, describe, expect, it } from 'vitest'
import { memoryStore } from '../../src/stores/memory-store.ts'
import { describeWithPostgres, describeWithRedis } from '../support/servers.ts'
import type { StoreKind } from '../support/store-spec.ts'
import { type Outcome, tokenId } from './commands.ts'
import { newStore } from './new-store.ts'
import { hour, startSetting } from './setting.ts'
import { startSimulated } from './simulated.ts'

const after: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const undo of after.splice(0).reverse()) await undo()
})

async function start(kind: StoreKind, workers: number) {
  const setting = await startSetting({ store: newStore(kind), manner: 'strict', workers, direct: true })
  after.push(() => setting.close())
  await setting.expire()
  return setting
}

function sum(outcomes: readonly (Outcome | 'died')[]) {
  const tokens: Record<string, number> = {}
  const errors: Record<string, number> = {}
  for (const outcome of outcomes) {
    if (outcome === 'died') throw new Error('a worker died')
    for (const [token, count] of Object.entries(outcome.tokens)) tokens[token] = (tokens[token] ?? 0) + count
    for (const [code, count] of Object.entries(outcome.errors)) errors[code] = (errors[code] ?? 0) + count
  }
  return { tokens, errors }
}

async function together(kind: StoreKind, processes: number, count: number): Promise<void> {
  const { workers, whom, simulated } = await start(kind, processes)
  const outcomes = await Promise.all(workers.map((worker) => worker.call({ do: 'tokens', count, ...whom })))
  const { tokens, errors } = sum(outcomes)
  expect(errors).toEqual({})
  expect(Object.values(tokens)).toEqual([processes * count])
  expect(simulated.refreshRequests()).toBe(1)
}

/** An API has refused the token of 25 requests in each of 4 processes. */
async function lateRefusals(kind: StoreKind): Promise<void> {
  const { workers, whom, simulated, client } = await start(kind, 4)
  const rejected = await client.getAccessToken({ tenantId: 't1' })
  const before = simulated.refreshRequests()
  const outcomes = await Promise.all(
    workers.map((worker) => worker.call({ do: 'tokens', count: 25, rejected, ...whom })),
  )
  const { tokens, errors } = sum(outcomes)
  expect(errors).toEqual({})
  expect(Object.values(tokens)).toEqual([100])
  expect(Object.keys(tokens)).not.toContain(tokenId(rejected))
  expect(simulated.refreshRequests() - before).toBe(1)
}

describe('one refresh, however many ask', () => {
  it('10,000 callers at once in one process', async () => {
    let now = Date.now()
    const simulated = await startSimulated('strict', { clock: () => now })
    after.push(() => simulated.close())
    const client = simulated.client({ store: memoryStore() })
    await simulated.connect(client, 't1')
    now += 2 * hour
    const tokens = await Promise.all(
      Array.from({ length: 10_000 }, () => client.getAccessToken({ tenantId: 't1' })),
    )
    expect(new Set(tokens).size).toBe(1)
    expect(simulated.refreshRequests()).toBe(1)
    expect(await simulated.accepts(tokens[0] ?? '')).toBe(true)
  })

  it('8 processes × 500 on LMDB', () => together('lmdb', 8, 500), 60_000)
  it('a hundred late 401s over 4 processes on LMDB', () => lateRefusals('lmdb'), 60_000)
})

describeWithRedis('one refresh, however many ask, on Redis', () => {
  it('8 processes × 500', () => together('redis', 8, 500), 60_000)
  it('a hundred late 401s over 4 processes', () => lateRefusals('redis'), 60_000)
  it('4 processes × 100 on a Keyv over @keyv/redis', () => together('keyv-redis', 4, 100), 60_000)
})

describeWithPostgres('one refresh, however many ask, on Postgres', () => {
  it('8 processes × 500, each with a pool of its own', () => together('postgres-pool', 8, 500), 60_000)
  it('a hundred late 401s over 4 processes', () => lateRefusals('postgres'), 60_000)
  it('4 processes × 100 on a Keyv over @keyv/postgres', () => together('keyv-postgres', 4, 100), 60_000)
})
