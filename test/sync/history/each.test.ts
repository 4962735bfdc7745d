import { describe, expect, it } from 'vitest'
import type { HistoryDefinition, ProviderDefinition } from '../../../src/provider/definition.ts'
import { historyOf } from '../../../src/sync/history/history-of.ts'
import type { RunContext, SyncReport } from '../../../src/sync/types.ts'
import { fedClient, json, window } from './fed-client.ts'
import { type Answer, acme, paged, urls } from './reading.ts'

describe('each', () => {
  async function run(definition: ProviderDefinition, answer: Answer, cursor?: string) {
    const fed = await fedClient(definition, answer)
    const reports: SyncReport[] = []
    const saved: (readonly unknown[])[] = []
    const order: string[] = []
    const context: RunContext = {
      ...fed.context,
      cursor,
      signal: new AbortController().signal,
      async report(progress) {
        order.push('report')
        reports.push(progress)
      },
    }
    const { run: work, windows } = historyOf(definition).each((items, own) => {
      expect(own.window).toBe(window)
      expect(own.connection).toBe(fed.connection)
      order.push('save')
      saved.push(items)
    })
    await work(window, context)
    return { ...fed, reports, saved, order, windows }
  }

  it('saves a page, then reports it, and asks for nothing once the last is reported', async () => {
    const definition = acme({ total: 'count' })
    const answer: Answer = (_request, index) =>
      json({ items: index === 1 ? [] : [index, index], count: 4, next: index < 2 ? `c${index}` : null })
    const { reports, saved, order } = await run(definition, answer)
    expect(order).toEqual(['save', 'report', 'report', 'save', 'report'])
    expect(saved).toEqual([
      [0, 0],
      [2, 2],
    ])
    expect(reports.map(({ records, total }) => [records, total])).toEqual([
      [2, 4],
      [0, 4],
      [2, 4],
    ])
    const [first, , last] = reports.map(({ cursor }) => cursor)
    expect(last).toBeNull()
    const resumed = await run(definition, (request, index) => answer(request, index + 1), first ?? undefined)
    expect(urls(resumed.sent)[0]).toContain('cursor=c0')
    expect(resumed.saved).toEqual([[2, 2]])
  })

  it('does not report what could not be saved', async () => {
    const fed = await fedClient(acme(), paged)
    const reports: SyncReport[] = []
    const { run: work } = historyOf(acme()).each(() => Promise.reject(new Error('the table is full')))
    const report = async (progress: SyncReport) => void reports.push(progress)
    const signal = new AbortController().signal
    await expect(work(window, { ...fed.context, cursor: undefined, signal, report })).rejects.toThrow('table')
    expect([reports.length, fed.sent.length]).toEqual([0, 1])
  })

  it.each<[string, Partial<HistoryDefinition>, unknown]>([
    ['both bounds', { resource: '/i?a={since}&b={until}' }, { days: 7 }],
    ['both bounds, and few days a call', { resource: '/i?a={since}&b={until}', maxDays: 2 }, { days: 2 }],
    ['both bounds, and many days a call', { resource: '/i?a={since}&b={until}', maxDays: 30 }, { days: 7 }],
    ['a beginning, and few days a call', { resource: '/i?a={since}', maxDays: 2 }, { days: 2 }],
    ['both in a body', { json: { filter: 'from {since}', end: ['{until}'] } }, { days: 7 }],
    ['a beginning', { headers: { since: '{since}' } }, 'whole'],
    ['none', {}, 'whole'],
  ])('has windows that suit %s', (_what, history, windows) => {
    expect(historyOf(acme(history)).windows).toEqual(windows)
    expect(historyOf(acme(history)).each(() => undefined).windows).toEqual(windows)
  })
})
