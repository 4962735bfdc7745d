import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OAuthError } from '../../src/errors/oauth-error.ts'
import {
  historicalSyncJob,
  subtractMonths,
  triggerHistoricalSyncOnConnection,
} from '../../src/sync/historical-sync.ts'
import type { Connection, HistoricalSyncJob } from '../../src/types.ts'

const at = new Date('2026-05-31T10:20:30.456Z')
const connection: Connection = {
  provider: 'acme',
  tenantId: 't1',
  connectionId: 'default',
  userId: 'u1',
  status: 'active',
  scopes: [],
  tokenType: 'Bearer',
  params: {},
  createdAt: new Date(0),
  connectedAt: at,
  updatedAt: at,
  refreshedAt: at,
  version: 1,
}

describe('calendar months back', () => {
  it.each([
    ['2026-05-31T10:00:00Z', 3, '2026-02-28T10:00:00Z'],
    ['2024-05-31T10:00:00Z', 3, '2024-02-29T10:00:00Z'],
    ['2026-05-28T10:00:00Z', 3, '2026-02-28T10:00:00Z'],
    ['2026-01-31T00:00:00Z', 3, '2025-10-31T00:00:00Z'],
    ['2026-12-31T23:59:59.999Z', 1, '2026-11-30T23:59:59.999Z'],
    ['2026-03-31T00:00:00Z', 1, '2026-02-28T00:00:00Z'],
    ['2024-02-29T00:00:00Z', 12, '2023-02-28T00:00:00Z'],
    ['2024-02-29T00:00:00Z', 48, '2020-02-29T00:00:00Z'],
    ['2026-05-31T10:00:00Z', 0, '2026-05-31T10:00:00Z'],
  ])('%s − %i is %s', (from, months, to) =>
    expect(subtractMonths(new Date(from), months)).toEqual(new Date(to)),
  )

  it('never end later, keep the time of day, and clamp the day', () => {
    const dates = fc.date({ min: new Date('1971-01-01'), max: new Date('2200-01-01'), noInvalidDate: true })
    fc.assert(
      fc.property(dates, fc.integer({ min: 0, max: 600 }), (date, months) => {
        const given = date.getTime()
        const result = subtractMonths(date, months)
        expect(date.getTime()).toBe(given)
        expect(result.getTime()).toBeLessThanOrEqual(given)
        expect(result.toISOString().slice(-13)).toBe(date.toISOString().slice(-13))
        const month = (each: Date) => each.getUTCFullYear() * 12 + each.getUTCMonth()
        expect(month(date) - month(result)).toBe(months)
        const last = new Date(Date.UTC(result.getUTCFullYear(), result.getUTCMonth() + 1, 0)).getUTCDate()
        expect(result.getUTCDate()).toBe(Math.min(date.getUTCDate(), last))
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('the job of a connect', () => {
  it('reaches three months back from the connect', () => {
    expect(historicalSyncJob(connection, 3)).toEqual({
      provider: 'acme',
      tenantId: 't1',
      userId: 'u1',
      connectionId: 'default',
      months: 3,
      from: new Date('2026-02-28T10:20:30.456Z'),
      to: at,
      idempotencyKey: expect.stringMatching(/^[A-Za-z0-9_-]{24}$/),
      source: expect.stringMatching(/^[A-Za-z0-9_-]{24}$/),
    })
  })

  it('names the account and site behind the connection, by what they are and nothing else', () => {
    const sourceOf = (more: Partial<Connection>) => historicalSyncJob({ ...connection, ...more }, 3).source
    const own = { account: { id: 'a', name: 'A' }, params: { site: 's', cloud: 'c' } }
    expect(sourceOf({ ...own, account: { id: 'a', name: 'renamed' } })).toBe(sourceOf(own))
    expect(sourceOf({ ...own, params: { cloud: 'c', site: 's' }, connectedAt: new Date(0) })).toBe(
      sourceOf(own),
    )
    expect(sourceOf({ ...own, account: { id: 'b' } })).not.toBe(sourceOf(own))
    expect(sourceOf({ ...own, params: { site: 's', cloud: 'd' } })).not.toBe(sourceOf(own))
  })

  it('has one key for one connect, whatever else changes, and another for another', () => {
    const key = (changed: Partial<Connection> = {}, months = 3) =>
      historicalSyncJob({ ...connection, ...changed }, months).idempotencyKey
    expect(key()).toBe(key())
    expect(key({ updatedAt: new Date(1), version: 9, scopes: ['x'], params: { a: 'b' } })).toBe(key())
    const others = [
      key({ connectedAt: new Date(at.getTime() + 1) }),
      key({ tenantId: 't2' }),
      key({ connectionId: 'b' }),
      key({ provider: 'b' }),
    ]
    expect(new Set([key(), ...others]).size).toBe(5)
    expect(key({ tenantId: 'a', connectionId: 'bc' })).not.toBe(key({ tenantId: 'ab', connectionId: 'c' }))
  })
})

describe('triggerHistoricalSyncOnConnection', () => {
  it('hands the job over and says that it started', async () => {
    const jobs: HistoricalSyncJob[] = []
    const start = (job: HistoricalSyncJob) => {
      jobs.push(job)
      return Promise.resolve('job-1')
    }
    expect(await triggerHistoricalSyncOnConnection({ connection, sync: { start } })).toEqual({
      status: 'started',
      jobId: 'job-1',
    })
    expect(
      await triggerHistoricalSyncOnConnection({ connection, sync: { start, months: 12 }, maxMonths: 6 }),
    ).toMatchObject({ status: 'started' })
    expect(
      await triggerHistoricalSyncOnConnection({ connection, sync: { start, months: 1 }, maxMonths: 6 }),
    ).toMatchObject({ status: 'started' })
    expect(jobs.map((job) => job.months)).toEqual([3, 6, 1])
    expect(jobs[0]).toEqual(historicalSyncJob(connection, 3))
  })

  it('tells what an engine says of its run', async () => {
    const answering = (answer: { id: string; nothingToDo?: string }) =>
      triggerHistoricalSyncOnConnection({ connection, sync: { start: () => answer } })
    expect(await answering({ id: 'r-1' })).toEqual({ status: 'started', jobId: 'r-1' })
    expect(await answering({ id: 'r-1', nothingToDo: 'already_synced' })).toEqual({
      status: 'skipped',
      jobId: 'r-1',
      reason: 'already_synced',
    })
  })

  it('takes a start that answers at once, or with nothing', async () => {
    expect(await triggerHistoricalSyncOnConnection({ connection, sync: { start: () => 'j' } })).toEqual({
      status: 'started',
      jobId: 'j',
    })
    expect(await triggerHistoricalSyncOnConnection({ connection, sync: { start: () => {} } })).toEqual({
      status: 'started',
    })
  })

  it('skips where there is none', async () => {
    for (const sync of [false, undefined] as const)
      expect(await triggerHistoricalSyncOnConnection({ connection, sync })).toEqual({ status: 'skipped' })
  })

  it('tells a failure and does not throw it', async () => {
    const cause = new Error('queue is down')
    const starts = [
      () => {
        throw cause
      },
      () => Promise.reject(cause),
    ]
    for (const start of starts) {
      const outcome = await triggerHistoricalSyncOnConnection({ connection, sync: { start } })
      expect(outcome).toMatchObject({
        status: 'failed',
        error: { code: 'hook_failed', provider: 'acme', retryable: true, cause },
      })
      expect(outcome.status === 'failed' && outcome.error.message).not.toContain('queue is down')
    }
  })

  it('passes an OAuthError on, and survives any thrown value', async () => {
    const own = new OAuthError({ code: 'rate_limited' })
    expect(
      await triggerHistoricalSyncOnConnection({ connection, sync: { start: () => Promise.reject(own) } }),
    ).toEqual({ status: 'failed', error: own })
    for (const thrown of [undefined, null, 0, 'x', Symbol('x')])
      expect(
        await triggerHistoricalSyncOnConnection({
          connection,
          sync: { start: () => Promise.reject(thrown) },
        }),
      ).toMatchObject({ status: 'failed', error: { code: 'hook_failed' } })
  })

  it('gives up on a start that does not settle', async () => {
    let settle: (reason: Error) => void = () => undefined
    const start = () =>
      new Promise<string>((_resolve, reject) => {
        settle = reject
      })
    const outcome = await triggerHistoricalSyncOnConnection({ connection, sync: { start }, timeout: 5 })
    expect(outcome).toMatchObject({ status: 'failed', error: { code: 'timeout', provider: 'acme' } })
    // What it does afterwards is nobody's unhandled rejection: vitest fails the run on one.
    settle(new Error('late'))
    await new Promise((resolve) => setImmediate(resolve))
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1, 0.5])(
    'never hands over a job whose months are %s',
    async (months) => {
      const jobs: HistoricalSyncJob[] = []
      await triggerHistoricalSyncOnConnection({
        connection,
        sync: {
          months,
          start: (job) => {
            jobs.push(job)
          },
        },
      })
      for (const job of jobs) {
        expect(job.from.getTime()).toBeLessThanOrEqual(job.to.getTime())
        expect(Number.isInteger(job.months)).toBe(true)
      }
    },
  )
})
