import type { HistoryDefinition } from '../../provider/definition.ts'
import { readPath, readText } from '../../provider/path.ts'
import type { HistoryAnswer } from './answer.ts'
import type { Position } from './cursor.ts'
import { nextLink } from './link-header.ts'
import { startOf } from './request.ts'
import { withoutCredentials } from './without-secrets.ts'

/** What is said of the answers that cannot be gone on from; the caller makes the error. */
export class Unusable extends Error {}

/** The list of an answer. Throws `Unusable` where it is missing, since nothing may be lost without a word. */
export function itemsOf(
  { items, emptyWith }: HistoryDefinition,
  { body, isEmpty }: HistoryAnswer,
): readonly unknown[] {
  if (isEmpty) return []
  for (const path of items === undefined ? [''] : typeof items === 'string' ? [items] : items) {
    const found = readPath(body, path)
    if (Array.isArray(found)) return found
    if (found !== undefined && found !== null) throw new Unusable(`${place(path)} is not a list`)
  }
  const other = emptyWith === undefined ? undefined : readPath(body, emptyWith)
  if (other !== undefined && other !== null) return []
  throw new Unusable(`the answer has no list at ${[items ?? ''].flat().map(place).join(' or ')}`)
}

function place(path: string): string {
  return path === '' ? 'its top' : `"${path}"`
}

export function totalOf({ total }: HistoryDefinition, { body }: HistoryAnswer): number | undefined {
  const found = total === undefined ? undefined : Number(readText(body, total) ?? Number.NaN)
  return found !== undefined && Number.isSafeInteger(found) && found >= 0 ? found : undefined
}

/** Where the next page begins; `undefined` after the last one. Throws `Unusable` where more is promised and not given. */
export function nextPosition(
  { page }: HistoryDefinition,
  answer: HistoryAnswer,
  items: readonly unknown[],
  position: Position | undefined,
): Position | undefined {
  if (!page || answer.isEmpty) return undefined
  if (page.by === 'link') {
    const link = nextLink(answer.headers.get('link'))
    return link === undefined ? undefined : positionOf(resolved(link, answer.url))
  }
  const more = says(answer.body, page.more)
  if (more === false || says(answer.body, page.done) === true) return undefined
  if (page.by === 'cursor' || page.by === 'url') {
    const value = readText(answer.body, page.at)
    if (value === undefined && more) throw new Unusable('more is to come, and the answer does not say where')
    return value === undefined ? undefined : positionOf(value)
  }
  if (items.length === 0 || items.length < (page.size ?? 0)) return undefined
  if (page.by === 'last-item') {
    const value = readText(items.at(-1), page.at)
    if (value === undefined) throw new Unusable(`the last item has nothing at ${place(page.at)}`)
    return positionOf(value)
  }
  const start = startOf({ ...page }, position) ?? 0
  return page.by === 'number' ? start + 1 : start + items.length
}

function positionOf(value: string): string {
  const position = withoutCredentials(value)
  if (position === '')
    throw new Unusable('more is to come, and the answer gives a credential in place of where')
  return position
}

/** A yes or no of an answer; `undefined` where it says neither, so that what else it says decides. */
function says(body: unknown, path: string | undefined): boolean | undefined {
  const value = path === undefined ? undefined : readPath(body, path)
  if (typeof value === 'boolean') return value
  if (typeof value === 'number') return value > 0
  if (value === 'true') return true
  return value === 'false' ? false : undefined
}

/** RFC 8288 §3.1: a relative target is one of the address that was asked. */
function resolved(link: string, url: string): string {
  return URL.canParse(link) || !URL.canParse(link, url) ? link : new URL(link, url).href
}
