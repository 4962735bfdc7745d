import type { OAuthClientOptions } from '../types.ts'
import { dispatchTransport, globalDispatcher, isDispatcher } from './dispatch-transport.ts'
import { fetchTransport } from './fetch-transport.ts'
import type { Transport } from './transport.ts'

let judged: { readonly fetch: unknown; readonly isBuiltin: boolean } | undefined

/**
 * Whether a fetch is Node's own. Node's is a thin wrapper that loads its bundled undici and says so in its source; one
 * patched by MSW or a tracer does not, and neither does Bun's, Deno's or a worker's. When in doubt: no.
 */
export function isBuiltinNodeFetch(fetch: unknown): boolean {
  if (!judged || judged.fetch !== fetch) judged = { fetch, isBuiltin: judge(fetch) }
  return judged.isBuiltin
}

function judge(fetch: unknown): boolean {
  if (typeof fetch !== 'function' || typeof process === 'undefined' || !process.versions?.node) return false
  if ('bun' in process.versions || 'Deno' in globalThis) return false
  return Function.prototype.toString.call(fetch).includes("require('internal/deps/undici/undici')")
}

/**
 * DESIGN §9: straight through undici's dispatcher while the global fetch is Node's own, through fetch whenever it is
 * anything else or one was passed in. Judged at each request, because test setups patch fetch after the client was made.
 */
export function chooseTransport({
  fetch,
  dispatcher,
}: Pick<OAuthClientOptions, 'fetch' | 'dispatcher'>): Transport {
  if (fetch) return fetchTransport(() => fetch)
  // Bun's stand-in for undici has dispatchers that dispatch nothing.
  if (isDispatcher(dispatcher)) return dispatchTransport(dispatcher)
  const viaFetch = fetchTransport(() => globalThis.fetch, dispatcher ? { dispatcher } : {})
  return (request, timeoutMs) => {
    const found = isBuiltinNodeFetch(globalThis.fetch) ? globalDispatcher() : undefined
    return (found ? dispatchTransport(found) : viaFetch)(request, timeoutMs)
  }
}
