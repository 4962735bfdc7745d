type Headers = Readonly<Record<string, string>>

export interface ResetHeader {
  readonly header: string
  readonly unit: 'unix-seconds' | 'unix-ms' | 'seconds' | 'ms' | 'iso8601'
}

/**
 * ms to wait, from `Retry-After` (RFC 9110 §10.2.3: seconds, also fractional as Shopify sends them, or a date) or from
 * the provider's own reset header. `undefined`: nothing was said that can be read.
 */
export function readRetryAfter(headers: Headers, now: number, reset?: ResetHeader): number | undefined {
  return (
    parseRetryAfter(headers['retry-after'], now) ??
    (reset && parseReset(headers[reset.header.toLowerCase()], reset, now))
  )
}

function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined
  const text = value.trim()
  if (/^\d+(?:\.\d+)?$/.test(text)) return bounded(Number(text) * 1000)
  const date = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(date) ? undefined : bounded(date - now)
}

function parseReset(value: string | undefined, { unit }: ResetHeader, now: number): number | undefined {
  if (value === undefined) return undefined
  if (unit === 'iso8601') return parseIso(value.trim(), now)
  if (!/^\d+(?:\.\d+)?$/.test(value.trim())) return undefined
  const number = Number(value)
  if (unit === 'seconds') return bounded(number * 1000)
  if (unit === 'ms') return bounded(number)
  return bounded((unit === 'unix-seconds' ? number * 1000 : number) - now)
}

/** jira: `2026-11-21T12:00Z`. */
function parseIso(text: string, now: number): number | undefined {
  const date = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(date) ? undefined : bounded(date - now)
}

const day = 86_400_000

function bounded(ms: number): number {
  return Math.min(Math.max(0, Math.ceil(ms)), day)
}
