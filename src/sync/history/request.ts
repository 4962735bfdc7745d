import type { HistoryDefinition, ProviderDefinition } from '../../provider/definition.ts'
import { expandAll, fillJson } from '../../provider/fill.ts'
import { expandUrl } from '../../provider/template.ts'
import type { SyncWindow } from '../types.ts'
import { writeBounds } from './bounds.ts'
import type { Position } from './cursor.ts'

export interface HistoryRequest {
  /** For `client.fetch`: a path, or the whole address that the provider gave. */
  readonly input: string
  readonly init: RequestInit
}

type Params = Readonly<Record<string, string>>

/** The request for a page; the first one where there is no position. Throws `params_invalid` for a param that is missing. */
export function historyRequest(
  definition: ProviderDefinition,
  history: HistoryDefinition,
  { window, params }: { readonly window: SyncWindow; readonly params: Params },
  position: Position | undefined,
): HistoryRequest {
  const { page } = history
  const counted = startOf(page, position)
  const bounds = writeBounds(history, window)
  const values = { ...params, ...bounds, ...(counted !== undefined && { position: String(counted) }) }
  const headers = expandAll(definition, history.headers, values)
  const value = counted ?? position
  const continued = page?.by === 'cursor' && value !== undefined ? page.resource : undefined
  const whole = page?.by === 'url' || page?.by === 'link' ? value : undefined
  const target = page && 'query' in page ? page.query : undefined
  const place = page && 'json' in page ? page.json : undefined
  const path = fillPath(definition, continued ?? history.resource, values)
  const input =
    whole === undefined
      ? target && value !== undefined
        ? withQuery(path, target, value)
        : path
      : String(whole)
  const template = continued === undefined ? (history.json ?? (place && {})) : {}
  const filled = template && fillJson(definition, fillInside(template, values), params)
  const json = place && value !== undefined ? put(filled, place.split('.'), value) : filled
  if (json === undefined) return { input, init: { method: history.method ?? 'GET', headers } }
  headers['content-type'] = 'application/json'
  return { input, init: { method: history.method ?? 'POST', headers, body: JSON.stringify(json) } }
}

/** The number of a page, or of the items before it, where pages are counted. */
export function startOf(page: HistoryDefinition['page'], position: Position | undefined): number | undefined {
  if (page?.by !== 'number' && page?.by !== 'offset') return undefined
  return typeof position === 'number' ? position : (page.first ?? (page.by === 'number' ? 1 : 0))
}

/** No address: only its path and query are taken, with every value encoded and no segment of dots. */
const nowhere = 'https://history.invalid'

function fillPath(definition: ProviderDefinition, resource: string, values: Params): string {
  return expandUrl(definition, `${nowhere}/${resource.replace(/^\//, '')}`, values).href.slice(nowhere.length)
}

/** Replaces one parameter and leaves the rest as it is written: not every provider takes every encoding of the same. */
function withQuery(path: string, name: string, value: string | number): string {
  const [address = '', query = ''] = path.split(/\?(.*)/s, 2)
  const others = query
    .split('&')
    .filter((pair) => pair !== '' && ![...new URLSearchParams(pair).keys()].includes(name))
  return `${address}?${[...others, `${encodeURIComponent(name)}=${encodeURIComponent(value)}`].join('&')}`
}

/** Bounds and position also stand inside longer text, in which any other brace is the text's own (GraphQL, filters). */
function fillInside(json: unknown, values: Params): unknown {
  if (typeof json === 'string')
    return json.replace(/\{(since|until|position)\}/g, (all, name: string) => values[name] ?? all)
  if (Array.isArray(json)) return json.map((each: unknown) => fillInside(each, values))
  if (typeof json !== 'object' || json === null) return json
  return Object.fromEntries(Object.entries(json).map(([name, each]) => [name, fillInside(each, values)]))
}

function put(json: unknown, [name, ...rest]: readonly string[], value: unknown): unknown {
  if (name === undefined) return value
  const object: Readonly<Record<string, unknown>> = { ...Object(json) }
  return { ...object, [name]: put(object[name], rest, value) }
}
