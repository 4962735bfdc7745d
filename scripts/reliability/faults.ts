import { parseArgs } from 'node:util'
import { runSchedule, type ScheduleResult } from '../../test/reliability/fault-schedule.ts'
import { newStore } from '../../test/reliability/new-store.ts'
import { destroyStore, storeKinds } from '../../test/support/store-spec.ts'

// Replays seeded fault schedules: `npx tsx scripts/reliability/faults.ts --seed 17 --store redis`, `--seeds 1-200`.

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string', default: '1-20' },
    store: { type: 'string', default: 'lmdb' },
    /** Fewer than its 25, as the test does. */
    steps: { type: 'string', default: '25' },
    /** Schedules at once. */
    parallel: { type: 'string', default: '2' },
    /** The step log of every schedule, not only of those that fail. */
    verbose: { type: 'boolean', default: false },
  },
})

const kind = storeKinds.find((each) => each === values.store)
if (!kind) throw new Error(`--store ${values.store}: there are ${storeKinds.join(', ')}`)

const [from = '1', to = from] = (values.seed ?? values.seeds).split('-')
const waiting = Array.from({ length: Number(to) - Number(from) + 1 }, (_none, index) => Number(from) + index)
const started = performance.now()
const results: ScheduleResult[] = []

await Promise.all(Array.from({ length: Number(values.parallel) }, drain))
report()

async function drain(): Promise<void> {
  if (!kind) return
  for (let seed = waiting.shift(); seed !== undefined; seed = waiting.shift()) {
    const spec = newStore(kind)
    try {
      const result = await runSchedule(seed, spec, Number(values.steps))
      results.push(result)
      const { calls, refreshes, kills, losses, failures, log } = result
      console.log(`seed ${seed}: ${JSON.stringify({ calls, refreshes, kills, losses, failures })}`)
      if (failures.length > 0 || values.verbose) console.log(log.join('\n'))
    } finally {
      await destroyStore(spec)
    }
  }
}

function report(): void {
  const sum = (of: (result: ScheduleResult) => number) =>
    results.reduce((total, result) => total + of(result), 0)
  const losses: Record<string, number> = {}
  for (const result of results)
    for (const [cause, count] of Object.entries(result.losses)) losses[cause] = (losses[cause] ?? 0) + count
  const failed = results.filter(({ failures }) => failures.length > 0).map(({ seed }) => seed)
  const seconds = ((performance.now() - started) / 1_000).toFixed(0)
  const named = Object.entries(losses).map(([cause, count]) => `${count} ${cause}`)
  console.log(
    `faults | ${values.store} | seeds ${from}-${to} | ${sum(({ calls }) => calls)} calls | ` +
      `${sum(({ refreshes }) => refreshes)} refreshes | ${sum(({ kills }) => kills)} kills | ` +
      `lost without cause: ${sum(({ failures }) => failures.length)} | unpreventable: ${named.join(', ') || 'none'} | ` +
      `${seconds} s${failed.length > 0 ? ` | FAILED seeds ${failed.join(', ')}` : ''}`,
  )
  if (failed.length > 0) process.exitCode = 1
}
