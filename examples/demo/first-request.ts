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
): { path: string; init: RequestInit } {
  const { history } = definition
  if (!history) return { path: '/', init: {} }
  const since = write[history.sinceFormat ?? 'iso8601'](from)
  const path = history.resource.replaceAll('{since}', encodeURIComponent(since))
  if (!history.json) return { path, init: { method: history.method ?? 'GET' } }
  const body = JSON.stringify(history.json).replaceAll('{since}', since)
  return {
    path,
    init: { method: history.method ?? 'POST', body, headers: { 'content-type': 'application/json' } },
  }
}
