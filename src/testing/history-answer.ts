import { createHash } from 'node:crypto'
import type { HistoryDefinition } from '../provider/definition.ts'
import { readPath } from '../provider/path.ts'
import { askedSpan, type HistorySpan, historyItems } from './history-items.ts'
import { type AskedHistory, ownParameter, readHistoryRequest } from './history-request.ts'
import { Refusal, successMarks } from './provider-error.ts'
import { parseJson } from './request-params.ts'
import { jsonAnswer, present, type SimulatedAnswer, type SimulatedRequest } from './simulated-message.ts'
import type { Simulation } from './simulation.ts'
import { firstPath, writePath } from './write-path.ts'

/** Where the definition names no size of its own: small, so that a week has two pages. */
const usualSize = 5

/** One page of an account's history, in the definition's own shape and with its own way to the next one. */
export function answerHistory(
  simulation: Simulation,
  request: SimulatedRequest,
  account: string,
): SimulatedAnswer {
  const { history } = simulation.definition
  if (!history) throw new Refusal('invalid_request', 'There is no history here')
  const asked = readHistoryRequest(simulation, request)
  const issued =
    asked.position === undefined ? undefined : readIssued(simulation, history, asked, asked.position)
  const span = issued?.span ?? askedSpan(simulation, asked)
  const all = historyItems(simulation, span, account)
  const start = issued?.start ?? startOf(history, all, asked.position)
  const size = history.page === undefined ? all.length : pageSize(history)
  const end = start + size
  const items = all.slice(start, end)
  const cursor = end < all.length ? issue(simulation, issued ?? asked, span, end) : undefined
  const next = cursor && nextAddress(request, cursor)
  const body = writeAnswer(simulation, history, { items, total: all.length, cursor, next })
  const link: Record<string, string> =
    history.page?.by === 'link' && next !== undefined ? { link: `<${next}>; rel="next"` } : {}
  return jsonAnswer(200, body, link)
}

function pageSize({ page }: HistoryDefinition): number {
  return page && 'size' in page ? (page.size ?? usualSize) : usualSize
}

/** The number of the first item, where pages are told by numbers or by items. */
function startOf(history: HistoryDefinition, all: readonly unknown[], position: string | undefined): number {
  const { page } = history
  if (page === undefined || position === undefined) return 0
  if (page.by === 'last-item') {
    const at = all.findIndex((item) => readPath(item, page.at) === position)
    if (at < 0) throw new Refusal('invalid_request', 'There is no such item in this list')
    return at + 1
  }
  if (page.by !== 'number' && page.by !== 'offset') return 0
  const { first = page.by === 'number' ? 1 : 0 } = page
  const number = /^\d{1,9}$/.test(position) ? Number(position) - first : -1
  if (number < 0) throw new Refusal('invalid_request', 'There is no such page')
  return page.by === 'number' ? number * pageSize(history) : number
}

function writeAnswer(
  simulation: Simulation,
  { items: at, emptyWith, total, page }: HistoryDefinition,
  found: {
    readonly items: readonly unknown[]
    readonly total: number
    readonly cursor: string | undefined
    readonly next: string | undefined
  },
): unknown {
  if (at === undefined) return found.items
  const list = firstPath(at)
  let body = successMarks(simulation.definition)
  if (found.items.length > 0 || emptyWith === undefined) body = writePath(body, list, found.items)
  else if (emptyWith !== '') body = writePath(body, emptyWith, list.startsWith(`${emptyWith}.`) ? {} : 0)
  if (total !== undefined) body = writePath(body, total, found.total)
  if (!page || page.by === 'link') return body
  const hasMore = found.cursor !== undefined
  if (page.more !== undefined) body = writePath(body, page.more, hasMore)
  if (page.done !== undefined) body = writePath(body, page.done, !hasMore)
  if (page.by === 'url' && hasMore) body = writePath(body, firstPath(page.at), found.next)
  // An empty cursor at the end is one way to say so (slack); with a flag beside it, it is left out.
  if (page.by === 'cursor' && (hasMore || (page.more ?? page.done) === undefined))
    body = writePath(body, firstPath(page.at), found.cursor ?? '')
  return body
}

/** The address of the next page, as the asker may see it. */
function nextAddress(request: SimulatedRequest, cursor: string): string {
  const url = new URL(request.url)
  url.searchParams.set(ownParameter, cursor)
  return present(url.href, request.origin)
}

/** A cursor that this simulator alone can have given: another one is refused, as is one of another query. */
function issue(
  simulation: Simulation,
  { since = null, until = null }: Partial<Pick<Issued, 'since' | 'until'>>,
  { from, to }: HistorySpan,
  start: number,
): string {
  const text = Buffer.from(JSON.stringify([from, to, start, since, until])).toString('base64url')
  return `${text}.${mark(simulation, text)}`
}

function mark({ definition, clientId }: Simulation, text: string): string {
  return createHash('sha256').update(`${definition.id}:${clientId}:${text}`).digest('base64url').slice(0, 16)
}

interface Issued {
  readonly span: HistorySpan
  readonly start: number
  /** The bounds as they were asked for. */
  readonly since: string | null
  readonly until: string | null
}

function readIssued(
  simulation: Simulation,
  { page }: HistoryDefinition,
  asked: AskedHistory,
  position: string,
): Issued | undefined {
  if (page?.by !== 'cursor' && page?.by !== 'url' && page?.by !== 'link') return undefined
  const [text = '', given] = position.split('.', 2)
  const value =
    given === mark(simulation, text) ? parseJson(Buffer.from(text, 'base64url').toString()) : undefined
  if (!Array.isArray(value)) throw new Refusal('invalid_request', 'This cursor was never given')
  const [from, to, start, since, until]: unknown[] = value
  // The address of a further page can be one that names no bounds (dropbox).
  if ((asked.since ?? since) !== since || (asked.until ?? until) !== until)
    throw new Refusal('invalid_request', 'This cursor belongs to another query')
  return {
    span: { from: Number(from), to: Number(to) },
    start: Number(start),
    since: typeof since === 'string' ? since : null,
    until: typeof until === 'string' ? until : null,
  }
}
