import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Ledger } from '../../src/sync/ledger.ts'
import { cover, type PlanRequest, planRun } from '../../src/sync/plan.ts'
import type { Range } from '../../src/sync/ranges.ts'

const key = { provider: 'slack', tenantId: 't1', connectionId: 'default' }
/** Windows of five, whole ones from the end. */
const cut = ({ from, to }: Range): Range[] =>
  from < to ? [{ from: Math.max(from, to - 5), to }, ...cut({ from, to: Math.max(from, to - 5) })] : []
const plan = (before: Ledger | undefined, request: PlanRequest, now = 1_000) =>
  planRun(key, before, request, cut, now)
const bounds = (ledger: Ledger, run = 0) => ledger.runs[run]?.windows.map(({ from, to }) => [from, to])

/** The latest run with its first `count` windows done, and with this status. */
function worked(ledger: Ledger, count: number, status: Ledger['runs'][number]['status']): Ledger {
  const [run, ...earlier] = ledger.runs
  if (!run) throw new Error('no run')
  const windows = run.windows.map((window, index) => ({ ...window, done: window.done || index < count }))
  const covered = windows
    .filter(({ done }) => done)
    .reduce((sum, each) => cover({ ...ledger, covered: sum }, each), ledger.covered)
  return { ...ledger, covered, runs: [{ ...run, windows, status }, ...earlier] }
}

describe('a plan', () => {
  it('begins with all of the range', () => {
    const { ledger, nothingToDo } = plan(undefined, { from: 0, to: 12, idempotencyKey: 'k1', userId: 'u' })
    expect(bounds(ledger)).toEqual([
      [7, 12],
      [2, 7],
      [0, 2],
    ])
    expect(ledger.runs[0]).toMatchObject({ number: 1, status: 'pending', keys: ['k1'], userId: 'u' })
    expect(nothingToDo).toBeUndefined()
  })

  it('is made once for one key, whatever has become of the run', () => {
    const { ledger } = plan(undefined, { from: 0, to: 12, idempotencyKey: 'k1' })
    for (const status of ['running', 'paused', 'failed', 'cancelled', 'completed'] as const) {
      const before = worked(ledger, 1, status)
      expect(plan(before, { from: 0, to: 12, idempotencyKey: 'k1' }).ledger).toBe(before)
    }
  })

  it('adds to a run under way only what is newer, and leaves its status', () => {
    for (const status of ['pending', 'running', 'paused'] as const) {
      const before = worked(plan(undefined, { from: 0, to: 10 }).ledger, 1, status)
      const { ledger } = plan(before, { from: 3, to: 13, idempotencyKey: 'k2' })
      expect(bounds(ledger)).toEqual([
        [10, 13],
        [5, 10],
        [0, 5],
      ])
      expect(ledger.runs).toHaveLength(1)
      expect(ledger.runs[0]).toMatchObject({ status, from: 0, to: 13, keys: ['k2'] })
      expect(ledger.runs[0]?.windows.map(({ done }) => done)).toEqual([false, true, false])
    }
  })

  it('goes on with a failed run, and fills the gap', () => {
    const before = worked(plan(undefined, { from: 0, to: 10 }).ledger, 1, 'failed')
    const { ledger } = plan(before, { from: 2, to: 12 })
    expect(bounds(ledger)).toEqual([
      [10, 12],
      [5, 10],
      [0, 5],
    ])
    expect(ledger.runs).toHaveLength(1)
    expect(ledger.runs[0]).toMatchObject({ status: 'pending', attempts: 0 })
  })

  it('fills the gap since a completed run, and what a cancelled one left', () => {
    const done = worked(plan(undefined, { from: 0, to: 10 }).ledger, 2, 'completed')
    expect(bounds(plan(done, { from: 4, to: 14 }).ledger)).toEqual([[10, 14]])
    const cancelled = worked(plan(undefined, { from: 0, to: 10 }).ledger, 1, 'cancelled')
    expect(bounds(plan(cancelled, { from: 0, to: 12 }).ledger)).toEqual([
      [10, 12],
      [0, 5],
    ])
  })

  it('says so where there is nothing to do, and why', () => {
    const done = worked(plan(undefined, { from: 0, to: 10 }).ledger, 2, 'completed')
    const again = plan(done, { from: 2, to: 9, idempotencyKey: 'k2' })
    expect(again.nothingToDo).toBe('already_synced')
    expect(again.ledger.runs[0]).toMatchObject({
      status: 'completed',
      nothingToDo: 'already_synced',
      windows: [],
    })
    expect(plan(again.ledger, { from: 2, to: 9, idempotencyKey: 'k2' }).nothingToDo).toBe('already_synced')
    expect(plan(undefined, { from: 5, to: 5 }).nothingToDo).toBe('empty_range')
    expect(planRun(key, undefined, { from: 0, to: 5 }, undefined, 0).nothingToDo).toBe('no_run')
    // What was not run is not synced.
    expect(planRun(key, undefined, { from: 0, to: 5 }, undefined, 0).ledger.covered).toEqual([])
  })

  it('counts nothing that was synced of another account, and ends what is under way', () => {
    const before = worked(plan(undefined, { from: 0, to: 10, source: 'a' }).ledger, 1, 'running')
    const { ledger } = plan(before, { from: 0, to: 10, source: 'b' })
    expect(ledger.runs.map(({ status }) => status)).toEqual(['pending', 'cancelled'])
    expect(bounds(ledger)).toEqual([
      [5, 10],
      [0, 5],
    ])
    expect(ledger.covered).toEqual([])
    // Unknown is not another.
    expect(plan(before, { from: 0, to: 10 }).ledger.covered).toEqual([{ from: 5, to: 10 }])
  })

  it('keeps twenty runs', () => {
    let { ledger } = plan(undefined, { from: 0, to: 1 })
    for (let to = 2; to <= 30; to++) ledger = plan(worked(ledger, 1, 'completed'), { from: 0, to }).ledger
    expect(ledger.runs).toHaveLength(20)
    expect(ledger.runs[0]).toMatchObject({ number: 30, from: 0, to: 30 })
    expect(bounds(ledger)).toEqual([[29, 30]])
  })

  it('never plans a moment twice, and leaves none of a range out, whatever comes in what order', () => {
    const step = fc.oneof(
      fc.record({ from: fc.integer({ min: 0, max: 40 }), length: fc.integer({ min: 0, max: 40 }) }),
      fc.record({
        done: fc.integer({ min: 0, max: 9 }),
        status: fc.constantFrom('running', 'paused', 'failed', 'cancelled'),
      }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        let ledger: Ledger | undefined
        for (const each of steps) {
          if ('from' in each) {
            const asked = { from: each.from, to: each.from + each.length }
            ledger = plan(ledger, asked).ledger
            const [run] = ledger.runs
            const open = run && !['completed', 'cancelled'].includes(run.status) ? run.windows : []
            const planned = [...ledger.covered, ...open.filter(({ done }) => !done)]
            const times = new Map<number, number>()
            for (const { from, to } of planned)
              for (let at = from; at < to; at++) times.set(at, (times.get(at) ?? 0) + 1)
            expect([...times.values()].every((count) => count === 1)).toBe(true)
            for (let at = asked.from; at < asked.to; at++) expect(times.has(at)).toBe(true)
            const starts = run?.windows.map(({ from }) => from) ?? []
            expect(starts).toEqual([...starts].sort((a, b) => b - a))
          } else if (ledger?.runs[0] && !['completed', 'cancelled'].includes(ledger.runs[0].status)) {
            const next = worked(ledger, each.done, each.status)
            ledger = next.runs[0]?.windows.every(({ done }) => done) ? worked(next, 0, 'completed') : next
          }
        }
      }),
      { numRuns: 500 },
    )
  })
})
