import { randomUUID } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import { OAuthError } from '../errors/oauth-error.ts'
import { afterFailure, type RetryRules } from './failures.ts'
import type { Ledger, RunRecord } from './ledger.ts'
import type { HeldLedger, Ledgers } from './ledgers.ts'
import type { Places } from './places.ts'
import type { RunWindow } from './types.ts'

export interface Workshop {
  readonly ledgers: Ledgers
  readonly places: Places
  readonly lease: number
  readonly rules: RetryRules
  readonly clock: () => number
  /** By id, what makes a worker of this process look whether its run is still its own. */
  readonly beats: Map<string, () => void>
  /** ms after which a run that cannot be worked on now is looked at again. */
  putOff(least?: number): number
  runOf(provider: string): RunWindow | undefined
  /** Told after each write of this process. */
  changed(ledger: Ledger): void
  failed(error: OAuthError, ledger: Ledger | undefined): void
}

/** Why a run is no longer this worker's. The reason of `signal`, and what `report` then rejects with. */
export type Interruption = 'paused' | 'cancelled' | 'taken over' | 'worker closed'

/** A run that this worker holds: what it may write is written only as long as nobody else has changed its course. */
export interface HeldRun {
  ledger(): Ledger
  /** Aborted, with an `Interruption` as its error's message, once the run is no longer this worker's. */
  readonly signal: AbortSignal
  interrupt(why: Interruption): void
  /** Writes one after the other. Throws the interruption where the run is no longer this worker's. */
  update(
    change: (run: RunRecord, ledger: Ledger) => Partial<Ledger> & { readonly run: RunRecord },
  ): Promise<void>
  /** Stops the heartbeat. */
  end(): void
}

export async function holdRun(
  shop: Workshop,
  id: string,
  found: HeldLedger,
  extendPlaces: () => Promise<void>,
): Promise<HeldRun | undefined> {
  const owner = randomUUID()
  const { clock, lease, ledgers } = shop
  const [first] = found.ledger.runs
  if (!first) return undefined
  const now = clock()
  const silence = first.status === 'running' ? silenceOf(found.ledger) : undefined
  const from = silence ? afterFailure(first, silence, undefined, shop.rules, now) : first
  if (silence && from.status === 'failed') {
    const ended = await ledgers.save(id, found, withRun(found.ledger, from))
    if (ended) {
      shop.changed(ended.ledger)
      shop.failed(silence, ended.ledger)
    }
    return undefined
  }
  const claimed: RunRecord = {
    ...from,
    status: 'running',
    owner,
    leaseEnds: now + lease,
    retryAt: undefined,
    startedAt: from.startedAt ?? now,
    updatedAt: now,
  }
  const saved = await ledgers.save(id, found, withRun(found.ledger, claimed))
  if (!saved) return undefined
  shop.changed(saved.ledger)
  if (silence) shop.failed(silence, saved.ledger)
  let held = saved
  const controller = new AbortController()
  // The application may have as many requests under way as it likes.
  setMaxListeners(0, controller.signal)
  const interrupt = (why: Interruption) => {
    if (!controller.signal.aborted)
      controller.abort(new DOMException(`the historical sync was ${why}`, 'AbortError'))
  }

  async function write(change: Parameters<HeldRun['update']>[0]): Promise<void> {
    while (true) {
      const [run] = held.ledger.runs
      if (!run || run.owner !== owner || run.status !== 'running') {
        interrupt(interruptionOf(run))
        throw controller.signal.reason
      }
      const { run: next, ...more } = change(run, held.ledger)
      const written = await ledgers.save(id, held, { ...withRun(held.ledger, next), ...more })
      if (written) {
        held = written
        shop.changed(written.ledger)
        return
      }
      // A reconnect may have added windows, or a person may have stopped it.
      const current = await ledgers.load(id)
      if (!current) {
        interrupt('cancelled')
        throw controller.signal.reason
      }
      held = current
    }
  }

  let last: Promise<unknown> = Promise.resolve()
  const update: HeldRun['update'] = (change) => {
    const mine = last.then(() => write(change))
    last = mine.catch(() => undefined)
    return mine
  }
  let isBeating = false
  const beat = () => {
    const [run] = held.ledger.runs
    // Nobody could tell us any more that the run is somebody else's by now.
    if (run?.leaseEnds !== undefined && run.leaseEnds <= clock()) interrupt('taken over')
    if (controller.signal.aborted) return
    isBeating = true
    const written = update((current) => ({ run: { ...current, leaseEnds: clock() + lease } }))
    void Promise.allSettled([written, extendPlaces()]).then(() => {
      isBeating = false
    })
  }
  const timer = setInterval(() => {
    // A store that takes its time has not answered the one before.
    if (!isBeating) beat()
  }, lease / 3)
  shop.beats.set(id, beat)
  return {
    ledger: () => held.ledger,
    signal: controller.signal,
    interrupt,
    update,
    end() {
      clearInterval(timer)
      if (shop.beats.get(id) === beat) shop.beats.delete(id)
    },
  }
}

/**
 * A run whose worker went silent: that counts as a failure, since what ends its process each time (memory, for one) would
 * otherwise end one worker after the other.
 */
function silenceOf({ provider }: Ledger): OAuthError {
  return new OAuthError({
    code: 'timeout',
    provider,
    detail: 'the process that worked on this run ended or stood still',
    hint: 'It goes on at its last checkpoint. If this happens again and again, see what ends the process: memory, perhaps.',
    retryable: true,
  })
}

function interruptionOf(run: RunRecord | undefined): Interruption {
  if (run?.status === 'paused') return 'paused'
  return run?.status === 'cancelled' || !run ? 'cancelled' : 'taken over'
}

function withRun(ledger: Ledger, run: RunRecord): Ledger {
  return { ...ledger, runs: [run, ...ledger.runs.slice(1)] }
}
