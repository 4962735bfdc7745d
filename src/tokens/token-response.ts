import { sanitizeWords } from '../errors/message.ts'
import { OAuthError, type OAuthErrorDetails } from '../errors/oauth-error.ts'
import { type Body, readBody } from '../http/body.ts'
import { htmlMessage } from '../http/check-html-response.ts'
import { readRetryAfter } from '../http/retry-after.ts'
import type { HttpResponse } from '../http/transport.ts'
import type { ProviderDefinition } from '../provider/definition.ts'
import { readFirst, readPath, readText } from '../provider/path.ts'
import type { ConnectionTokens, TokenChain } from '../types.ts'
import { accessTokenEnd, type Renewal, refreshTokenEnd, type TokenFields } from './lifetimes.ts'

/** What judging an answer needs to know besides the answer. */
export interface ReadingContext {
  /** ms since 1970. */
  readonly now: number
  /** What must never come back in a message: codes, tokens, the client secret, the verifier. */
  readonly secrets: readonly (string | undefined)[]
  /** RFC 6749 §5.1: an absent `scope` means what was asked for. */
  readonly requestedScopes: readonly string[]
  /** In a refresh: what is renewed. */
  readonly renews?: Renewal
}

/** A token answer in our terms. */
export interface TokenResponse {
  /** Where only an additional token came (slack with user scopes alone), it stands for itself as the first. */
  readonly tokens: ConnectionTokens
  /** The JSON body, for captures and identity. Never kept. */
  readonly body: unknown
}

/**
 * Judges an answer of the token endpoint; needs no network. Throws an `OAuthError` in the order of DESIGN §5 and §12:
 * redirect, size, rate limit, page, JSON or form, error, wrong field types.
 */
export function readTokenResponse(
  definition: ProviderDefinition,
  response: HttpResponse,
  context: ReadingContext,
): TokenResponse {
  const body = readProviderBody(definition, response, context)
  return { tokens: readTokens(definition, body, context, response.status), body }
}

/** The tokens of an answer that is no error. Throws `malformed_response` where there is none. */
export function readTokens(
  definition: ProviderDefinition,
  body: unknown,
  context: ReadingContext,
  status = 200,
): ConnectionTokens {
  const names = Object.entries(definition.tokenResponse?.additionalTokens ?? {})
  const additional: Record<string, TokenChain> = {}
  for (const [name, { at }] of names) {
    const chain = readChain(definition, readPath(body, at), {}, status, context)
    if (chain) additional[name] = chain
  }
  const chain = readChain(definition, body, definition.tokenResponse?.fields ?? {}, status, context)
  if (chain) return Object.keys(additional).length > 0 ? { ...chain, additional } : chain
  const only = Object.entries(additional)[0]
  if (only) return { ...only[1], standsFor: only[0] }
  throw failure(definition, context, {
    code: 'malformed_response',
    detail: 'the answer has no access token',
    status,
  })
}

/**
 * The JSON (or form) of an answer that is no error. Also used for revocation, discovery and identity, where an API may
 * answer with a list (jira's sites, xero's organisations).
 */
export function readProviderBody(
  definition: ProviderDefinition,
  response: HttpResponse,
  context: ReadingContext,
  { lists = false, form = false }: { readonly lists?: boolean; readonly form?: boolean } = {},
): unknown {
  const { status } = response
  const fail = (details: OAuthErrorDetails) => failure(definition, context, { status, ...details })
  if (status >= 300 && status < 400)
    throw fail({
      code: 'unexpected_redirect',
      detail: `HTTP ${status}: redirects from this endpoint are not followed`,
    })
  if (!response.body) throw fail({ code: 'response_too_large', detail: 'more than 1 MiB' })
  const formEncoded = form || (definition.tokenResponse?.formEncoded ?? false)
  const body = readBody(response.body, { formEncoded })
  const retryAfter = readRetryAfter(response.headers, context.now, definition.api.rateLimitReset)
  const transient = status >= 500 || status === 429 || status === 408
  if (body.kind === 'html') {
    const title = body.title && sanitizeWords(body.title, secretsOf(context, undefined))
    throw fail({
      code: 'html_response',
      detail: htmlMessage(status, title),
      retryable: transient || status < 400,
      retryAfter,
    })
  }
  const value = body.kind === 'json' || body.kind === 'form' ? body.value : undefined
  if (status === 429)
    throw fail({
      code: 'rate_limited',
      ...errorWords(definition, value, context, 'http_429'),
      retryable: true,
      retryAfter,
    })
  if (body.kind === 'empty' || body.kind === 'unreadable')
    throw fail({
      code: 'malformed_response',
      detail: unreadable(body, status),
      retryable: transient,
      retryAfter,
    })
  if (status >= 400)
    throw fail({
      code: 'provider_error',
      ...errorWords(definition, value, context, `http_${status}`),
      retryable: transient,
      retryAfter,
    })
  if (typeof value !== 'object' || value === null || (Array.isArray(value) && !lists))
    throw fail({ code: 'malformed_response', detail: 'the answer is not a JSON object' })
  if (saysFailure(definition, value))
    throw fail({
      code: 'provider_error',
      ...errorWords(definition, value, context, 'unknown_error'),
      retryAfter,
    })
  return value
}

function unreadable(body: Body, status: number): string {
  const what = body.kind === 'empty' ? 'an empty body' : 'a body that is neither JSON nor a page'
  return `the provider answered with ${what} (HTTP ${status})`
}

/** HTTP 200 with an error inside: RFC 6749's `error`, or what the definition watches for (slack `ok: false`). */
function saysFailure(definition: ProviderDefinition, value: object): boolean {
  const error = readPath(value, 'error')
  if (
    typeof error === 'string' ? error !== '' : error === true || (typeof error === 'object' && error !== null)
  )
    return true
  const { error: reading } = definition.tokenResponse ?? {}
  return Object.entries(reading?.when ?? {}).some(([path, expected]) => readPath(value, path) === expected)
}

/** The provider's words, whichever of the known shapes they come in, cleaned. */
function errorWords(
  definition: ProviderDefinition,
  value: unknown,
  context: ReadingContext,
  unnamed: string,
): { readonly error: string; readonly errorDescription?: string } {
  const reading = definition.tokenResponse?.error
  const secrets = secretsOf(context, value)
  const code =
    readText(value, reading?.code ?? 'error') ?? readText(value, ['error.code', 'error.type', 'error.status'])
  const words =
    readText(value, reading?.description ?? 'error_description') ??
    readText(value, ['error_description', 'error.message', 'message'])
  const error = sanitizeWords(code ?? unnamed, secrets) || unnamed
  const errorDescription = words && sanitizeWords(words, secrets)
  return errorDescription ? { error, errorDescription } : { error }
}

/** Secrets of the flow, and tokens of this very body, should its words repeat them. */
function secretsOf(context: ReadingContext, value: unknown): (string | undefined)[] {
  const inBody = ['access_token', 'refresh_token', 'id_token'].map((name) => readText(value, name))
  return [...context.secrets, ...inBody]
}

function failure(
  definition: ProviderDefinition,
  context: ReadingContext,
  details: OAuthErrorDetails,
): OAuthError {
  const detail = details.detail && sanitizeWords(details.detail, context.secrets)
  return new OAuthError({ ...details, detail, provider: definition.id, providerName: definition.name })
}

function readChain(
  definition: ProviderDefinition,
  value: unknown,
  fields: TokenFields,
  status: number,
  context: ReadingContext,
): TokenChain | undefined {
  const malformed = (detail: string) =>
    failure(definition, context, { code: 'malformed_response', detail, status })
  const token = (paths: string | readonly string[], what: string): string | undefined => {
    const found = readFirst(value, paths)
    if (found === undefined) return undefined
    // RFC 6749 §A.12 and §A.17: visible ASCII. Anything else fits no header, or is another token after decoding.
    if (typeof found !== 'string' || !/^[\x20-\x7e]+$/.test(found) || found.trim() === '')
      throw malformed(`the ${what} is not a usable string`)
    return found
  }
  const accessToken = token(fields.accessToken ?? 'access_token', 'access token')
  if (accessToken === undefined) return undefined
  const refreshToken = token('refresh_token', 'refresh token')
  const expiresAt = accessTokenEnd(definition, value, fields, context.now)
  const refreshTokenExpiresAt = refreshTokenEnd(definition, value, fields, context)
  const holdsToken = (text: string) =>
    [accessToken, refreshToken].some((each) => each !== undefined && text.includes(each))
  const tokenType = readText(value, 'token_type')?.trim()
  const scopes = readScopes(readPathOf(value, fields.scope ?? 'scope')) ?? context.requestedScopes
  return {
    accessToken,
    // These are kept in clear.
    scopes: scopes.filter((scope) => !holdsToken(scope)),
    tokenType: tokenType && !holdsToken(tokenType) ? tokenType : 'Bearer',
    ...(refreshToken !== undefined && { refreshToken }),
    ...(expiresAt && { expiresAt }),
    // In a refresh also without a new refresh token: to be used is what keeps the old one alive.
    ...((refreshToken !== undefined || context.renews) && refreshTokenExpiresAt && { refreshTokenExpiresAt }),
  }
}

/** As `readFirst`, but an empty string is an answer: "nothing was granted by name". */
function readPathOf(value: unknown, paths: string | readonly string[]): unknown {
  for (const path of typeof paths === 'string' ? [paths] : paths) {
    const found = readPath(value, path)
    if (found !== undefined && found !== null) return found
  }
  return undefined
}

/** A string parted by spaces or commas, or an array; providers answer with either whatever they were asked with. */
function readScopes(value: unknown): string[] | undefined {
  if (typeof value === 'string') return value.split(/[\s,]+/).filter((scope) => scope !== '')
  if (!Array.isArray(value)) return undefined
  return value.filter((scope): scope is string => typeof scope === 'string' && scope !== '')
}
