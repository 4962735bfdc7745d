import { createHmac, timingSafeEqual } from 'node:crypto'
import { Refusal } from '../provider-error.ts'
import type { SimulatedRequest } from '../simulated-message.ts'
import type { Simulation } from '../simulation.ts'

/** s a timestamp may be away from now. */
const tolerance = 300

/** The `oauth_…` parameters of a request whose header has the right form; nothing is proven yet. */
function readOAuthHeader(request: SimulatedRequest): ReadonlyMap<string, string> {
  const text = /^OAuth\s+(.*)$/is.exec(request.headers.authorization ?? '')?.[1]
  if (text === undefined)
    throw refuse('parameter_absent', 'The Authorization header holds no OAuth parameters')
  const result = new Map<string, string>()
  for (const part of text.split(',')) {
    const [, name, value] = /^\s*([^=\s]+)="([^"]*)"\s*$/.exec(part) ?? []
    if (name === undefined || value === undefined)
      throw malformed('The Authorization header is not a list of name="value"')
    if (name === 'realm') continue
    const key = decode(name)
    if (result.has(key)) throw malformed(`The parameter ${key} is repeated`)
    result.set(key, decode(value))
  }
  for (const name of [...request.url.searchParams.keys(), ...formOf(request).keys()])
    if (name.startsWith('oauth_')) throw malformed(`${name} belongs into the Authorization header`)
  return result
}

/**
 * RFC 5849 §3.2: the signature under both secrets, a timestamp near now, a nonce that has not been used, and the consumer
 * that is registered. Gives back the parameters.
 */
export function checkSignature(
  simulation: Simulation,
  request: SimulatedRequest,
  secretOf: (token: string | undefined) => string,
): ReadonlyMap<string, string> {
  const params = readOAuthHeader(request)
  const need = (name: string): string => {
    const value = params.get(name)
    if (!value) throw refuse('parameter_absent', `${name} is missing`, 400)
    return value
  }
  if (need('oauth_consumer_key') !== simulation.clientId)
    throw refuse('consumer_key_unknown', 'The consumer key is unknown')
  if (need('oauth_signature_method') !== 'HMAC-SHA1')
    throw refuse('signature_method_rejected', 'The signature method must be HMAC-SHA1', 400)
  if ((params.get('oauth_version') ?? '1.0') !== '1.0')
    throw refuse('version_rejected', 'oauth_version must be 1.0', 400)
  const timestamp = need('oauth_timestamp')
  if (!/^\d+$/.test(timestamp) || Math.abs(Number(timestamp) - simulation.clock() / 1000) > tolerance)
    throw refuse('timestamp_refused', 'The timestamp is not that of now')
  const nonce = need('oauth_nonce')
  const given = Buffer.from(need('oauth_signature'))
  const token = params.get('oauth_token')
  const key = [simulation.clientSecret, secretOf(token)].map(encode).join('&')
  const expected = Buffer.from(createHmac('sha1', key).update(baseString(request, params)).digest('base64'))
  if (given.length !== expected.length || !timingSafeEqual(given, expected))
    throw refuse('signature_invalid', 'The signature does not fit the request')
  const once = JSON.stringify([token, timestamp, nonce])
  if (simulation.nonces.has(once)) throw refuse('nonce_used', 'The nonce has been used')
  simulation.nonces.add(once)
  return params
}

/** The access token of a signed request to the API; whether it lives is for others to say. */
export function readSignedToken(simulation: Simulation, request: SimulatedRequest): string | undefined {
  if (request.headers.authorization === undefined) return undefined
  const secretOf = (token: string | undefined) => simulation.grants.accessToken(token ?? '')?.secret ?? ''
  return checkSignature(simulation, request, secretOf).get('oauth_token')
}

/** RFC 5849 §3.4.1, over the address as the client knows it. */
function baseString(request: SimulatedRequest, header: ReadonlyMap<string, string>): string {
  const { url, origin } = request
  const address = origin === undefined ? url : new URL(`${origin}/${url.host}${url.pathname}`)
  const pairs = [...url.searchParams, ...formOf(request), ...header]
    .filter(([name]) => name !== 'oauth_signature')
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map((pair) => pair.join('='))
  return [request.method.toUpperCase(), `${address.origin}${address.pathname}`, pairs.join('&')]
    .map(encode)
    .join('&')
}

/** §3.4.1.3.1: a body counts only where it is a form. */
function formOf(request: SimulatedRequest): URLSearchParams {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase()
  return new URLSearchParams(type === 'application/x-www-form-urlencoded' ? request.body : '')
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** §3.6 */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw malformed('The Authorization header is not percent-encoded')
  }
}

function malformed(description: string): Refusal {
  return refuse('parameter_rejected', description, 400)
}

/** Named as in the problem reporting that OAuth 1.0 servers share; RFC 5849 §3.2 has the statuses only. */
export function refuse(error: string, description: string, status = 401): Refusal {
  return new Refusal(error, description, { status })
}
