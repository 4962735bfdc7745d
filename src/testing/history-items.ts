import { Refusal } from './provider-error.ts'
import { parseJson } from './request-params.ts'
import type { SimulatedRequest } from './simulated-message.ts'
import type { Simulation } from './simulation.ts'
import { valueIn } from './values.ts'

type SinceFormat = NonNullable<NonNullable<Simulation['definition']['history']>['sinceFormat']>

export interface HistoryItem {
  readonly id: string
  /** ISO 8601 */
  readonly created_at: string
}

const day = 86_400_000
const quarter = 90 * day
const count = 3

/** A few items inside the window that was asked for, oldest first; without one, of the last three months. */
export function historyItems(simulation: Simulation, request: SimulatedRequest): HistoryItem[] {
  const { sinceFormat: format, maxDays, maxMonths } = simulation.definition.history ?? {}
  const given = format && readSince(simulation, request)
  const now = simulation.clock()
  const asked = format && given !== undefined ? parseTime(given, format) : now - quarter
  if (Number.isNaN(asked)) throw new Refusal('invalid_request', 'The time bound is not written as it is here')
  const from = Math.max(asked, maxMonths === undefined ? asked : monthsBefore(now, maxMonths))
  const to = Math.min(now, maxDays === undefined ? now : from + maxDays * day)
  return Array.from({ length: from < to ? count : 0 }, (_none, index) => ({
    id: `item-${index + 1}`,
    created_at: new Date(from + ((to - from) * (index + 1)) / (count + 1)).toISOString(),
  }))
}

function monthsBefore(now: number, months: number): number {
  const date = new Date(now)
  return date.setUTCMonth(date.getUTCMonth() - months)
}

/** What stands where the definition has `{since}`: in the query, in a header, or in the JSON body. */
function readSince(simulation: Simulation, request: SimulatedRequest): string | undefined {
  const { history } = simulation.definition
  if (!history) return undefined
  const query = new URLSearchParams(history.resource.split('?', 2)[1] ?? '')
  for (const [name, template] of query) {
    const found = between(simulation, template, request.url.searchParams.get(name))
    if (found !== undefined) return found
  }
  for (const [name, template] of Object.entries(history.headers ?? {})) {
    const found = between(simulation, template, request.headers[name.toLowerCase()])
    if (found !== undefined) return found
  }
  return inJson(simulation, history.json, parseJson(request.body))
}

function inJson(simulation: Simulation, template: unknown, given: unknown): string | undefined {
  if (typeof template === 'string') return between(simulation, template, given)
  if (typeof template !== 'object' || template === null || typeof given !== 'object' || given === null)
    return undefined
  for (const [key, inner] of Object.entries(template)) {
    const found = Object.hasOwn(given, key) ? inJson(simulation, inner, Reflect.get(given, key)) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

function between(simulation: Simulation, template: string, given: unknown): string | undefined {
  if (!template.includes('{since}') || typeof given !== 'string') return undefined
  const found = valueIn(simulation, template, 'since', given)
  if (found === undefined)
    throw new Refusal('invalid_request', 'The time bound does not stand where this provider documents it')
  return found
}

const shapes: Readonly<Record<SinceFormat, RegExp>> = {
  iso8601: /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)$/,
  date: /^\d{4}-\d\d-\d\d$/,
  // RFC 9110 §5.6.7, IMF-fixdate
  'unix-seconds': /^\d{9,11}(?:\.\d+)?$/,
  'unix-ms': /^\d{12,14}$/,
}

/** ms since 1970, or NaN. */
function parseTime(text: string, format: SinceFormat): number {
  if (!shapes[format].test(text)) return Number.NaN
  if (format === 'unix-seconds') return Number(text) * 1000
  return format === 'unix-ms' ? Number(text) : Date.parse(text)
}
