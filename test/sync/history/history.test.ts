import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { findProvider, providers } from '../../../providers/index.ts'
import type { ProviderDefinition } from '../../../src/provider/definition.ts'
import { readText } from '../../../src/provider/path.ts'
import { itemTime } from '../../../src/sync/history/bounds.ts'
import { historyOf } from '../../../src/sync/history/history-of.ts'
import type { HistoryPage } from '../../../src/sync/history/types.ts'
import { documented, fedClient, type SentRequest, window } from './fed-client.ts'
import type { ExpectedRequest, HistoryRow } from './row.ts'

const folder = new URL('./rows/', import.meta.url)
const rows: readonly (readonly [id: string, row: HistoryRow])[] = await Promise.all(
  readdirSync(folder).map(async (file) => {
    const { row }: { row: HistoryRow } = await import(new URL(file, folder).href)
    return [file.replace(/\.ts$/, ''), row] as const
  }),
)

function asExpected({ method, url, headers, json }: SentRequest, expected: ExpectedRequest | undefined) {
  const names = Object.keys(expected?.headers ?? {})
  return {
    method,
    url,
    ...(json !== undefined && { json }),
    ...(names.length > 0 && { headers: Object.fromEntries(names.map((name) => [name, headers.get(name)])) }),
  }
}

function sized(id: string, size: number | undefined): ProviderDefinition {
  const definition = structuredClone(findProvider(id))
  if (!definition) throw new Error(id)
  if (size !== undefined) Reflect.set(Object(definition.history?.page), 'size', size)
  return definition
}

it('every definition with a history has a row', () => {
  const wanted = providers.filter((each) => 'history' in each).map(({ id }) => id)
  expect(rows.map(([id]) => id).sort()).toEqual([...wanted].sort())
})

describe.each(rows)('%s', (id, row) => {
  const definition = sized(id, row.size)
  const history = historyOf(definition)

  async function read() {
    const answers = row.next ? ['history', 'history-last'] : ['history']
    const fed = await fedClient(
      definition,
      (_sent, index) => documented(id, answers[index] ?? ''),
      row.params,
    )
    const pages: HistoryPage[] = []
    for await (const page of history.pages(window, fed.context)) pages.push(page)
    return { ...fed, pages }
  }

  it('asks as the provider documents it, and goes on with the next page', async () => {
    const { sent } = await read()
    const expected = [row.first, ...(row.next ? [row.next] : [])]
    expect(sent.map((each, index) => asExpected(each, expected[index]))).toEqual(expected)
  })

  it('reads the documented items and their times', async () => {
    const { pages } = await read()
    const { id: at = 'id', time } = definition.history ?? {}
    expect(pages.map(({ items }) => items.map((item) => readText(item, at)))).toEqual(row.ids)
    if (time)
      expect(
        pages.map(({ items }) =>
          items.map((item) => new Date(itemTime(item, time) ?? Number.NaN).toISOString()),
        ),
      ).toEqual(row.times)
    expect(pages.map(({ cursor }) => cursor !== undefined)).toEqual(
      row.ids.map((_ids, index) => index < row.ids.length - 1),
    )
    expect(pages[0]?.total).toBe(row.total)
    for (const dropped of row.dropped ?? []) {
      const texts = await Promise.all(
        ['history', ...(row.next ? ['history-last'] : [])].map((name) => documented(id, name).text()),
      )
      expect(texts.join('')).toContain(dropped)
      expect(row.ids.flat()).not.toContain(dropped)
    }
  })

  it('goes on at its cursor in another process', async () => {
    if (!row.next) return expect(row.ids).toHaveLength(1)
    const { pages } = await read()
    const cursor = pages[0]?.cursor
    const later = await fedClient(definition, () => documented(id, 'history-last'), row.params)
    const rest: HistoryPage[] = []
    for await (const page of historyOf(structuredClone(definition)).pages(window, {
      ...later.context,
      cursor,
    }))
      rest.push(page)
    expect(later.sent.map((each) => asExpected(each, row.next))).toEqual([row.next])
    expect(rest).toEqual(pages.slice(1))
  })

  it('is cut into the windows that suit it', () => {
    expect(history.windows).toEqual(row.windows)
  })
})
