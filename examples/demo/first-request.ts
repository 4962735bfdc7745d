import type { ProviderDefinition } from 'latchkey'

type SinceFormat = NonNullable<NonNullable<ProviderDefinition['history']>['timeFormat']>

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
  const time = write[history.timeFormat ?? 'iso8601']
  const flow: Readonly<Record<string, string>> = { since: time(from), until: time(new Date()), position: '1' }
  // What the connection does not know (figma: which file) is the application's to choose.
  const value = (name: string) => params[name] ?? definition.params?.[name]?.example ?? ''
  const fill = (text: string, encode: (value: string) => string) =>
    text.replace(/\{([A-Za-z]\w*)\}/g, (_all, name: string) => encode(flow[name] ?? value(name)))
  const path = fill(history.resource, encodeURIComponent)
  const headers: Record<string, string> = {}
  for (const [name, text] of Object.entries(history.headers ?? {})) headers[name] = fill(text, String)
  if (!history.json) return { path, init: { method: history.method ?? 'GET', headers } }
  headers['content-type'] = 'application/json'
  const body = JSON.stringify(history.json).replace(
    /\{(since|until)\}/g,
    (all, name: string) => flow[name] ?? all,
  )
  return { path, init: { method: history.method ?? 'POST', body, headers } }
}
