import { describe, expect, it } from 'vitest'
import { googleCalendar } from '../../../providers/google-calendar.ts'
import { jira } from '../../../providers/jira.ts'
import type { ProviderDefinition } from '../../../src/provider/definition.ts'
import { readText } from '../../../src/provider/path.ts'
import { historyOf } from '../../../src/sync/history/history-of.ts'
import { fedClient, json } from './fed-client.ts'

const hour = 3_600_000
const zones = [-12, -8, 0, 5, 14]
// Cut where no zone has a midnight, and where UTC has one.
const cuts = [10.5, 24, 29.75, 48, 70].map((hours) => new Date(Date.UTC(2026, 9, 5) + hours * hour))
const first = cuts[0]?.getTime() ?? 0
const end = cuts.at(-1)?.getTime() ?? 0

/** Reads all windows one after the other, as a backfill does. */
async function readAll(definition: ProviderDefinition, answer: (url: URL) => unknown) {
  const { context } = await fedClient(definition, ({ url }) => json(answer(new URL(url))))
  const ids: (string | undefined)[] = []
  for (const [index, to] of cuts.entries()) {
    const from = cuts[index - 1]
    if (!from) continue
    for await (const { items } of historyOf(definition).pages({ from, to }, context))
      ids.push(...items.map((item) => readText(item, 'id')))
  }
  return ids.sort()
}

describe.each(zones)('a user whose zone is %i hours from UTC', (zone) => {
  it('jira: every issue comes once, though JQL reads days in that zone', async () => {
    const issues = Array.from({ length: 24 * 5 }, (_, index) => {
      const at = Date.UTC(2026, 9, 4) + index * hour
      return { id: new Date(at).toISOString(), at, fields: { updated: new Date(at).toISOString() } }
    })
    const ids = await readAll(jira, (url) => {
      const [from, to] = [...(url.searchParams.get('jql') ?? '').matchAll(/"(\d{4}-\d\d-\d\d)"/g)].map(
        ([, date = '']) => Date.parse(date) - zone * hour,
      )
      return {
        isLast: true,
        issues: issues.filter(({ at }) => at >= (from ?? Number.NaN) && at < (to ?? Number.NaN)),
      }
    })
    expect(ids).toEqual(issues.filter(({ at }) => at >= first && at < end).map(({ id }) => id))
  })

  it('google-calendar: every whole day comes once, though it begins at midnight of that zone', async () => {
    const days = Array.from({ length: 7 }, (_, index) => {
      const utc = Date.UTC(2026, 9, 3 + index)
      const date = new Date(utc).toISOString().slice(0, 10)
      return { id: date, utc, start: { date }, begins: utc - zone * hour }
    })
    const ids = await readAll(googleCalendar, (url) => {
      const min = Date.parse(url.searchParams.get('timeMin') ?? '')
      const max = Date.parse(url.searchParams.get('timeMax') ?? '')
      return { items: days.filter(({ begins }) => begins + 24 * hour > min && begins < max) }
    })
    expect(ids).toEqual(days.filter(({ utc }) => utc >= first && utc < end).map(({ id }) => id))
  })
})
