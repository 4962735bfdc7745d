import { describe, expect, it } from 'vitest'
import { describeWithPostgres, describeWithRedis } from '../support/servers.ts'
import { destroyStore, type StoreKind } from '../support/store-spec.ts'
import { runSchedule } from './fault-schedule.ts'
import { newStore } from './new-store.ts'

/** Of 25: the rest is for the script. */
const steps = 15

/** Many more: `npx tsx scripts/reliability/faults.ts --seeds 1-200 --store redis`; one again: `--seed 3`. */
async function survive(seed: number, kind: StoreKind): Promise<void> {
  const spec = newStore(kind)
  try {
    const { failures, log, refreshes } = await runSchedule(seed, spec, steps)
    expect(failures, `seed ${seed} on ${kind}\n${log.join('\n')}`).toEqual([])
    // It was a schedule in which something happened.
    expect(refreshes).toBeGreaterThan(steps)
  } finally {
    await destroyStore(spec)
  }
}

const words = 'nothing but the unpreventable ends a connection'
describe(words, () => {
  it.concurrent.each([1, 8])('seed %i on LMDB', (seed) => survive(seed, 'lmdb'), 120_000)
})
describeWithRedis(words, () => {
  it.concurrent.each([2, 5])('seed %i on Redis', (seed) => survive(seed, 'redis'), 120_000)
})
describeWithPostgres(words, () => {
  it.concurrent.each([3, 7])('seed %i on Postgres', (seed) => survive(seed, 'postgres-pool'), 120_000)
})
