import { openStore, type StoreSpec } from '../support/store-spec.ts'
import type { Outcome } from './commands.ts'
import { complaints } from './complaints.ts'
import type { Manner } from './definitions.ts'
import { type Incarnation, judgeLoss, type Unpreventable } from './judge.ts'
import { connections, type PlannedCall, planSchedule, requestTimeout, type Step } from './schedule-plan.ts'
import { familyOf, type Simulated, startSimulated } from './simulated.ts'
import { startWorker, type Worker } from './worker-process.ts'

/** ms: longer than two attempts and the write, short enough to wait for that of a dead holder. */
const leaseMs = 2_500
const hour = 3_600_000

export interface ScheduleResult {
  readonly seed: number
  readonly calls: number
  readonly refreshes: number
  readonly kills: number
  readonly losses: Readonly<Partial<Record<Unpreventable, number>>>
  readonly errors: Readonly<Record<string, number>>
  /** What must not happen; empty where all is well. */
  readonly failures: readonly string[]
  /** What was done and came of it, a line each. */
  readonly log: readonly string[]
}

interface Subject {
  readonly manner: Manner
  readonly tenantId: string
  first: { readonly accessToken: string; readonly refreshToken: string }
  /** The provider was told to end the grant. */
  ended: boolean
  /** The newest token known to be in the store, by its place in the family. */
  best: number
  reconnectsHeard: number
}

/**
 * Runs one schedule, or its first `steps`, in processes of their own. What goes wrong is in the result; it throws only
 * where the harness itself fails.
 */
export async function runSchedule(seed: number, spec: StoreSpec, steps?: number): Promise<ScheduleResult> {
  const plan = planSchedule(seed)
  const run = await startRun(plan.workers, spec)
  try {
    for (const [index, step] of plan.steps.slice(0, steps).entries()) await run.step(index + 1, step)
    await run.finish()
    return { seed, ...run.result() }
  } finally {
    await run.close()
  }
}

async function startRun(count: number, spec: StoreSpec) {
  let offset = 0
  let calls = 0
  let kills = 0
  let troubledBefore = false
  let stepBegan = 0
  const clock = () => Date.now() + offset
  const log: string[] = []
  const failures: string[] = []
  const errors: Record<string, number> = {}
  const losses: Partial<Record<Unpreventable, number>> = {}
  const incarnations = new Map<string, Incarnation>()
  const workers: Worker[] = []
  const retired: Worker[] = []

  const fail = (words: string) => {
    failures.push(words)
    log.push(`FAILED: ${words}`)
  }
  const kill = async (name: string) => workers.find((worker) => worker.name === name)?.kill()
  const opened = await openStore(spec)
  const providers = {
    strict: await startSimulated('strict', { clock, kill }),
    graceful: await startSimulated('graceful', { clock, kill }),
    steady: await startSimulated('steady', { clock, kill }),
  }
  const clients = {
    strict: providers.strict.client({ store: opened.store }),
    graceful: providers.graceful.client({ store: opened.store }),
    steady: providers.steady.client({ store: opened.store }),
  }
  const connect = ({ manner, tenantId }: { readonly manner: Manner; readonly tenantId: string }) =>
    providers[manner].connect(clients[manner], tenantId)
  const subjects: Subject[] = []
  for (const each of connections)
    subjects.push({ ...each, first: await connect(each), ended: false, best: 0, reconnectsHeard: 0 })

  async function start(index: number): Promise<void> {
    const name = `w${index}.${incarnations.size}`
    // Its place in the count is taken before it has started: others start at the same time.
    incarnations.set(name, { received: new Set(), served: new Set() })
    const worker = await startWorker({
      name,
      store: spec,
      definitions: Object.values(providers).map(({ wired }) => wired),
      timeout: requestTimeout,
      offset,
      leaseMs,
      wired: true,
    })
    workers[index] = worker
    incarnations.set(name, { received: worker.received, served: new Set() })
  }
  await Promise.all(Array.from({ length: count }, (_none, index) => start(index)))

  async function setUp(step: Step): Promise<void> {
    offset += step.jump
    for (const [index, worker] of workers.entries())
      await worker.call({
        do: 'clock',
        offset: offset + (step.skew?.worker === index ? step.skew.by : 0),
      })
    if (step.provider) {
      const { wire, mock } = providers[step.provider.manner]
      if ('wire' in step.provider)
        for (let time = 0; time < step.provider.times; time++) wire.fault(step.provider.wire)
      else mock.fault(step.provider.fault)
    }
    if (step.store)
      for (const [index, worker] of workers.entries())
        if (step.store.worker === 'all' || step.store.worker === index)
          await worker.call({ do: 'store', fault: step.store.fault })
    if (step.death) {
      const { worker, at, delay } = step.death
      await workers[worker]?.call({ do: 'die', at, delay })
    }
    const ending = step.end === undefined ? undefined : subjects[step.end]
    if (ending) {
      const simulated = providers[ending.manner]
      // Any token of the family ends it.
      await simulated.end([...familyOf(simulated, ending.first).refreshTokens].at(-1) ?? '')
      ending.ended = true
    }
  }

  /** The tokens that its callers got. */
  async function call(planned: PlannedCall): Promise<readonly string[]> {
    const subject = subjects[planned.connection]
    const process = workers[planned.worker]
    if (!subject || !process) throw new Error('the plan names what is not there')
    const whom = { provider: subject.manner, tenantId: subject.tenantId }
    const command =
      planned.do === 'tokens'
        ? ({ ...whom, do: 'tokens', count: 3 } as const)
        : planned.do === 'fetch'
          ? ({ ...whom, do: 'fetch', path: '/ping' } as const)
          : ({ ...whom, do: 'refresh' } as const)
    const outcome = await process.call(command)
    calls += planned.do === 'tokens' ? 3 : 1
    if (outcome !== 'died') note(subject, process, outcome)
    const became = outcome === 'died' ? 'died' : words(outcome)
    log.push(`  ${process.name} ${planned.do} ${subject.tenantId}: ${became}`)
    return outcome === 'died' ? [] : Object.keys(outcome.tokens)
  }

  function note(subject: Subject, worker: Worker, outcome: Outcome): void {
    const { order } = familyOf(providers[subject.manner], subject.first)
    for (const token of Object.keys(outcome.tokens)) incarnations.get(worker.name)?.served.add(token)
    for (const [code, times] of Object.entries(outcome.errors)) errors[code] = (errors[code] ?? 0) + times
    for (const complaint of complaints(outcome, order, subject.best))
      fail(`${worker.name}, ${subject.tenantId}: ${complaint}`)
  }

  /** What was served while the store was well is in it: nobody may get an older token from the next step on. */
  function raiseBest(
    outcomes: readonly { readonly connection: number; readonly tokens: readonly string[] }[],
  ): void {
    for (const { connection, tokens } of outcomes) {
      const subject = subjects[connection]
      if (!subject) continue
      const { order } = familyOf(providers[subject.manner], subject.first)
      subject.best = Math.max(subject.best, ...tokens.map((token) => order.indexOf(token)))
    }
  }

  async function buryDead(storeTrouble: boolean): Promise<void> {
    for (const [index, worker] of workers.entries()) {
      const incarnation = incarnations.get(worker.name)
      if (worker.isAlive() || !incarnation) continue
      kills += 1
      incarnation.death = { stepBegan, storeFailing: storeTrouble || troubledBefore }
      retired.push(worker)
      log.push(`  ${worker.name} was killed`)
      await start(index)
    }
  }

  /** A connection that is dead is accounted for, and made anew. */
  async function judge(subject: Subject): Promise<void> {
    const { manner, tenantId } = subject
    const connection = await clients[manner].getConnection({ tenantId })
    if (connection?.status === 'active') return
    await bury(subject, connection === undefined ? 'gone' : 'reconnect_required')
  }

  function causeOf(stored: string, { first }: Subject): Unpreventable | undefined {
    const { wire } = providers.strict
    const { refreshTokens } = familyOf(providers.strict, first)
    if (wire.lateReuses.some((token) => refreshTokens.has(token)))
      return 'slower than the timeout, then the retry was reuse'
    return judgeLoss(stored, wire.rotations, incarnations)
  }

  async function bury(subject: Subject, what: string): Promise<void> {
    const { manner, tenantId } = subject
    const { refreshToken = '' } = await clients[manner].getTokens({ tenantId })
    const cause = manner === 'strict' ? causeOf(refreshToken, subject) : undefined
    if (subject.ended) log.push(`  ${tenantId} is ${what}: its provider had ended the grant`)
    else if (cause) {
      losses[cause] = (losses[cause] ?? 0) + 1
      log.push(`  ${tenantId} is ${what}: ${cause}`)
    } else fail(`${tenantId} (${manner}) is ${what} without cause`)
    const heard = [...retired, ...workers]
      .flatMap((worker) => worker.heard)
      .filter((each) => each.hook === 'reconnect' && each.tenantId === tenantId).length
    if (heard - subject.reconnectsHeard > 1)
      fail(`${tenantId}: onReconnectRequired was called more than once`)
    subject.reconnectsHeard = heard
    subject.first = await connect(subject)
    subject.ended = false
    subject.best = 0
  }

  return {
    async step(number: number, step: Step): Promise<void> {
      const { calls: planned, ...trouble } = step
      stepBegan = performance.now()
      log.push(`step ${number}: ${JSON.stringify(trouble)}`)
      await setUp(step)
      const arrived = Object.values(providers).map(({ wire }) => wire.refreshes.length)
      const outcomes = await Promise.all(
        planned.map(async (each) => ({ connection: each.connection, tokens: await call(each) })),
      )
      for (const [index, { wire, mock, manner }] of Object.values(providers).entries()) {
        for (const refresh of wire.refreshes.slice(arrived[index])) log.push(`  at ${manner}: ${refresh}`)
        wire.clearFaults()
        mock.clearFaults()
      }
      const storeTrouble = step.store !== undefined
      if (!storeTrouble && !troubledBefore) raiseBest(outcomes)
      await buryDead(storeTrouble)
      troubledBefore = storeTrouble
      for (const subject of subjects) await judge(subject)
    },

    /** Everything is healed, and every connection must work. */
    async finish(): Promise<void> {
      log.push('healed')
      for (const worker of workers) {
        await worker.call({ do: 'store', fault: { on: 'nothing' } })
        if ((await worker.call({ do: 'close' })) === 'died') fail(`${worker.name} died at its end`)
      }
      await Promise.all(workers.map((worker) => worker.ended))
      offset += 3 * hour
      for (const subject of subjects) await judge(subject)
      for (const subject of subjects) await prove(subject)
      for (const worker of [...retired, ...workers])
        for (const unhandled of worker.unhandled) fail(`${worker.name}: unhandled rejection: ${unhandled}`)
    },

    result: () => ({
      calls,
      kills,
      refreshes: Object.values(providers).reduce((sum, { wire }) => sum + wire.refreshes.length, 0),
      losses,
      errors,
      failures,
      log,
    }),

    async close(): Promise<void> {
      await Promise.all(workers.map((worker) => worker.kill()))
      await Promise.all(Object.values(providers).map((simulated: Simulated) => simulated.close()))
      await opened.close()
    },
  }

  async function prove(subject: Subject): Promise<void> {
    const { manner, tenantId } = subject
    try {
      const response = await clients[manner].fetch({ tenantId }, '/ping')
      await response.body?.cancel()
      if (response.status === 200) return
      await bury(subject, `answered with ${response.status}`)
    } catch (error) {
      await bury(subject, error instanceof Error ? error.message : 'failing')
    }
  }
}

function words({ tokens, errors, statuses, counts }: Outcome): string {
  return JSON.stringify({ ...tokens, ...errors, ...statuses, ...counts })
}
