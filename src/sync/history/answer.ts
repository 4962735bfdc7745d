import { sanitizeWords } from '../../errors/message.ts'
import { extendError, isOAuthError, OAuthError } from '../../errors/oauth-error.ts'
import { readBody } from '../../http/body.ts'
import { escapeHtml } from '../../http/escape-html.ts'
import { readRetryAfter } from '../../http/retry-after.ts'
import { type HttpResponse, readStream, transportError } from '../../http/transport.ts'
import type { ProviderDefinition } from '../../provider/definition.ts'
import { readPath, readText } from '../../provider/path.ts'
import { matchesSign } from '../../provider/sign.ts'
import { readProviderBody } from '../../tokens/token-response.ts'
import { withoutTokens } from './without-secrets.ts'

/** A page of history can be long: 2,500 events of google-calendar, 1,000 tickets of zendesk. */
const largestPage = 32 * 1024 * 1024
/** ms for one body: `client.fetch` waits for the head of an answer only. */
const slowest = 120_000
/** ms until a provider that is still collecting is asked again, where it does not say. */
const notReadyYet = 30_000

export interface HistoryAnswer {
  readonly body: unknown
  readonly headers: Headers
  /** 204 and 304: there is nothing, and that is the whole answer (zoho-crm, `If-Modified-Since`). */
  readonly isEmpty: boolean
  /** What it was asked under, where the transport tells. */
  readonly url: string
}

/** Sends one request through `fetch` and judges what comes as every other answer of a provider is judged. */
export async function askHistory(
  definition: ProviderDefinition,
  send: (signal: AbortSignal) => Promise<Response>,
  signal: AbortSignal | undefined,
): Promise<HistoryAnswer> {
  // One signal a request: what is combined with a run's own, long-lived one would pile up there.
  const ending = new AbortController()
  const end = () => ending.abort(signal?.reason)
  signal?.addEventListener('abort', end, { once: true })
  try {
    const response = await send(ending.signal)
    const { status, headers, url } = response
    if (status === 204 || status === 304) {
      void response.body?.cancel().catch(() => undefined)
      return { body: undefined, headers, isEmpty: true, url }
    }
    const bytes = await readWithin(response, ending, signal)
    return { body: judge(definition, status, headers, bytes), headers, isEmpty: false, url }
  } catch (error) {
    throw isOAuthError(error)
      ? extendError(error, { provider: definition.id, providerName: definition.name })
      : error
  } finally {
    signal?.removeEventListener('abort', end)
  }
}

/** Throws `signal`'s reason, `timeout`, `network`; `undefined`: the body is too long. */
async function readWithin(
  response: Response,
  ending: AbortController,
  signal: AbortSignal | undefined,
): Promise<Uint8Array | undefined> {
  if (!response.body) return new Uint8Array()
  const timer = setTimeout(() => ending.abort(), slowest)
  const ended = new Promise<never>((_resolve, reject) => {
    ending.signal.addEventListener('abort', () => reject(new Error('ended')), { once: true })
    if (ending.signal.aborted) reject(new Error('ended'))
  })
  try {
    return await Promise.race([readStream(response.body, largestPage), ended])
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    throw transportError(error, ending.signal.aborted)
  } finally {
    clearTimeout(timer)
  }
}

function judge(
  definition: ProviderDefinition,
  status: number,
  headers: Headers,
  received: Uint8Array | undefined,
): unknown {
  const bytes = received && withExactNumbers(received)
  if (!bytes)
    throw new OAuthError({
      code: 'response_too_large',
      status,
      detail: 'a page of more than 32 MiB',
      hint: 'Ask for smaller pages: lower the page size in the definition’s history.',
    })
  const read = readBody(bytes)
  const named = Object.fromEntries(headers)
  const value = read.kind === 'json' ? read.value : read.kind === 'unreadable' ? words(bytes) : undefined
  const now = Date.now()
  const isLimited = matchesSign(definition, definition.api.rateLimited, {
    status,
    headers: named,
    body: value,
  })
  if (matchesSign(definition, definition.api.ended, { status, headers: named, body: value }))
    throw new OAuthError({ code: 'reconnect_required', status })
  if (matchesSign(definition, definition.history?.notReady, { status, headers: named, body: value }))
    throw new OAuthError({
      code: 'provider_error',
      status,
      error: 'not_ready',
      hint: 'The provider is still collecting what is asked for. Ask again in a while.',
      retryable: true,
      retryAfter: readRetryAfter(named, now, definition.api.rateLimitReset) ?? notReadyYet,
    })
  // The reader knows 429 as the one sign of a limit.
  const response = { status: isLimited ? 429 : status, headers: named, body: bytes }
  const page = read.kind === 'html' ? { ...response, body: pageWithoutTokens(read.title) } : response
  const body = readWithoutTokens(definition, page, now)
  const error = firstGraphqlError(body)
  if (error === undefined) return body
  const retryAfter = readRetryAfter(named, now, definition.api.rateLimitReset)
  throw new OAuthError({
    code: 'provider_error',
    status,
    // Words of a GraphQL server quote the query's values, so only its code is given on.
    error: shortCode(readText(error, ['extensions.code', 'extensions.type'])) ?? 'graphql_error',
    retryAfter,
  })
}

/** GraphQL (spec §7.1.2): a list of errors that is not empty, under HTTP 200, also beside a part of the data. */
function firstGraphqlError(body: unknown): unknown {
  const errors = readPath(body, 'errors')
  return Array.isArray(errors) && errors.length > 0 ? errors[0] : undefined
}

function words(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, 16_384)).toString()
}

/** The body of an answer that is no error. What an error quotes of it has gone through `withoutTokens`. */
function readWithoutTokens(definition: ProviderDefinition, response: HttpResponse, now: number): unknown {
  try {
    return readProviderBody(definition, response, { now, secrets: [], requestedScopes: [] }, { lists: true })
  } catch (thrown) {
    // Without words of the provider's, they are all ours.
    if (!isOAuthError(thrown) || thrown.error === undefined) throw thrown
    const { code, error, errorDescription, status, retryable, retryAfter } = thrown
    throw new OAuthError({
      code,
      error: withoutTokens(error),
      errorDescription: errorDescription && withoutTokens(errorDescription),
      status,
      retryable,
      retryAfter,
    })
  }
}

function pageWithoutTokens(title: string | undefined): Uint8Array {
  return Buffer.from(title === undefined ? '<html>' : `<title>${escapeHtml(withoutTokens(title))}</title>`)
}

function shortCode(code: string | undefined): string | undefined {
  return code && withoutTokens(sanitizeWords(code, [])).slice(0, 100)
}

const longNumber = /[\s:,[-]\d{16}/
const stringOrLongNumber = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d{16,}(?![\d.eE])/g

/**
 * Whole numbers beyond 2^53 as text, since `JSON.parse` would round them: ids, and cursors that would then point somewhere
 * else (box `next_stream_position`).
 */
function withExactNumbers(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  if (!longNumber.test(text)) return bytes
  const exact = text.replace(stringOrLongNumber, (found) =>
    found.startsWith('"') || Number.isSafeInteger(Number(found)) ? found : `"${found}"`,
  )
  return Buffer.from(exact, 'latin1')
}
