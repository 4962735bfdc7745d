import { afterEach, describe, expect, it } from 'vitest'
import type { HistoryDefinition, OAuth2Definition } from '../../src/provider/definition.ts'
import { plain } from './definitions.ts'
import { closeAll, listening } from './plain-client.ts'

afterEach(closeAll)

const day = 86_400_000

interface Written {
  readonly query?: string
  readonly headers?: Record<string, string>
}

/** A simulator of this history, and one of its users who asks for pages in whatever words. */
async function asking(history: Partial<HistoryDefinition>) {
  const own: OAuth2Definition = { ...plain, history: { resource: '/items', items: 'items', ...history } }
  const simulator = await listening(own)
  const { access_token: token } = await simulator.tokens()
  const now = simulator.clock()
  const get = async ({ query = '', headers = {} }: Written) => {
    const url = query.startsWith('http') ? query : `${simulator.definition.api.baseUrl}/items${query}`
    return simulator.client.get(url, String(token), { headers })
  }
  /** How long before now the items of a page are, in whole days. */
  const ages = async (written: Written) => {
    const { status, body } = await get(written)
    const items: { created_at: string }[] = Object(body).items ?? []
    return { status, ages: items.map((item) => Math.floor((now - Date.parse(item.created_at)) / day)) }
  }
  return { get, ages, now }
}

const withPages = { time: { at: 'created_at' }, page: { by: 'cursor', at: 'next', query: 'cursor' } } as const

describe('the time bounds of a history', () => {
  it.each([
    ['date', '2026-11-16', '2026-11-18', '17.11.2026'],
    ['iso8601', '2026-11-16T00:00:00Z', '2026-11-18T00:00:00Z', '1795219200'],
    ['unix-seconds', '1794787200', '1794960000', '1794787200000'],
    ['unix-ms', '1794787200000', '1794960000000', '1794787200'],
  ] as const)('as %s', async (timeFormat, since, until, bad) => {
    const { get } = await asking({ resource: '/items?q=after:{since} before:{until}', timeFormat })
    const ask = (from: string, to: string) =>
      get({ query: `?q=${encodeURIComponent(`after:${from} before:${to}`)}` })
    const { status, body } = await ask(since, until)
    const days = Object(body.items).map((item: { created_at: string }) => item.created_at.slice(0, 10))
    expect([status, days]).toEqual([200, ['2026-11-16', '2026-11-17']])
    expect((await ask(bad, until)).status).toBe(400)
    expect((await ask(since, bad)).status).toBe(400)
    expect((await get({ query: `?q=since:${since}` })).status).toBe(400)
  })

  it('can stand in a header', async () => {
    const { get } = await asking({ headers: { 'If-Modified-Since': '{since}' }, timeFormat: 'iso8601' })
    const headers = { 'if-modified-since': '2026-11-18T00:00:00Z' }
    expect(Object((await get({ headers })).body.items)[0].created_at).toMatch(/^2026-11-18T/)
    expect((await get({ headers: { 'if-modified-since': 'yesterday' } })).status).toBe(400)
  })

  it('reach no further than the provider hands out', async () => {
    const { get } = await asking({ resource: '/items?since={since}', timeFormat: 'date', maxMonths: 1 })
    const { body } = await get({ query: '?since=2020-01-01' })
    const first = Date.parse(Object(body.items)[0].created_at)
    expect(first).toBeGreaterThanOrEqual(Date.UTC(2026, 9, 21))
    expect(first).toBeLessThan(Date.UTC(2026, 9, 23))
  })

  it('open a window of so many days, where one call answers for no more', async () => {
    const { get } = await asking({ resource: '/items?since={since}', timeFormat: 'date', maxDays: 4 })
    const { body } = await get({ query: '?since=2026-11-11' })
    const days = Object(body.items).map((item: { created_at: string }) => item.created_at.slice(8, 10))
    expect(days).toEqual(['11', '12', '13', '14'])
  })
})

describe('the items of a history', () => {
  it('are the same in overlapping windows', async () => {
    const { get } = await asking({ resource: '/items?since={since}', timeFormat: 'date' })
    const read = async (since: string): Promise<unknown[]> =>
      Object((await get({ query: `?since=${since}` })).body).items
    const long = await read('2026-09-01')
    const short = await read('2026-11-10')
    expect(short.length).toBeGreaterThan(9)
    expect(long.slice(-short.length)).toEqual(short)
    expect(new Set(long.map((item) => Object(item).id)).size).toBe(long.length)
  })

  it('come in the promised order', async () => {
    const time = { at: 'created_at', order: 'newest-first' } as const
    const { ages } = await asking({ ...withPages, time })
    const newest = (await ages({})).ages
    expect(newest).toEqual([...newest].sort((a, b) => a - b))
    expect(newest[0]).toBeLessThan(2)
    const { ages: oldest } = await asking(withPages)
    expect((await oldest({})).ages[0]).toBeGreaterThan(110)
  })
})

describe('the pages of a history', () => {
  it('go on at their cursor, and at no other', async () => {
    const { get } = await asking({ ...withPages, resource: '/items?since={since}' })
    const first = (await get({ query: '?since=2026-11-01T00:00:00Z' })).body
    const next = encodeURIComponent(String(first.next))
    const second = await get({ query: `?since=2026-11-01T00:00:00Z&cursor=${next}` })
    const ids = [first, second.body].map(({ items }) => Object(items).map(({ id }: { id: string }) => id))
    expect(ids.map((each) => each.length)).toEqual([5, 5])
    expect(new Set(ids.flat()).size).toBe(10)
    for (const cursor of ['x', `${next}x`, '', next.slice(1)])
      expect((await get({ query: `?since=2026-11-01T00:00:00Z&cursor=${cursor}` })).status, cursor).toBe(400)
    expect((await get({ query: `?since=2026-11-02T00:00:00Z&cursor=${next}` })).status).toBe(400)
  })

  it('say that an item, a page or an offset is none of theirs', async () => {
    const item = await asking({ ...withPages, page: { by: 'last-item', at: 'id', query: 'after' } })
    expect((await item.get({ query: '?after=item-1' })).status).toBe(400)
    const page = await asking({ ...withPages, page: { by: 'number', query: 'page' } })
    expect((await page.get({ query: '?page=0' })).status).toBe(400)
    expect(Object((await page.get({ query: '?page=999' })).body.items)).toEqual([])
    const offset = await asking({ ...withPages, page: { by: 'offset', first: 1, query: 'start' } })
    expect((await offset.get({ query: '?start=0' })).status).toBe(400)
    expect((await offset.get({ query: '?start=x' })).status).toBe(400)
  })
})
