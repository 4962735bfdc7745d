import type { Fault } from '../../src/testing/index.ts'
import type { DeathPoint, StoreFault } from './commands.ts'
import type { Manner } from './definitions.ts'
import { createRandom, type Random } from './random.ts'
import type { WireFault } from './wire.ts'

/** ms for one request of a worker. */
export const requestTimeout = 600

export const connections = [
  { manner: 'strict', tenantId: 's1' },
  { manner: 'strict', tenantId: 's2' },
  { manner: 'strict', tenantId: 's3' },
  { manner: 'graceful', tenantId: 'g1' },
  { manner: 'graceful', tenantId: 'g2' },
  { manner: 'steady', tenantId: 'f1' },
] as const satisfies readonly { readonly manner: Manner; readonly tenantId: string }[]

export interface PlannedCall {
  readonly worker: number
  readonly connection: number
  readonly do: 'tokens' | 'refresh' | 'fetch'
}

/** One step: what is set up, then what all workers do at once. Numbers of workers and connections, nothing that depends on a run. */
export interface Step {
  /** ms by which everybody's clock moves. */
  readonly jump: number
  /** One worker whose clock is off by so many ms. */
  readonly skew?: { readonly worker: number; readonly by: number }
  readonly provider?: { readonly manner: Manner } & (
    | { readonly wire: WireFault; readonly times: number }
    | { readonly fault: Fault }
  )
  readonly store?: { readonly worker: number | 'all'; readonly fault: StoreFault }
  readonly death?: { readonly worker: number; readonly at: DeathPoint; readonly delay: number }
  /** The user removes the app at the provider. */
  readonly end?: number
  readonly calls: readonly PlannedCall[]
}

/** The whole schedule, from its seed alone. */
export function planSchedule(seed: number): { readonly workers: number; readonly steps: readonly Step[] } {
  const random = createRandom(seed)
  const workers = random.whole(2, 3)
  return { workers, steps: Array.from({ length: 25 }, () => planStep(random, workers)) }
}

const minute = 60_000

function planStep(random: Random, workers: number): Step {
  const worker = () => random.whole(0, workers - 1)
  const trouble = random.pick(['provider', 'provider', 'wire', 'wire', 'store', 'death', 'death', 'none'])
  const manner = random.pick(['strict', 'strict', 'graceful', 'steady'])
  return {
    jump: planJump(random),
    ...(random.chance(0.15) && { skew: { worker: worker(), by: random.whole(-2, 2) * 45_000 } }),
    ...(trouble === 'provider' && { provider: { manner, fault: planFault(random) } }),
    ...(trouble === 'wire' && { provider: { manner, wire: planWire(random), times: random.whole(1, 2) } }),
    ...(trouble === 'store' && {
      store: { worker: random.chance(0.5) ? 'all' : worker(), fault: planStoreFault(random) },
    }),
    // Now and then two troubles at once.
    ...((trouble === 'death' || random.chance(0.08)) && {
      death: { worker: worker(), at: planDeath(random), delay: random.pick([0, 0, 1, 2, 5]) },
    }),
    ...(random.chance(0.03) && { end: random.whole(0, connections.length - 1) }),
    calls: connections.flatMap((_connection, connection) =>
      random.chance(0.7)
        ? Array.from({ length: random.whole(1, 4) }, () => ({
            worker: worker(),
            connection,
            do: random.pick(['tokens', 'tokens', 'tokens', 'fetch', 'refresh']),
          }))
        : [],
    ),
  }
}

function planJump(random: Random): number {
  const kind = random.pick(['expiry', 'expiry', 'expiry', 'some', 'back', 'none'])
  if (kind === 'expiry') return random.whole(61, 180) * minute
  if (kind === 'some') return random.whole(1, 40) * minute
  return kind === 'back' ? -random.whole(1, 120) * 1_000 : 0
}

/** Of the simulator's own faults those that keep it from carrying out the request: the wire does the others, and keeps account. */
function planFault(random: Random): Fault {
  const on = 'refresh'
  const times = random.whole(1, 2)
  const kind = random.pick([
    'html',
    'empty',
    'reset',
    'slow',
    'rate-limited',
    'server-error',
    'oversized',
    'redirect',
  ])
  if (kind === 'slow') return { on, times, kind, ms: random.pick([50, 150, 2 * requestTimeout]) }
  if (kind === 'rate-limited') return { on, times, kind, retryAfter: random.pick([1, 5, 600]) }
  if (kind === 'html') return { on, times, kind, status: random.pick([200, 400, 503]) }
  if (kind === 'server-error') return { on, times, kind, status: random.pick([500, 502, 504]) }
  return { on, times, kind }
}

function planWire(random: Random): WireFault {
  const when = random.pick(['before', 'after'])
  switch (random.pick(['hang', 'reset', 'replaced', 'truncated', 'slow', 'kill', 'kill'])) {
    case 'hang':
      return { kind: 'hang', when }
    case 'reset':
      return { kind: 'reset', when }
    case 'replaced':
      return random.pick<WireFault>([
        { kind: 'replaced', status: 502, body: '<html><title>Bad gateway</title></html>' },
        { kind: 'replaced', status: 503, body: '{"error":"server_error"}' },
        { kind: 'replaced', status: 429, body: '{"error":"rate_limited"}', retryAfter: '2' },
        { kind: 'replaced', status: 200, body: '' },
      ])
    case 'truncated':
      return { kind: 'truncated' }
    case 'slow':
      return { kind: 'slow', ms: random.pick([100, 2 * requestTimeout]) }
    default:
      return { kind: 'kill', when }
  }
}

function planStoreFault(random: Random): StoreFault {
  const times = random.whole(1, 2)
  return random.pick<StoreFault>([
    { on: 'save', effect: 'before', times },
    { on: 'save', effect: 'after', times },
    { on: 'load', effect: 'before', times },
    { on: 'everything', ms: random.whole(50, 700) },
  ])
}

function planDeath(random: Random): DeathPoint {
  return random.pick(['before-request', 'after-answer', 'write-under-way', 'after-write', 'before-release'])
}
