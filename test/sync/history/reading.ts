import type { HistoryDefinition, ProviderDefinition } from '../../../src/provider/definition.ts'
import { historyOf } from '../../../src/sync/history/history-of.ts'
import type { HistoryPage } from '../../../src/sync/history/types.ts'
import type { SyncWindow } from '../../../src/sync/types.ts'
import { acmeAt } from '../../support/acme.ts'
import { failure } from '../../support/connected.ts'
import { fedClient, json, type SentRequest, window } from './fed-client.ts'

const usual: HistoryDefinition = {
  resource: '/items?limit=2',
  items: 'items',
  page: { by: 'cursor', at: 'next', query: 'cursor' },
}

export function acme(history: Partial<HistoryDefinition> = {}, more: object = {}): ProviderDefinition {
  const base = acmeAt('https://acme.example')
  return { ...base, ...more, history: { ...usual, ...history } }
}

export type Answer = (request: SentRequest, index: number) => Response | Promise<Response>

export async function read(
  definition: ProviderDefinition,
  answer: Answer,
  own: { cursor?: string | undefined; signal?: AbortSignal; window?: SyncWindow } = {},
) {
  const fed = await fedClient(definition, answer)
  const pages: HistoryPage[] = []
  const reading = (async () => {
    const asked = historyOf(definition).pages(own.window ?? window, { ...fed.context, ...own })
    for await (const page of asked) pages.push(page)
  })()
  return { ...fed, pages, reading }
}

export async function all(
  definition: ProviderDefinition,
  answer: Answer,
  own: Parameters<typeof read>[2] = {},
) {
  const { reading, ...rest } = await read(definition, answer, own)
  await reading
  return rest
}

export const error = async (
  definition: ProviderDefinition,
  answer: Answer,
  own: Parameters<typeof read>[2] = {},
) => failure((await read(definition, answer, own)).reading)

export const at = (time: string) => ({ id: time, at: time })
/** Two pages and the end. */
export const paged: Answer = (_request, index) =>
  json({ items: [{ id: index }], next: index < 2 ? `cursor ${index}&` : '' })
export const urls = (sent: readonly SentRequest[]) =>
  sent.map(({ url }) => url.replace('https://acme.example', ''))
