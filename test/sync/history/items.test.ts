import { describe, expect, it } from 'vitest'
import { json } from './fed-client.ts'
import { type Answer, acme, all, at, error } from './reading.ts'

describe('items', () => {
  const time = { at: 'at' } as const

  it('outside the window do not come; those without a readable time do', async () => {
    const items = [
      at('2026-08-20T23:59:59Z'),
      at('2026-08-21T00:00:00Z'),
      at('2026-11-20T23:59:59.999Z'),
      at('2026-11-21T00:00:00Z'),
      at('2026-11-21T00:30:00+01:00'),
      at('2026-10-01 08:00:00'),
      at('soon'),
      { id: 'none' },
      'no object',
    ]
    const { pages } = await all(acme({ time }), () => json({ items }))
    expect(pages[0]?.items).toEqual([items[1], items[2], items[4], items[5], items[6], items[7], items[8]])
  })

  it.each([
    ['unix-seconds', '1790000000.000200', 1_700_000_000],
    ['unix-ms', 1_790_000_000_000, '1700000000000'],
    ['json-date', '/Date(1790000000000+1300)/', '/Date(1700000000000)/'],
    ['date', '2026-09-21', '2026-08-20'],
  ] as const)('have their time as %s', async (format, inside, outside) => {
    const items = [{ at: inside }, { at: outside }]
    const { pages } = await all(acme({ time: { at: 'at', format } }), () => json({ items }))
    expect(pages[0]?.items).toEqual([{ at: inside }])
  })

  it('newest first, are read until a page ends before the window; that page is the last', async () => {
    const answers = [
      [at('2026-11-01T00:00:00Z')],
      [at('2026-09-01T00:00:00Z'), at('2026-08-20T00:00:00Z')],
      [at('2026-08-01T00:00:00Z')],
    ]
    const answer: Answer = (_request, index) => json({ items: answers[index], next: `${index}` })
    const definition = acme({ time: { ...time, order: 'newest-first' } })
    const { pages, sent } = await all(definition, answer)
    expect(sent).toHaveLength(2)
    expect(pages.map(({ items }) => items.length)).toEqual([1, 1])
    expect(pages.at(-1)?.cursor).toBeUndefined()
  })

  it('oldest first, are read until a page ends after the window', async () => {
    const answers = [[at('2026-09-01T00:00:00Z')], [at('2026-11-21T00:00:00Z')], [at('2026-11-22T00:00:00Z')]]
    const answer: Answer = (_request, index) => json({ items: answers[index], next: `${index}` })
    const { sent } = await all(acme({ time: { ...time, order: 'oldest-first' } }), answer)
    expect(sent).toHaveLength(2)
  })

  it('in no promised order, are read to the end', async () => {
    const answer: Answer = (_request, index) =>
      json({ items: [at('2020-01-01T00:00:00Z')], next: index < 3 ? `${index}` : null })
    const { sent, pages } = await all(acme({ time }), answer)
    expect(sent).toHaveLength(4)
    expect(pages.map(({ items }) => items)).toEqual([[], [], [], []])
  })

  it('that are missing are an error, but where the definition knows that none are left out', async () => {
    for (const body of [{}, { item: [] }, { items: {} }, { items: 'x' }, { items: null }])
      expect(await error(acme(), () => json(body))).toMatchObject({ code: 'malformed_response' })
    expect(await error(acme({ emptyWith: 'count' }), () => json({}))).toMatchObject({
      code: 'malformed_response',
    })
    for (const [emptyWith, body] of [
      ['count', { count: 0 }],
      ['', {}],
    ] as const)
      expect((await all(acme({ emptyWith }), () => json(body))).pages).toEqual([{ items: [] }])
    const bare = { resource: '/items' }
    const list = { ...acme(), history: bare }
    expect(await error(list, () => json({ items: [] }))).toMatchObject({ code: 'malformed_response' })
    expect((await all(list, () => json([1, 2]))).pages).toEqual([{ items: [1, 2] }])
  })

  it('are none under 204 and 304', async () => {
    for (const status of [204, 304])
      expect((await all(acme(), () => new Response(null, { status }))).pages).toEqual([{ items: [] }])
  })
})
