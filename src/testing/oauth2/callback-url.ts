import { createHmac } from 'node:crypto'
import { present } from '../simulated-message.ts'
import { expected } from '../values.ts'
import type { AuthorizationRequest } from './authorization.ts'
import type { OAuth2Simulation } from './settings.ts'

/** What a callback says besides `state`. */
export type CallbackOutcome =
  | { readonly code: string; readonly params: Readonly<Record<string, string>> }
  | { readonly error: string; readonly description: string }

/** The parameters a provider sends back: `state`, code or error, captures, issuer, signature, as the definition says. */
export function callbackParams(
  simulation: OAuth2Simulation,
  request: AuthorizationRequest,
  outcome: CallbackOutcome,
  origin: string | undefined,
): [string, string][] {
  const { authorization, callback } = simulation.definition
  const result: [string, string][] = []
  const known = 'code' in outcome ? outcome.params : { ...simulation.reported, ...request.values }
  if ('code' in outcome) {
    result.push(['code', outcome.code])
    for (const [name, { parameter }] of Object.entries(callback?.capture ?? {})) {
      const value = outcome.params[name]
      if (value !== undefined) result.push([parameter, present(value, origin)])
    }
  } else result.push(...refusalParams(simulation, outcome.error, outcome.description))
  if (request.state !== undefined) result.push(['state', request.state])
  for (const [parameter, template] of Object.entries(callback?.match ?? {})) {
    const value = expected(simulation, template, known)
    if (value !== undefined) result.push([parameter, present(value, origin)])
  }
  const issuer = authorization.issuer && expected(simulation, authorization.issuer.value, known)
  if (issuer !== undefined) result.push(['iss', present(issuer, origin)])
  return sign(simulation, result)
}

/** RFC 6749 §4.1.2.1, or the provider's own parameters instead (whatsapp `error_code`). */
function refusalParams(
  { definition }: OAuth2Simulation,
  error: string,
  description: string,
): [string, string][] {
  const own = definition.callback?.error
  const [code] = own?.code ?? ['error']
  const [words] = own ? (own.description ?? []) : ['error_description']
  const result: [string, string][] = []
  if (code !== undefined) result.push([code, error])
  if (words !== undefined) result.push([words, description])
  return result
}

/**
 * HMAC-SHA256 under the client secret over the sorted query, `key=value` joined by `&`, values form-encoded: the text
 * that Shopify's official JavaScript library signs (@shopify/shopify-api, lib/utils/hmac-validator.ts).
 */
function sign(simulation: OAuth2Simulation, params: [string, string][]): [string, string][] {
  const signature = simulation.definition.callback?.signature
  if (!signature) return params
  const { timestamp } = signature
  if (timestamp) params.push([timestamp.parameter, String(Math.floor(simulation.clock() / 1000))])
  const left = new Set([signature.parameter, ...(signature.exclude ?? [])])
  const text = new URLSearchParams(
    params.filter(([name]) => !left.has(name)).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
  ).toString()
  const value = createHmac('sha256', simulation.clientSecret).update(text).digest(signature.encoding)
  return [...params, [signature.parameter, value]]
}
