import type { ProviderDefinition } from 'latchkey'

type SinceFormat = NonNullable<NonNullable<ProviderDefinition['history']>['sinceFormat']>

const write: Readonly<Record<SinceFormat, (date: Date) => string>> = {
  iso8601: (date) => date.toISOString(),
  date: (date) => date.toISOString().slice(0, 10),
  'unix-seconds': (date) => String(Math.floor(date.getTime() / 1000)),
  'unix-ms': (date) => String(date.getTime()),
}

/** What a backfill of this integration would read first: a path for `client.fetch`. */
export function firstRequest(
  definition: ProviderDefinition,
  from: Date,
  params: Readonly<Record<string, string>>,
): { path: string; init: RequestInit } {
  const { history } = definition
  if (!history) return { path: '/', init: {} }
  const since = write[history.sinceFormat ?? 'iso8601'](from)
  // What the connection does not know (figma: which file) is the application's to choose.
  const value = (name: string) => params[name] ?? definition.params?.[name]?.example ?? ''
  const fill = (text: string, encode: (value: string) => string) =>
    text.replace(/\{([A-Za-z]\w*)\}/g, (_all, name: string) => encode(name === 'since' ? since : value(name)))
  const path = fill(history.resource, encodeURIComponent)
  const headers: Record<string, string> = {}
  for (const [name, text] of Object.entries(history.headers ?? {})) headers[name] = fill(text, String)
  if (!history.json) return { path, init: { method: history.method ?? 'GET', headers } }
  headers['content-type'] = 'application/json'
  const body = JSON.stringify(history.json).replaceAll('{since}', since)
  return { path, init: { method: history.method ?? 'POST', body, headers } }
}
