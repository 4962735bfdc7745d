import { readStream, type Transport, withTimeout } from './transport.ts'

export type Fetch = typeof globalThis.fetch

/** Any fetch: one that was passed in, one that an interceptor has patched, or a runtime's own. */
export function fetchTransport(fetch: () => Fetch, extra: object = {}): Transport {
  return (request, timeoutMs) =>
    withTimeout(timeoutMs, async (signal) => {
      const response = await fetch()(request.url, {
        method: request.method,
        headers: request.headers,
        body: request.body ?? null,
        redirect: 'manual',
        signal,
        ...extra,
      })
      const headers: Record<string, string> = {}
      response.headers.forEach((value, name) => {
        headers[name] = value
      })
      const body = response.body ? await readStream(response.body) : new Uint8Array()
      return { status: response.status, headers, body }
    })
}
