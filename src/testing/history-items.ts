import { Refusal } from './provider-error.ts'
import type { Simulation } from './simulation.ts'

type SinceFormat = 'iso8601' | 'date' | 'unix-seconds' | 'unix-ms'

const quarter = 90 * 86_400_000
const count = 3

/** A few items inside the window that was asked for, oldest first; without one, of the last three months. */
export function historyItems(simulation: Simulation, url: URL): { readonly id: string; readonly created_at: string }[] {
  const since = simulation.definition.history?.since
  const given = since ? url.searchParams.get(since.parameter) : null
  const now = simulation.clock()
  const from = since && given !== null ? parseTime(given, since.format) : now - quarter
  if (Number.isNaN(from)) throw new Refusal('invalid_request', `${since?.parameter} is not a time as it is written here`)
  return Array.from({ length: from < now ? count : 0 }, (_none, index) => ({
    id: `item-${index + 1}`,
    created_at: new Date(from + ((now - from) * (index + 1)) / (count + 1)).toISOString(),
  }))
}

const shapes: Readonly<Record<SinceFormat, RegExp>> = {
  iso8601: /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)$/,
  date: /^\d{4}-\d\d-\d\d$/,
  'unix-seconds': /^\d{9,11}(?:\.\d+)?$/,
  'unix-ms': /^\d{12,14}$/,
}

/** ms since 1970, or NaN. */
function parseTime(text: string, format: SinceFormat): number {
  if (!shapes[format].test(text)) return Number.NaN
  if (format === 'unix-seconds') return Number(text) * 1000
  return format === 'unix-ms' ? Number(text) : Date.parse(text)
}
