import type { Dispatcher } from 'undici'
import { readLimited, type Transport, withTimeout } from './transport.ts'

type Undici = typeof import('undici')
let loading: Promise<Undici> | undefined

/**
 * Loads undici on first use. The package makes itself the global dispatcher where none is set, and Node 20's own fetch
 * then breaks for the application; touching `Headers` first makes Node install its own (DESIGN §9).
 */
export function loadUndici(): Promise<Undici> {
  if (!loading) {
    void new Headers()
    loading = import('undici')
  }
  return loading
}

/** `undici.request`: several times the throughput of Node's fetch. Honours the application's global dispatcher. */
export function undiciTransport(dispatcher?: Dispatcher): Transport {
  return (request, timeoutMs) =>
    withTimeout(timeoutMs, async (signal) => {
      const { request: send } = await loadUndici()
      const response = await send(request.url, {
        method: request.method,
        headers: request.headers,
        body: request.body ?? null,
        signal,
        ...(dispatcher ? { dispatcher } : {}),
      })
      const headers: Record<string, string> = {}
      for (const [name, value] of Object.entries(response.headers)) {
        if (value !== undefined) headers[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value
      }
      return { status: response.statusCode, headers, body: await readLimited(response.body) }
    })
}
