import { afterEach, describe, expect, it } from 'vitest'
import { describeWithPostgres, describeWithRedis } from '../support/servers.ts'
import type { StoreKind } from '../support/store-spec.ts'
import { newStore } from './new-store.ts'
import { type Setting, startSetting } from './setting.ts'

const rounds = 200
const processes = 4
let setting: Setting | undefined
afterEach(async () => {
  await setting?.close()
  setting = undefined
})

/** A provider that ends the grant when a refresh token comes twice; all processes find the token expired at once. */
async function rotate(kind: StoreKind): Promise<void> {
  const started = await startSetting({
    store: newStore(kind),
    manner: 'strict',
    workers: processes,
    direct: true,
  })
  setting = started
  const { workers, whom, simulated, client } = started
  const served = new Set<string>()
  for (let round = 1; round <= rounds; round++) {
    await started.expire()
    const outcomes = await Promise.all(
      workers.map((worker) => worker.call({ do: 'tokens', count: 5, ...whom })),
    )
    const [token = ''] = outcomes.flatMap((outcome) =>
      outcome === 'died' ? [] : Object.keys(outcome.tokens),
    )
    const expected = { tokens: { [token]: 5 }, errors: {}, statuses: {}, counts: {} }
    expect(outcomes, `round ${round}`).toEqual(workers.map(() => expected))
    expect(simulated.refreshRequests(), `round ${round}`).toBe(round)
    served.add(token)
  }
  expect(served.size).toBe(rounds)
  const connection = await client.getConnection({ tenantId: 't1' })
  expect(connection).toMatchObject({ status: 'active', version: rounds + 1 })
  expect(await simulated.accepts(await client.getAccessToken({ tenantId: 't1' }))).toBe(true)
}

const words = `${rounds} rounds in which ${processes} processes find the token expired`
describe(words, () => {
  it('on LMDB', () => rotate('lmdb'), 120_000)
})
describeWithRedis(words, () => {
  it('on Redis', () => rotate('redis'), 120_000)
})
describeWithPostgres(words, () => {
  it('on Postgres', () => rotate('postgres'), 120_000)
})
