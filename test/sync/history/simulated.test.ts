import { afterEach, describe, expect, it } from 'vitest'
import { providers } from '../../../providers/index.ts'
import type { ProviderDefinition } from '../../../src/provider/definition.ts'
import { readText } from '../../../src/provider/path.ts'
import { historyOf } from '../../../src/sync/history/history-of.ts'
import type { SyncReport, SyncWindow, SyncWindows } from '../../../src/sync/types.ts'
import { mockProvider } from '../../../src/testing/index.ts'
import { connectAs, ref, registration } from '../../testing/library-client.ts'
import { day } from './fed-client.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** The same definition for both sides, with pages that end early enough for there to be several. */
function withSmallPages(definition: ProviderDefinition): ProviderDefinition {
  const copy = structuredClone(definition)
  const page = Object(copy.history?.page)
  if (page.size !== undefined) Reflect.set(page, 'size', 5)
  return copy
}

/** As the engine cuts a range: newest first. */
function cut({ from, to }: SyncWindow, windows: SyncWindows): SyncWindow[] {
  if (windows === 'whole') return [{ from, to }]
  if (typeof windows === 'function') throw new Error('a history has no cut of its own')
  const result: SyncWindow[] = []
  for (let end = to.getTime(); end > from.getTime(); end -= windows.days * day)
    result.push({ from: new Date(Math.max(from.getTime(), end - windows.days * day)), to: new Date(end) })
  return result
}

const withHistory: readonly ProviderDefinition[] = providers.filter((each) => 'history' in each)

describe.each(withHistory.map((each) => [each.id, each] as const))('%s', (_id, builtIn) => {
  it('reads every item of three months exactly once from its simulator', async () => {
    const mock = mockProvider<ProviderDefinition>(withSmallPages(builtIn), registration)
    const server = await mock.listen()
    closing.push(() => server.close())
    const { definition } = server
    const { client, connection } = await connectAs(definition, mock, {
      hooks: { onWarning: () => undefined },
    })
    closing.push(() => client.close())
    const today = Math.floor(Date.now() / day) * day
    const range = { from: new Date(today - 92 * day), to: new Date(today) }
    const ids: (string | undefined)[] = []
    const reports: SyncReport[] = []
    const { id = 'id', time, page } = definition.history ?? {}
    const { run, windows = 'whole' } = historyOf(definition).each((items) => {
      for (const item of items) ids.push(readText(item, id))
    })
    for (const window of cut(range, windows))
      await run(window, {
        connection,
        fetch: (input, init) => client.fetch(ref, input, init),
        cursor: undefined,
        signal: new AbortController().signal,
        report: async (progress) => void reports.push(progress),
      })
    const numbers = ids.map((each) => Number(each?.replace('item-', ''))).sort((a, b) => a - b)
    const first = numbers[0] ?? Number.NaN
    expect(numbers).toEqual(numbers.map((_number, index) => first + index))
    if (time) expect([first, numbers.length]).toEqual([range.from.getTime() / day, 92])
    else expect(numbers.length).toBeGreaterThanOrEqual(92)
    expect(reports.reduce((sum, { records = 0 }) => sum + records, 0)).toBe(numbers.length)
    if (page)
      expect(mock.requests.filter(({ endpoint }) => endpoint === 'history').length).toBeGreaterThan(18)
    expect(mock.requests.filter(({ status }) => status !== 200)).toEqual([])
  })
})
