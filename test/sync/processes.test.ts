import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { createHistoricalSync } from '../../src/sync/engine.ts'
import type { HistoricalSyncRun } from '../../src/sync/types.ts'
import { newStore } from '../reliability/new-store.ts'
import { children } from '../stores/child-process.ts'
import { temporaryDirectory } from '../stores/temporary-directory.ts'
import { describeWithPostgres, describeWithRedis } from '../support/servers.ts'
import { destroyStore, openStore, type StoreKind } from '../support/store-spec.ts'
import { dropQueue, openQueue, type QueueKind } from './open-queue.ts'

const jobs = 1_000
const processes = 4
const pages = 2
const day = 86_400_000
const to = Date.UTC(2026, 10, 21)
const from = to - 14 * day
const script = new URL('./worker-process.ts', import.meta.url)

const started = children()
const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  await started.kill()
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

/** 1,000 jobs of two windows over four processes, one of which is killed in the middle of its work. */
async function runAll(storeKind: StoreKind, queueKind: QueueKind) {
  const spec = newStore(storeKind)
  const name = `sync_${randomUUID().replaceAll('-', '').slice(0, 16)}`
  const directory = temporaryDirectory()
  const store = await openStore(spec)
  const queue = await openQueue(queueKind, name, true)
  cleanUps.push(
    () => directory.remove(),
    () => destroyStore(spec),
    () => dropQueue(queueKind, name),
    () => store.close(),
    () => queue.close(),
  )
  const sync = createHistoricalSync({ store: store.store, queue: queue.queue, run: () => undefined })
  cleanUps.push(() => sync.close())
  const log = join(directory.path, 'log')
  const workers = Array.from({ length: processes }, () =>
    started.start(script, spec, queueKind, name, log, String(pages)),
  )
  expect(await Promise.all(workers.map((worker) => worker.next()))).toEqual(workers.map(() => 'ready'))
  const begun = performance.now()
  const tenants = Array.from({ length: jobs }, (_none, index) => `tenant-${index}`)
  for (let index = 0; index < jobs; index += 50)
    await Promise.all(
      tenants
        .slice(index, index + 50)
        .map((tenantId) =>
          sync.start({ provider: 'shop', tenantId, from: new Date(from), to: new Date(to) }),
        ),
    )
  const lines = () => {
    try {
      return readFileSync(log, 'utf8').trimEnd().split('\n')
    } catch {
      return []
    }
  }
  await expect.poll(() => lines().length, { timeout: 30_000, interval: 20 }).toBeGreaterThan(500)
  await workers[0]?.kill()
  const linesAtDeath = lines().length
  let runs: HistoricalSyncRun[] = []
  await expect
    .poll(
      async () => {
        const open = await Promise.all(
          (['pending', 'running', 'paused', 'failed', 'cancelled'] as const).map(async (status) => {
            for await (const _run of sync.list({ status })) return status
            return undefined
          }),
        )
        return open.filter(Boolean)
      },
      { timeout: 100_000, interval: 200 },
    )
    .toEqual([])
  const ms = performance.now() - begun
  runs = []
  for await (const run of sync.list()) runs.push(run)
  for (const worker of workers.slice(1)) worker.send('end')
  expect(await Promise.all(workers.slice(1).map((worker) => worker.ended()))).toEqual([0, 0, 0])
  return { runs, lines: lines(), linesAtDeath, ms }
}

/** Every window run, none lost, no page asked for again once its checkpoint was stored. */
function judge({ runs, lines, linesAtDeath }: Awaited<ReturnType<typeof runAll>>): void {
  expect(linesAtDeath).toBeLessThan(jobs * 2 * pages * 2)
  expect(runs).toHaveLength(jobs)
  expect(new Set(runs.map(({ tenantId }) => tenantId)).size).toBe(jobs)
  const wrong = runs.filter(
    ({ status, progress, windows }) =>
      status !== 'completed' || windows.length !== 2 || progress.records !== 2 * pages * 10,
  )
  expect(wrong).toEqual([])
  const kept = new Set<string>()
  const twice: string[] = []
  let again = 0
  const begun = new Set<string>()
  for (const line of lines) {
    const [word, ...which] = line.split(' ')
    const page = which.join(' ')
    if (word === 'begun') {
      if (kept.has(page)) twice.push(page)
      if (begun.has(page)) again += 1
      begun.add(page)
    } else if (word === 'kept') kept.add(page)
  }
  expect(twice).toEqual([])
  expect(begun.size).toBe(jobs * 2 * pages)
  // Only what was under way when the process died may have been begun twice.
  expect(again).toBeLessThanOrEqual(8)
  const errors = lines.filter((line) => line.startsWith('error') && !line.startsWith('error timeout'))
  expect(errors).toEqual([])
}

const timeout = 150_000

it('1,000 jobs over four processes with one killed, through an LMDB directory', { timeout }, async () => {
  judge(await runAll('lmdb', 'store'))
})

describeWithRedis('on Redis', () => {
  it('1,000 jobs over four processes with one killed, through the store', { timeout }, async () => {
    judge(await runAll('redis', 'store'))
  })

  it('1,000 jobs over four processes with one killed, on BullMQ', { timeout }, async () => {
    judge(await runAll('redis', 'bullmq'))
  })
})

describeWithPostgres('on Postgres', () => {
  it('1,000 jobs over four processes with one killed, through the store', { timeout }, async () => {
    judge(await runAll('postgres', 'store'))
  })

  it('1,000 jobs over four processes with one killed, on pg-boss', { timeout }, async () => {
    judge(await runAll('postgres', 'pg-boss'))
  })
})
