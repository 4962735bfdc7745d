import { OAuthError } from '../errors/oauth-error.ts'
import type { RetryRules } from './failures.ts'
import type { HistoricalSyncOptions, RunWindow, SyncWindows, WindowedRun } from './types.ts'

/** The options with nothing missing and nothing that cannot work. */
export interface SyncSettings {
  readonly months: number
  readonly lease: number
  readonly rules: RetryRules
  readonly clock: () => number
  /** Nothing for a provider that has no run. */
  runOf(provider: string): WindowedRun | undefined
  windowsOf(provider: string): SyncWindows
}

const defaultWindows = { days: 7 } as const
/** ms: a day. Timers take no more than 24 of them, and go off at once beyond that. */
export const longestTime = 86_400_000

/** Throws `config_invalid`, naming every option that is wrong. */
export function readSyncOptions(options: HistoricalSyncOptions): SyncSettings {
  const { months = 3, lease = 60_000, retry = {}, concurrency = {}, run } = options
  const { attempts = 8, firstDelay = 1_000, longestDelay = 300_000 } = retry
  const mistakes: string[] = []
  const check = (name: string, value: unknown, least: number) => {
    if (!(typeof value === 'number' && Number.isSafeInteger(value) && value >= least))
      mistakes.push(`${name} must be a whole number, at least ${least}`)
  }
  const checkTime = (name: string, value: unknown, least: number) => {
    if (!(typeof value === 'number' && value >= least && value <= longestTime))
      mistakes.push(`${name} must be a number of ms from ${least} to ${longestTime} (a day)`)
  }
  check('months', months, 1)
  checkTime('lease', lease, 1_000)
  check('retry.attempts', attempts, 1)
  checkTime('retry.firstDelay', firstDelay, 0)
  checkTime('retry.longestDelay', longestDelay, 0)
  const { perProvider, perTenant } = concurrency
  const limits = typeof perProvider === 'object' ? perProvider : { every: perProvider }
  for (const [id, limit] of Object.entries({ ...limits }))
    if (limit !== undefined) check(`concurrency.perProvider (${id})`, limit, 1)
  if (perTenant !== undefined) check('concurrency.perTenant', perTenant, 1)
  for (const [id, each] of Object.entries(typeof run === 'object' ? run : { every: run }))
    if (typeof runnable(each) !== 'function')
      mistakes.push(`run (${id}) must be a function, or { run, windows? }`)
  if (mistakes.length > 0)
    throw new OAuthError({ code: 'config_invalid', detail: `createHistoricalSync: ${mistakes.join('; ')}` })

  const runOf = (provider: string): WindowedRun | undefined => {
    if (typeof run === 'function') return { run }
    const own = Object.hasOwn(run, provider) ? run[provider] : undefined
    return typeof own === 'function' ? { run: own } : own
  }
  return {
    months,
    lease,
    rules: { attempts, firstDelay, longestDelay },
    clock: options.clock ?? Date.now,
    runOf,
    windowsOf: (provider) => runOf(provider)?.windows ?? options.windows ?? defaultWindows,
  }
}

function runnable(each: RunWindow | WindowedRun | undefined): unknown {
  return typeof each === 'object' && each !== null ? each.run : each
}
