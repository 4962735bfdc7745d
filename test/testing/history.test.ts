import { afterEach, describe, expect, it } from 'vitest'
import type { OAuth2Definition } from '../../src/provider/definition.ts'
import { plain } from './definitions.ts'
import { closeAll, listening } from './plain-client.ts'

afterEach(closeAll)

const day = 86_400_000
type History = NonNullable<OAuth2Definition['history']>

/** Asks with a time bound, and tells the status and how long before now the items are, in days. */
async function asking(
  history: Partial<History>,
  write: (since: string) => { query?: string; headers?: Record<string, string> },
) {
  const own: History = { resource: '/items', ...history }
  const simulator = await listening({ ...plain, history: own })
  const { access_token: token } = await simulator.tokens()
  const ask = async (since: string) => {
    const { query = '', headers = {} } = write(since)
    const url = `${simulator.definition.api.baseUrl}/items${query}`
    const { status, body } = await simulator.client.get(url, String(token), { headers })
    const items: { created_at: string }[] = Object(body).items ?? []
    return { status, ages: items.map((item) => (simulator.clock() - Date.parse(item.created_at)) / day) }
  }
  return { ask, now: simulator.clock() }
}

describe('the time bound of a history', () => {
  it.each([
    ['date', '2026-11-17', '17.11.2026'],
    ['iso8601', '2026-11-17T00:00:00Z', '1795219200'],
    ['unix-seconds', '1794873600', '1794873600000'],
    ['unix-ms', '1794873600000', '1794873600'],
  ] as const)('as %s', async (sinceFormat, good, bad) => {
    const history = { resource: '/items?q=after:{since}', sinceFormat }
    const { ask } = await asking(history, (since) => ({
      query: `?q=${encodeURIComponent(`after:${since}`)}`,
    }))
    expect(await ask(good)).toEqual({ status: 200, ages: [3, 2, 1] })
    expect((await ask(bad)).status).toBe(400)
  })

  it('can stand in a header', async () => {
    const history = { headers: { 'If-Modified-Since': '{since}' }, sinceFormat: 'iso8601' } as const
    const { ask } = await asking(history, (since) => ({ headers: { 'if-modified-since': since } }))
    expect(await ask('2026-11-17T00:00:00Z')).toEqual({ status: 200, ages: [3, 2, 1] })
    expect((await ask('yesterday')).status).toBe(400)
  })

  it('reaches no further than the provider hands out', async () => {
    const history = { resource: '/items?since={since}', sinceFormat: 'date', maxMonths: 1 } as const
    const { ask, now } = await asking(history, (since) => ({ query: `?since=${since}` }))
    const { ages } = await ask('2020-01-01')
    const reach = (now - Date.UTC(2026, 9, 21)) / day
    expect(ages).toEqual([0.75, 0.5, 0.25].map((part) => part * reach))
  })

  it('opens a window of so many days, where one call answers for no more', async () => {
    const history = { resource: '/items?since={since}', sinceFormat: 'date', maxDays: 4 } as const
    const { ask } = await asking(history, (since) => ({ query: `?since=${since}` }))
    expect((await ask('2026-11-11')).ages).toEqual([9, 8, 7])
    expect((await ask('2026-11-19')).ages).toEqual([1.5, 1, 0.5])
  })
})
