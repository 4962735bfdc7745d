import { type ClientContext, connectionKey, templateParams } from '../context.ts'
import { tracedRequest } from '../diagnostics.ts'
import type { ProviderDefinition } from '../provider/definition.ts'
import type { Params } from '../provider/params.ts'
import { expandText } from '../provider/template.ts'
import { credentialOf } from '../tokens/credential.ts'
import { hold } from '../tokens/held.ts'
import type { TokenKeeper } from '../tokens/token-keeper.ts'
import type { ConnectionRef, TokenChain } from '../types.ts'
import { saysSo } from './api-answer.ts'
import { isAllowedUrl, resolveApiUrl } from './api-hosts.ts'
import { readBodyText } from './body.ts'
import { readRetryAfter } from './retry-after.ts'
import { transportError, userAgent } from './transport.ts'

/** §12: a wait of up to this is sat out; a longer one is the caller's to plan. */
const longestWait = 5_000
const mostRedirects = 5
const mostWaits = 2
const idempotent = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])

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
    ref: ConnectionRef & { readonly token?: string | undefined },
    input: string | URL,
    init: RequestInit = {},
  ): Promise<Response> {
    const key = connectionKey(context, ref)
    const { record, tokens } = await hold(context, key)
    const params = templateParams(context, record)
    const call = prepare(input, init, params)
    const chain = keeper.pick(tokens, ref.token)
    const asked = { token: ref.token }
    let accessToken = await keeper.getAccessToken(ref, asked)
    const credential = (): Token => ({
      accessToken,
      ...(chain.tokenSecret !== undefined && { tokenSecret: chain.tokenSecret }),
    })
    let response = await follow(call, credential(), params)
    const canRefresh = chain.refreshToken !== undefined && call.replayable
    if (canRefresh && (await looksExpired(response))) {
      discard(response)
      accessToken = await keeper.getAccessToken(ref, { ...asked, rejected: accessToken })
      response = await follow(call, credential(), params)
    }
    if (await saysSo(provider, provider.api.ended, response)) {
      const { status } = response
      await keeper.grantEnded(key, accessToken, context.fail({ code: 'provider_error', status }))
    }
    return response
  }

  function prepare(input: string | URL, init: RequestInit, params: Params): ApiCall {
    const url = resolveApiUrl(context, input, params)
    for (const [name, template] of Object.entries(provider.api.query ?? {}))
      if (!url.searchParams.has(name)) url.searchParams.set(name, expandText(provider, template, params))
    const method = (init.method ?? (takesJsonToken(provider) ? 'POST' : 'GET')).toUpperCase()
    if (takesJsonToken(provider) && (method === 'GET' || method === 'HEAD'))
      throw context.fail({
        code: 'params_invalid',
        detail: 'this provider takes its token in the body: every call is a POST',
      })
    return { url, init, method, replayable: !(init.body instanceof ReadableStream) }
  }

  async function follow(call: ApiCall, token: Token, params: Params): Promise<Response> {
    let { url, method } = call
    let init = call.init
    for (let hops = 0; ; hops++) {
      const response = await waitOut(url, { ...init, method }, token, params, call.replayable)
      const location = response.headers.get('location')
      if (response.status < 300 || response.status >= 400 || !location || hops >= mostRedirects)
        return response
      if (call.init.redirect === 'manual' || !URL.canParse(location, url.href)) return response
      const next = new URL(location, url)
      if (!isAllowedUrl(context, next, params)) return response
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

  async function waitOut(
    url: URL,
    init: RequestInit & { readonly method: string },
    token: Token,
    params: Params,
    replayable: boolean,
  ): Promise<Response> {
    for (let waits = 0; ; waits++) {
      const response = await sendOnce(url, init, token, params)
      if (!replayable || !idempotent.has(init.method) || waits >= mostWaits) return response
      if (!(await asksToWait(response))) return response
      const headers = Object.fromEntries(response.headers)
      const wait = readRetryAfter(headers, context.clock(), provider.api.rateLimitReset)
      if (wait === undefined || wait > longestWait) return response
      discard(response)
      await pause(wait, init.signal ?? undefined)
    }
  }

  async function asksToWait(response: Response): Promise<boolean> {
    if (response.status === 429 || response.status === 503) return true
    return saysSo(provider, provider.api.rateLimited, response)
  }

  async function sendOnce(
    url: URL,
    init: RequestInit & { readonly method: string },
    token: Token,
    params: Params,
  ): Promise<Response> {
    const headers = new Headers(init.headers)
    if (!headers.has('accept')) headers.set('accept', 'application/json')
    for (const [name, template] of Object.entries(provider.api.headers ?? {}))
      if (!headers.has(name) || name.toLowerCase() === 'accept')
        setHeader(headers, name, expandText(provider, template, params))
    if (!headers.has('user-agent')) headers.set('user-agent', userAgent)
    const form = formIn(init.body, headers)
    const credential = await credentialOf(context, token, params, { method: init.method, url, form })
    for (const [name, value] of Object.entries(credential.headers)) setHeader(headers, name, value)
    const body = credential.json && bodyWith(context, init.body, credential.json)
    if (body !== undefined) headers.set('content-type', 'application/json')
    const timeout = new AbortController()
    const timer = setTimeout(() => timeout.abort(), context.timeout)
    const signal = init.signal ? AbortSignal.any([init.signal, timeout.signal]) : timeout.signal
    const request = {
      ...init,
      headers,
      redirect: 'manual',
      signal,
      ...(body !== undefined && { body }),
    } as const
    const send = async () => {
      try {
        return await context.apiFetch(url.href, request)
      } catch (error) {
        if (init.signal?.aborted) throw init.signal.reason
        const { code, retryable, cause } = transportError(error, timeout.signal.aborted)
        throw context.fail({ code, detail: 'the API could not be reached', retryable, cause })
      } finally {
        clearTimeout(timer)
      }
    }
    return tracedRequest(provider.id, 'api', send)
  }

  /** A param's pattern can admit what no header can hold. */
  function setHeader(headers: Headers, name: string, value: string): void {
    try {
      headers.set(name, value)
    } catch {
      throw context.fail({ code: 'params_invalid', detail: `a value of the header "${name}" cannot be sent` })
    }
  }

  /** HTTP 401, or what else the definition knows (slack says `token_expired` under HTTP 200). */
  async function looksExpired(response: Response): Promise<boolean> {
    if (response.status === 401) return !(await saysSo(provider, provider.api.notExpired, response))
    return saysSo(provider, provider.api.expired, response)
  }
}

type Token = Pick<TokenChain, 'accessToken' | 'tokenSecret'>

/** Whether the token travels in the body of every call, so that every call is a POST (plaid). */
function takesJsonToken({ api }: ProviderDefinition): boolean {
  return api.credential !== undefined && 'json' in api.credential
}

/** The fields of a form body, which a signature covers (RFC 5849 §3.4.1.3.1). */
function formIn(body: RequestInit['body'], headers: Headers): URLSearchParams | undefined {
  if (body instanceof URLSearchParams) return body
  const isForm = /^application\/x-www-form-urlencoded/i.test(headers.get('content-type') ?? '')
  return isForm && typeof body === 'string' ? new URLSearchParams(body) : undefined
}

/** The caller's JSON with the token put into it. */
function bodyWith(
  context: ClientContext,
  body: RequestInit['body'],
  token: Readonly<Record<string, string>>,
): string {
  const given = body ?? '{}'
  const read = typeof given === 'string' ? readBodyText(given) : undefined
  const value = read?.kind === 'json' ? read.value : undefined
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw context.fail({
      code: 'params_invalid',
      detail: 'this provider takes its token in a JSON body: give init.body as the text of a JSON object',
    })
  return JSON.stringify({ ...value, ...token })
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
