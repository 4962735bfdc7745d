import { describe, expect, it } from 'vitest'
import { historyOf } from '../../../src/sync/history/history-of.ts'
import { failure } from '../../support/connected.ts'
import { json, window } from './fed-client.ts'
import { acme, all, at, error, paged, read, urls } from './reading.ts'

describe('a definition without a history', () => {
  it('is told what is missing', () => {
    const { history: _none, ...bare } = acme()
    expect(() => historyOf(bare)).toThrow(/definition_invalid.*"history"/)
  })
})

describe('pages', () => {
  it('are read until there is no cursor, each encoded into its place', async () => {
    const { pages, sent } = await all(acme(), paged)
    expect(urls(sent)).toEqual([
      '/api/items?limit=2',
      '/api/items?limit=2&cursor=cursor%200%26',
      '/api/items?limit=2&cursor=cursor%201%26',
    ])
    expect(pages.map(({ items }) => items)).toEqual([[{ id: 0 }], [{ id: 1 }], [{ id: 2 }]])
    expect(pages.map(({ cursor }) => cursor === undefined)).toEqual([false, false, true])
  })

  it('ask for nothing where the window is empty, and refuse one that is none', async () => {
    const nothing = { from: window.from, to: window.from }
    expect((await all(acme(), paged, { window: nothing })).sent).toEqual([])
    for (const wrong of [
      { from: window.to, to: window.from },
      { from: new Date(Number.NaN), to: window.to },
    ])
      expect(await error(acme(), paged, { window: wrong })).toMatchObject({ code: 'params_invalid' })
  })

  it('go on at their cursor in another process, for this window and provider only', async () => {
    const { pages } = await all(acme(), paged)
    const { cursor } = pages[0] ?? {}
    const later = await all(acme(), (_request, index) => paged(_request, index + 1), { cursor })
    expect(urls(later.sent)[0]).toBe('/api/items?limit=2&cursor=cursor%200%26')
    expect(later.pages.map(({ items }) => items)).toEqual([[{ id: 1 }], [{ id: 2 }]])
    for (const own of [
      { cursor, window: { from: new Date(window.from.getTime() + 1), to: window.to } },
      { cursor, window: { from: window.from, to: new Date(window.to.getTime() - 1) } },
    ])
      expect(urls((await all(acme(), paged, own)).sent)[0]).toBe('/api/items?limit=2')
    const others = [{ ...acme(), id: 'other' }, acme({ page: { by: 'url', at: 'next' } })]
    for (const other of others) {
      const { sent, reading } = await read(other, () => json({ items: [] }), { cursor })
      await reading
      expect(urls(sent)[0]).toBe('/api/items?limit=2')
    }
  })

  it('fill bounds, also inside longer text, rounded outwards', async () => {
    const definition = acme({
      resource: '/items?q=a%20{since}%20b',
      json: { query: 'query { items { id } } ', filter: 'x:{since}..{until}', deep: [{ until: '{until}' }] },
      headers: { 'X-Since': '{since}' },
    })
    const odd = { from: new Date('2026-08-21T10:00:00.900Z'), to: new Date('2026-11-21T10:00:00.100Z') }
    const { sent } = await all(definition, () => json({ items: [] }), { window: odd })
    const [since, until] = ['2026-08-21T10:00:00Z', '2026-11-21T10:00:01Z']
    expect(sent[0]).toMatchObject({
      method: 'POST',
      url: 'https://acme.example/api/items?q=a%202026-08-21T10%3A00%3A00Z%20b',
      json: { query: 'query { items { id } } ', filter: `x:${since}..${until}`, deep: [{ until }] },
    })
    expect(sent[0]?.headers.get('x-since')).toBe(since)
  })

  it.each([
    ['date', '2026-08-21', '2026-11-22'],
    ['unix-seconds', '1787306400', '1795255201'],
    ['unix-ms', '1787306400900', '1795255200100'],
  ] as const)('write bounds as %s', async (timeFormat, since, until) => {
    const definition = acme({ resource: '/items?a={since}&b={until}', timeFormat })
    const odd = { from: new Date('2026-08-21T10:00:00.900Z'), to: new Date('2026-11-21T10:00:00.100Z') }
    const { sent } = await all(definition, () => json({ items: [] }), { window: odd })
    expect(urls(sent)).toEqual([`/api/items?a=${since}&b=${until}`])
  })

  it('ask for some hours more, where the provider reads bounds in a zone of its own', async () => {
    const definition = acme({ resource: '/items?a={since}&b={until}', margin: 14, time: { at: 'at' } })
    const items = [at('2026-08-20T23:59:59Z'), at('2026-08-21T00:00:00Z')]
    const { sent, pages } = await all(definition, () => json({ items }))
    expect(urls(sent)).toEqual(['/api/items?a=2026-08-20T10%3A00%3A00Z&b=2026-11-21T14%3A00%3A00Z'])
    expect(pages[0]?.items).toEqual(items.slice(1))
  })

  it('go on at another address with nothing but the cursor', async () => {
    const page = {
      by: 'cursor',
      at: 'cursor',
      more: 'has_more',
      json: 'cursor',
      resource: '/items/continue',
    } as const
    const definition = acme({ resource: '/items', json: { path: '', limit: 2 }, page })
    const { sent } = await all(definition, (_request, index) =>
      json({ items: [], has_more: index === 0, cursor: `c${index}` }),
    )
    expect(sent.map(({ url, method, json: body }) => [method, url, body])).toEqual([
      ['POST', 'https://acme.example/api/items', { path: '', limit: 2 }],
      ['POST', 'https://acme.example/api/items/continue', { cursor: 'c0' }],
    ])
  })
})

describe('a hostile cursor', () => {
  const write = (value: unknown) => `1.${Buffer.from(JSON.stringify(value)).toString('base64url')}`
  const [from, to] = [window.from.getTime(), window.to.getTime()]

  it.each<[string, unknown]>([
    ['no text', 7],
    ['empty', ''],
    ['words', 'https://evil.example/'],
    ['no JSON', `1.${Buffer.from('{').toString('base64url')}`],
    ['no list', write({ position: 'x' })],
    ['too short', write(['acme', 'cursor', from, to])],
    ['too long', write(['acme', 'cursor', from, to, 'x', 'y'])],
    ['of no dates', write(['acme', 'cursor', 'a', 'b', 'x'])],
    ['of no position', write(['acme', 'cursor', from, to, { toString: 'x' }])],
    ['of an empty position', write(['acme', 'cursor', from, to, ''])],
    ['of a number where there are none', write(['acme', 'cursor', from, to, 3])],
    ['endless', `1.${'a'.repeat(20_000)}`],
  ])('that is %s is refused before any request', async (_what, cursor) => {
    const { reading, sent } = await read(acme(), paged, Object({ cursor }))
    expect(await failure(reading)).toMatchObject({ code: 'params_invalid' })
    expect(sent).toEqual([])
  })

  it('of another release begins the window anew', async () => {
    expect(urls((await all(acme(), paged, { cursor: '2.abc' })).sent)[0]).toBe('/api/items?limit=2')
  })

  it.each([
    'https://evil.example/items',
    '//evil.example/items',
    'http://acme.example/api',
    'https://acme.example@evil.example/',
  ])('sends the token nowhere: %s', async (target) => {
    for (const page of [{ by: 'url', at: 'next' }, { by: 'link' }] as const) {
      const cursor = write(['acme', page.by, from, to, target])
      const { reading, sent } = await read(acme({ page }), paged, { cursor })
      expect(await failure(reading)).toMatchObject({ code: 'host_not_allowed' })
      expect(sent).toEqual([])
    }
    const named = acme({ page: { by: 'url', at: 'next' } })
    const { reading, sent } = await read(named, () => json({ items: [], next: target }))
    expect(await failure(reading)).toMatchObject({ code: 'host_not_allowed' })
    expect(sent).toHaveLength(1)
  })
})
