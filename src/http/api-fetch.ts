import { type ClientContext, connectionKey, templateParams } from '../context.ts'
import type { Params } from '../provider/params.ts'
import { matchesSign } from '../provider/sign.ts'
import { assertSafeUrl, expandText, expandUrl } from '../provider/template.ts'
import { credentialHeader } from '../tokens/learn-account.ts'
import type { TokenKeeper } from '../tokens/token-keeper.ts'
import type { ConnectionRef } from '../types.ts'
import { readBody } from './body.ts'
import { readRetryAfter } from './retry-after.ts'
import { readStream, transportError, userAgent } from './transport.ts'

/** §12: a wait of up to this is sat out; a longer one is the caller's to plan. */
const longestWait = 5_000
const mostRedirects = 5
const mostWaits = 2
const idempotent = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])
const peekBytes = 16 * 1024

interface ApiCall {
  readonly url: URL
  readonly init: RequestInit
  readonly method: string
  /** A body that can be sent a second time. */
  readonly replayable: boolean
}

/** `client.fetch`: the provider's API with the connection's credential, refreshed and retried where that is safe. */
export function createApiFetch(context: ClientContext, keeper: TokenKeeper) {
  const { provider } = context

  return async function apiFetch(
    ref: ConnectionRef,
    input: string | URL,
    init: RequestInit = {},
  ): Promise<Response> {
    const { record, tokens } = await keeper.hold(connectionKey(context, ref))
    const params = templateParams(context, record)
    const call = prepare(input, init, params)
    let token = await keeper.getAccessToken(ref)
    let response = await follow(call, token, params)
    const canRefresh = tokens.refreshToken !== undefined
    if (canRefresh && (await looksExpired(response)) && call.replayable) {
      discard(response)
      token = await keeper.getAccessToken(ref, { rejected: token })
      response = await follow(call, token, params)
    }
    return response
  }

  function prepare(input: string | URL, init: RequestInit, params: Params): ApiCall {
    const url = resolveUrl(input, params)
    for (const [name, template] of Object.entries(provider.api.query ?? {}))
      if (!url.searchParams.has(name)) url.searchParams.set(name, expandText(provider, template, params))
    const method = (init.method ?? 'GET').toUpperCase()
    return { url, init, method, replayable: !(init.body instanceof ReadableStream) }
  }

  /** A path goes onto the API base; a whole URL must be of an allowed origin. `//host` is a host. */
  function resolveUrl(input: string | URL, params: Params): URL {
    const base = expandUrl(provider, provider.api.baseUrl, params)
    const text = typeof input === 'string' ? input : input.href
    const absolute = /^[a-z][a-z0-9+.-]*:/i.test(text) || /^[/\\]{2}/.test(text)
    if (!absolute)
      return assertAllowed(new URL(`${base.href.replace(/\/$/, '')}/${text.replace(/^\//, '')}`), params)
    return assertAllowed(assertSafeUrl(provider, text), params)
  }

  function assertAllowed(url: URL, params: Params): URL {
    const allowed = [provider.api.baseUrl, ...(provider.api.hosts ?? [])]
    if (allowed.some((template) => expandUrl(provider, template, params).origin === url.origin)) return url
    throw context.fail({
      code: 'host_not_allowed',
      detail: `"${url.host}" is not an API host of this provider`,
    })
  }

  async function follow(call: ApiCall, token: string, params: Params): Promise<Response> {
    let { url, method } = call
    let init = call.init
    for (let hops = 0; ; hops++) {
      const response = await waitOut(url, { ...init, method }, token, params, call.replayable)
      const location = response.headers.get('location')
      if (response.status < 300 || response.status >= 400 || !location || hops >= mostRedirects)
        return response
      if (call.init.redirect === 'manual' || !URL.canParse(location, url.href)) return response
      const next = new URL(location, url)
      if (!isAllowed(next, params)) return response
      const becomesGet = response.status === 303 || (response.status <= 302 && method === 'POST')
      if (!becomesGet && !call.replayable) return response
      if (becomesGet) {
        method = 'GET'
        const { body: _body, ...rest } = init
        init = rest
      }
      discard(response)
      url = next
    }
  }

  function isAllowed(url: URL, params: Params): boolean {
    try {
      assertAllowed(assertSafeUrl(provider, url.href), params)
      return true
    } catch {
      return false
    }
  }

  async function waitOut(
    url: URL,
    init: RequestInit & { readonly method: string },
    token: string,
    params: Params,
    replayable: boolean,
  ): Promise<Response> {
    for (let waits = 0; ; waits++) {
      const response = await sendOnce(url, init, token, params)
      if (response.status !== 429 && response.status !== 503) return response
      if (!replayable || !idempotent.has(init.method) || waits >= mostWaits) return response
      const headers = Object.fromEntries(response.headers)
      const wait = readRetryAfter(headers, context.clock(), provider.api.rateLimitReset)
      if (wait === undefined || wait > longestWait) return response
      discard(response)
      await pause(wait, init.signal ?? undefined)
    }
  }

  async function sendOnce(
    url: URL,
    init: RequestInit & { readonly method: string },
    token: string,
    params: Params,
  ): Promise<Response> {
    const headers = new Headers(init.headers)
    if (!headers.has('accept')) headers.set('accept', 'application/json')
    if (!headers.has('user-agent')) headers.set('user-agent', userAgent)
    for (const [name, template] of Object.entries(provider.api.headers ?? {}))
      if (!headers.has(name) || name.toLowerCase() === 'accept')
        headers.set(name, expandText(provider, template, params))
    const [credential, value] = credentialHeader(provider, token, params)
    headers.set(credential, value)
    const timeout = new AbortController()
    const timer = setTimeout(() => timeout.abort(), context.timeout)
    const signal = init.signal ? AbortSignal.any([init.signal, timeout.signal]) : timeout.signal
    try {
      return await context.apiFetch(url.href, { ...init, headers, redirect: 'manual', signal })
    } catch (error) {
      if (init.signal?.aborted) throw init.signal.reason
      const { code, retryable, cause } = transportError(error, timeout.signal.aborted)
      throw context.fail({ code, detail: 'the API could not be reached', retryable, cause })
    } finally {
      clearTimeout(timer)
    }
  }

  /** HTTP 401, or what else the definition knows (slack says `token_expired` under HTTP 200). */
  async function looksExpired(response: Response): Promise<boolean> {
    if (response.status === 401) return true
    const signs = provider.api.expired?.filter(
      ({ status }) => status === undefined || status === response.status,
    )
    if (!signs?.length || !/json/i.test(response.headers.get('content-type') ?? '')) return false
    const stream = response.clone().body
    const bytes = stream && (await readStream(stream, peekBytes))
    const body = bytes && readBody(bytes)
    return body?.kind === 'json' && matchesSign(provider, signs, response.status, body.value)
  }
}

/** Frees the connection of an answer that is not read. Nobody waits: under an interceptor the body is a clone's half. */
function discard(response: Response): void {
  void response.body?.cancel().catch(() => undefined)
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal?.addEventListener('abort', stop, { once: true })
    if (signal?.aborted) stop()
  })
}
