import { Refusal } from './provider-error.ts'
import type { SimulatedRequest } from './simulated-message.ts'

export type BodyFormat = 'form' | 'json' | 'query' | 'none'
export type RequestParams = Readonly<Record<string, string>>

/** The parameters of a request in the one format this provider reads; anything else is `invalid_request`. */
export function readParams(request: SimulatedRequest, format: BodyFormat): RequestParams {
  if (format === 'none') return {}
  if (format === 'query') {
    if (request.body !== '')
      throw new Refusal('invalid_request', 'Parameters are read from the query, not from a body')
    return single(request.url.searchParams)
  }
  for (const name of request.url.searchParams.keys())
    if (carriesSecrets.has(name))
      throw new Refusal('invalid_request', `The parameter ${name} must not be in the URL`)
  const type = mediaType(request)
  if (format === 'json') {
    if (type !== 'application/json')
      throw new Refusal('invalid_request', 'The content type must be application/json')
    return flat(parseJson(request.body))
  }
  if (type !== 'application/x-www-form-urlencoded')
    throw new Refusal('invalid_request', 'The content type must be application/x-www-form-urlencoded')
  return single(new URLSearchParams(request.body))
}

/** RFC 6749 §2.3.1: these are never sent in a URL, where logs keep them. */
const carriesSecrets = new Set([
  'client_secret',
  'code',
  'refresh_token',
  'code_verifier',
  'token',
  'access_token',
])

function mediaType(request: SimulatedRequest): string {
  return (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
}

/** RFC 6749 §3.2: parameters must not be included more than once. */
export function single(params: URLSearchParams): RequestParams {
  const result: Record<string, string> = {}
  for (const [name, value] of params) {
    if (Object.hasOwn(result, name)) throw new Refusal('invalid_request', `The parameter ${name} is repeated`)
    result[name] = value
  }
  return result
}

function flat(body: unknown): RequestParams {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new Refusal('invalid_request', 'The body is not a JSON object')
  const result: Record<string, string> = {}
  for (const [name, value] of Object.entries(body)) {
    if (typeof value !== 'string')
      throw new Refusal('invalid_request', `The parameter ${name} is not a string`)
    result[name] = value
  }
  return result
}

export function parseJson(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

/** What a request's body held, for the record; reads form and JSON, whatever was declared. */
export function recordedBody(
  request: Pick<SimulatedRequest, 'headers' | 'body'>,
): Readonly<Record<string, unknown>> {
  if (request.body === '') return {}
  const value = parseJson(request.body)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  return /^[^\s{[]*=/.test(request.body) ? Object.fromEntries(new URLSearchParams(request.body)) : {}
}
