import { isQuick, roundsOr } from '../setting/environment.ts'
import { median, spread } from './statistics.ts'

/** One of those who do the same job. */
export interface Contender {
  readonly name: string
  /** Does the job once and throws unless it was done right, so that no failure is ever measured. */
  check(): Promise<void>
  /** Not timed: makes what the next `count` jobs need. */
  prepare?(count: number): Promise<void>
  /** Timed: does the job `count` times. */
  run(count: number): Promise<void> | void
}

/** What each round of one contender came to. */
export interface Measured {
  readonly name: string
  /** Jobs per second. */
  readonly rates: readonly number[]
  /** µs of processor time of this process a job, collection of garbage included: a busy machine hardly changes it. */
  readonly costs: readonly number[]
}

/** What the rounds of one contender come to. */
export interface Summary {
  readonly name: string
  /** Jobs per second. */
  readonly rate: number
  readonly spread: number
  /** µs of processor time. */
  readonly cost: number
}

const rounds = roundsOr(11)
/** ms of processor time that a block of one contender takes, about. */
const blockTime = isQuick ? 2 : 250
const mostJobs = isQuick ? 20 : 200_000
/** Fewer would not be compiled before they count, whatever time they take. */
const warmUpJobs = isQuick ? 2 : 4_000

/**
 * All contenders in turn, round after round, each round beginning with the next of them: what disturbs the machine
 * disturbs all, and a ratio is taken within a round. Each is checked and warmed up before.
 */
export async function measureInRounds(contenders: readonly Contender[]): Promise<readonly Measured[]> {
  const entries: { contender: Contender; count: number; rates: number[]; costs: number[] }[] = []
  for (const contender of contenders) {
    await contender.check()
    entries.push({ contender, count: await warmUp(contender), rates: [], costs: [] })
  }
  for (let round = 0; round < rounds; round++)
    for (let turn = 0; turn < entries.length; turn++) {
      const entry = entries[(round + turn) % entries.length]
      if (!entry) continue
      const { elapsed, cpu } = await measure(entry.contender, entry.count)
      entry.rates.push((entry.count * 1000) / elapsed)
      entry.costs.push((cpu * 1000) / entry.count)
    }
  return entries.map(({ contender: { name }, rates, costs }) => ({ name, rates, costs }))
}

/** Runs until the code is compiled; answers how many jobs fill a block. */
async function warmUp(contender: Contender): Promise<number> {
  for (let done = 0, count = Math.ceil(warmUpJobs / 8); ; done += count) {
    const { cpu } = await measure(contender, count)
    if (done + count >= warmUpJobs)
      return Math.min(mostJobs, Math.max(1, Math.ceil((count * blockTime) / cpu)))
  }
}

/** ms. */
async function measure(contender: Contender, count: number): Promise<{ elapsed: number; cpu: number }> {
  await contender.prepare?.(count)
  // No `gc()` here: a full collection has V8 forget the compiled code of whoever is waiting for the next turn.
  const before = process.cpuUsage()
  const start = performance.now()
  await contender.run(count)
  const elapsed = performance.now() - start
  const { user, system } = process.cpuUsage(before)
  return { elapsed, cpu: Math.max(0.001, (user + system) / 1000) }
}

export function summarise({ name, rates, costs }: Measured): Summary {
  return { name, rate: median(rates), spread: spread(rates), cost: median(costs) }
}

/** How many times as fast, by the median of the ratios within each round. */
export function ratioOf(measured: Measured, reference: Measured): number {
  return median(measured.rates.map((rate, round) => rate / (reference.rates[round] ?? Number.NaN)))
}

/** The one of this name. Throws where there is none. */
export function named(measured: readonly Measured[], name: string): Measured {
  const found = measured.find((each) => each.name === name)
  if (!found) throw new Error(`no contender is called "${name}"`)
  return found
}

/** The fastest of some, by its median. */
export function fastest(measured: readonly Measured[]): Measured {
  const [first, ...others] = measured
  if (!first) throw new Error('nothing was measured')
  return others.reduce((best, each) => (median(each.rates) > median(best.rates) ? each : best), first)
}
