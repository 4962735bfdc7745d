import type { Dispatcher } from 'undici'
import { type Fetch, fetchTransport } from './fetch-transport.ts'
import type { Transport } from './transport.ts'
import { loadUndici, undiciTransport } from './undici-transport.ts'

/**
 * Whether a fetch is Node's own. Node's is a thin wrapper that loads its bundled undici and says so in its source; one
 * patched by MSW or a tracer does not, and neither does Bun's, Deno's or a worker's. When in doubt: no.
 */
export function isBuiltinNodeFetch(fetch: unknown): boolean {
  if (typeof fetch !== 'function' || typeof process === 'undefined' || !process.versions?.node) return false
  if ('bun' in process.versions || 'Deno' in globalThis) return false
  return Function.prototype.toString.call(fetch).includes("require('internal/deps/undici/undici')")
}

/**
 * DESIGN §9: `undici.request` while the global fetch is Node's own, through fetch whenever it is anything else or one
 * was passed in. Judged at each request, because test setups patch fetch after the client was made. Where undici cannot
 * be loaded (esbuild's ESM bundles refuse its `require`), fetch does its work, with the same dispatcher.
 */
export function chooseTransport(options: {
  readonly fetch?: Fetch | undefined
  readonly dispatcher?: Dispatcher | undefined
}): Transport {
  const { fetch, dispatcher } = options
  if (fetch) return fetchTransport(() => fetch)
  const direct = undiciTransport(dispatcher)
  const viaFetch = fetchTransport(() => globalThis.fetch, dispatcher ? { dispatcher } : {})
  return async (request, timeoutMs) =>
    (dispatcher || isBuiltinNodeFetch(globalThis.fetch)) && (await undiciLoads())
      ? direct(request, timeoutMs)
      : viaFetch(request, timeoutMs)
}

function undiciLoads(): Promise<boolean> {
  return loadUndici().then(
    () => true,
    () => false,
  )
}
