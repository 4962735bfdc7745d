import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { HistoryDefinition, ProviderDefinition } from '../../../src/provider/definition.ts'
import { readPath } from '../../../src/provider/path.ts'
import { readCursor, writeCursor } from '../../../src/sync/history/cursor.ts'
import { historyOf } from '../../../src/sync/history/history-of.ts'
import { nextLink } from '../../../src/sync/history/link-header.ts'
import { acmeAt } from '../../support/acme.ts'
import { startProviderServer } from '../../support/provider-server.ts'
import { fedClient, window } from './fed-client.ts'

const definition: ProviderDefinition = acmeAt('https://acme.example')

describe('the Link header', () => {
  it.each<[string, string, string | undefined]>([
    [
      'github',
      '<https://a.example/x?page=2>; rel="next", <https://a.example/x?page=9>; rel="last"',
      'https://a.example/x?page=2',
    ],
    [
      'next at the end',
      '<https://a.example/1>; rel="prev", <https://a.example/3>; rel="next"',
      'https://a.example/3',
    ],
    ['no quotes', '<https://a.example/2>;rel=next', 'https://a.example/2'],
    ['several relations', '<https://a.example/2>; rel="last next"', 'https://a.example/2'],
    ['capitals', '<https://a.example/2>; REL="NEXT"', 'https://a.example/2'],
    ['spaces', ' <https://a.example/2> ; rel = "next" ', 'https://a.example/2'],
    [
      'a comma and a semicolon in the target',
      '<https://a.example/2?f=a,b;c>; rel="next"',
      'https://a.example/2?f=a,b;c',
    ],
    [
      'a comma in a title',
      '<https://a.example/0>; title="a, b; rel=next"; rel="prev", <https://a.example/2>; rel="next"',
      'https://a.example/2',
    ],
    [
      'a quote in a title',
      '<https://a.example/2>; title="say \\"next\\""; rel="next"',
      'https://a.example/2',
    ],
    ['the first relation counts', '<https://a.example/2>; rel="prev"; rel="next"', undefined],
    ['of another resource', '<https://a.example/2>; rel="next"; anchor="#x"', undefined],
    ['relative', '</x?page=2>; rel="next"', '/x?page=2'],
    ['freshdesk, without a space', '<https://a.example/2>;rel="next"', 'https://a.example/2'],
    ['another relation that begins so', '<https://a.example/2>; rel="nextish"', undefined],
    ['none', '<https://a.example/9>; rel="last"', undefined],
    ['nonsense before it', 'nonsense; rel="next", <https://a.example/2>; rel="next"', 'https://a.example/2'],
    ['empty', '', undefined],
  ])('%s', (_what, header, next) => {
    expect(nextLink(header)).toBe(next)
  })

  it('finds the one next link, whatever stands around it', () => {
    const text = fc.string({ unit: fc.constantFrom('a', ',', ';', '=', '<', ' ', 'rel="next"', '\\"') })
    const target = fc
      .string({ unit: fc.constantFrom('a', ',', ';', '=', '"', '/', '?') })
      .map((each) => `https://a.example/${each}`)
    const quoted = text.map((each) => `"${each.replace(/(?<!\\)"/g, '\\"')}"`)
    const other = fc.tuple(target, quoted, fc.constantFrom('prev', 'last', 'nextish'))
    const link = ([url, title, rel]: readonly [string, string, string]) =>
      `<${url}>; title=${title}; rel="${rel}"`
    fc.assert(
      fc.property(fc.array(other), target, quoted, fc.array(other), (before, url, title, after) => {
        const links = [...before.map(link), link([url, title, 'next']), ...after.map(link)]
        expect(nextLink(links.join(', '))).toBe(url.trim())
        expect(nextLink([...before, ...after].map(link).join(','))).toBeUndefined()
      }),
    )
  })

  it('ends, and throws nothing, for any text', () => {
    const parts = fc.constantFrom('<', '>', ';', ',', '"', '\\', ' ', '=', 'rel', 'next', 'a')
    fc.assert(fc.property(fc.string({ unit: parts, maxLength: 200 }), (text) => void nextLink(text)))
    const begun = performance.now()
    nextLink(`<${'a;"\\'.repeat(50_000)}`)
    nextLink('<a>;'.repeat(50_000))
    nextLink(`<a>;x="${'\\'.repeat(100_000)}`)
    expect(performance.now() - begun).toBeLessThan(1_000)
  })
})

describe('a cursor', () => {
  const positions = fc.oneof(
    fc.tuple(
      fc.constantFrom('cursor', 'url', 'link', 'last-item'),
      fc.string({ minLength: 1, unit: 'grapheme' }),
    ),
    fc.tuple(fc.constantFrom('number', 'offset'), fc.nat()),
  )
  const dates = fc.date({ noInvalidDate: true })
  const scoped = (by: string, from: Date, to: Date) => Object({ definition, by, window: { from, to } })

  it('brings back what was written, and nothing of another window', () => {
    fc.assert(
      fc.property(positions, dates, dates, fc.integer({ min: 1 }), ([by, position], from, to, off) => {
        const cursor = writeCursor(scoped(by, from, to), position)
        expect(cursor).toMatch(/^[\w.-]+$/)
        expect(readCursor(scoped(by, from, to), cursor)).toBe(position)
        const later = new Date(to.getTime() > 0 ? to.getTime() - off : to.getTime() + off)
        expect(readCursor(scoped(by, from, later), cursor)).toBeUndefined()
        expect(readCursor(scoped(by === 'url' ? 'link' : 'url', from, to), cursor)).toBeUndefined()
      }),
    )
  })

  it('that was altered is refused or begins anew, never another position', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        const read = () => readCursor(scoped('cursor', window.from, window.to), text)
        try {
          expect(read()).toBeUndefined()
        } catch (error) {
          expect(error).toMatchObject({ code: 'params_invalid' })
        }
      }),
    )
  })
})

/** A list in pages, the way each kind of paging has it; `at` is where the position of a request stands. */
interface Kind {
  readonly history: Partial<HistoryDefinition>
  /** The number of the first item that a request asks for. */
  start(query: URLSearchParams, body: unknown, size: number): number
  /** What stands beside the items. */
  more(end: number | undefined, origin: string): { readonly body?: object; readonly link?: string }
}

const plainCursor = (end: number | undefined) => ({ body: { next: end === undefined ? '' : `c${end}` } })
const fromCursor = (value: unknown) => (typeof value === 'string' ? Number(value.slice(1)) : 0)

const kinds: Readonly<Record<string, Kind>> = {
  'cursor into the query': {
    history: { page: { by: 'cursor', at: 'next', query: 'c' } },
    start: (query) => fromCursor(query.get('c')),
    more: plainCursor,
  },
  'cursor into the body, with a flag, always given': {
    history: { json: { a: {} }, page: { by: 'cursor', at: 'next', more: 'more', json: 'a.after' } },
    start: (_query, body) => fromCursor(readPath(body, 'a.after')),
    more: (end) => ({ body: { more: end !== undefined, next: `c${end ?? 'end'}` } }),
  },
  'cursor until it is done': {
    history: { page: { by: 'cursor', at: 'next', done: 'done', query: 'c' } },
    start: (query) => fromCursor(query.get('c')),
    more: (end) => ({ body: { done: end === undefined, next: `c${end ?? 'end'}` } }),
  },
  'address in the body': {
    history: { page: { by: 'url', at: '[@odata.nextLink]' } },
    start: (query) => Number(query.get('skip') ?? 0),
    more: (end, origin) => ({
      body: end === undefined ? {} : { '@odata.nextLink': `${origin}/api/items?skip=${end}` },
    }),
  },
  'path in the body': {
    history: { page: { by: 'url', at: 'next' } },
    start: (query) => Number(query.get('skip') ?? 0),
    more: (end) => ({ body: end === undefined ? {} : { next: `/items?skip=${end}` } }),
  },
  'Link header': {
    history: { page: { by: 'link' } },
    start: (query) => Number(query.get('skip') ?? 0),
    more: (end, origin) =>
      end === undefined ? {} : { link: `<${origin}/api/items?skip=${end}>; rel="next"` },
  },
  'relative Link header': {
    history: { page: { by: 'link' } },
    start: (query) => Number(query.get('skip') ?? 0),
    more: (end) => (end === undefined ? {} : { link: `<?skip=${end}>; rel="next"` }),
  },
  'last item': {
    history: { page: { by: 'last-item', at: 'id', more: 'more', query: 'after' } },
    start: (query) => Number(query.get('after') ?? -1) + 1,
    more: (end) => ({ body: { more: end !== undefined } }),
  },
  'last item, by the size of a page': {
    history: { page: { by: 'last-item', at: 'id', size: 3, query: 'after' } },
    start: (query) => Number(query.get('after') ?? -1) + 1,
    more: () => ({}),
  },
  'page number': {
    history: { page: { by: 'number', size: 3, query: 'page' } },
    start: (query, _body, size) => (Number(query.get('page')) - 1) * size,
    more: () => ({}),
  },
  'page number from 0 in the body, until it is done': {
    history: { page: { by: 'number', first: 0, done: 'last', json: 'page' } },
    start: (_query, body, size) => Number(readPath(body, 'page')) * size,
    more: (end) => ({ body: { last: end === undefined } }),
  },
  'offset from 1 inside text': {
    history: { resource: '/items?q=start%20{position}', page: { by: 'offset', first: 1, size: 3 } },
    start: (query) => Number(query.get('q')?.replace('start ', '')) - 1,
    more: () => ({}),
  },
  'offset without any sign of the end': {
    history: { page: { by: 'offset', query: 'offset' } },
    start: (query) => Number(query.get('offset')),
    more: () => ({}),
  },
}

describe.each(Object.entries(kinds))('%s', (_name, { history, start, more }) => {
  it('yields every item exactly once, whatever the number of items and pages, also after a break', async () => {
    let count = 0
    let size = 3
    const server = await startProviderServer(({ path, body }) => {
      const url = new URL(path, 'http://x')
      const from = start(url.searchParams, body === '' ? undefined : JSON.parse(body), size)
      const ids = Array.from(
        { length: Math.max(0, Math.min(size, count - from)) },
        (_none, index) => from + index,
      )
      const { body: beside, link } = more(from + size < count ? from + size : undefined, server.origin)
      return {
        status: 200,
        headers: { 'content-type': 'application/json', ...(link !== undefined && { link }) },
        body: JSON.stringify({ items: ids.map((id) => ({ id })), ...beside }),
      }
    })
    try {
      const own: ProviderDefinition = {
        ...acmeAt(server.origin),
        history: { resource: '/items', items: 'items', ...history },
      }
      const bySize = own.history?.page && 'size' in own.history.page && own.history.page.size !== undefined
      const fed = await fedClient(own, ({ url, method, headers, json }) =>
        fetch(url, { method, headers, ...(json !== undefined && { body: JSON.stringify(json) }) }),
      )
      await fc.assert(
        fc.asyncProperty(
          fc.nat(20),
          fc.integer({ min: 1, max: 7 }),
          fc.nat(6),
          async (items, pageSize, breakAt) => {
            count = items
            size = bySize ? 3 : pageSize
            const ids: number[] = []
            const take = async (cursor: string | undefined, most: number) => {
              let pages = 0
              for await (const page of historyOf(own).pages(window, { ...fed.context, cursor })) {
                for (const item of page.items) ids.push(Number(Object(item).id))
                if (++pages === most) return page.cursor
              }
              return undefined
            }
            const rest = await take(undefined, breakAt + 1)
            if (rest !== undefined) await take(rest, Number.POSITIVE_INFINITY)
            expect(ids).toEqual(Array.from({ length: items }, (_none, index) => index))
          },
        ),
        { numRuns: 40 },
      )
    } finally {
      await server.close()
    }
  })
})
