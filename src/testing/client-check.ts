import { Refusal } from './provider-error.ts'
import type { RequestParams } from './request-params.ts'
import type { SimulatedRequest } from './simulated-message.ts'
import type { Simulation } from './simulation.ts'

type Authentication = 'client_secret_basic' | 'client_secret_post' | 'none'

/**
 * Client authentication in the declared style and in no other: a client must not use more than one (RFC 6749 §2.3).
 * `named: false`: with `none`, `client_id` may be left out (revocation by possession of the token).
 */
export function checkClient(
  simulation: Simulation,
  request: SimulatedRequest,
  params: RequestParams,
  style: Authentication,
  options: { readonly named?: boolean } = {},
): void {
  const { authorization } = request.headers
  const { client_id: id, client_secret: secret } = params
  if (style === 'client_secret_basic') {
    if (secret !== undefined)
      throw invalid('Client credentials arrived in the body besides the Authorization header')
    const [givenId, givenSecret] = readBasic(authorization)
    if (givenId !== simulation.clientId || givenSecret !== simulation.clientSecret)
      throw invalid('Client authentication failed')
    if (id !== undefined && id !== givenId)
      throw invalid('client_id is not the one of the Authorization header')
    return
  }
  if (authorization !== undefined)
    throw invalid('This provider does not take client credentials in the Authorization header')
  const mayBeUnnamed = style === 'none' && options.named === false
  if (id === undefined ? !mayBeUnnamed : id !== simulation.clientId) throw invalid('Unknown client')
  if (style === 'client_secret_post' ? secret !== simulation.clientSecret : secret !== undefined)
    throw invalid(style === 'none' ? 'This client has no secret to send' : 'Client authentication failed')
}

/** RFC 6749 §2.3.1: both halves are form-encoded before they are joined. */
function readBasic(header: string | undefined): readonly [string, string] {
  const encoded = /^Basic ([A-Za-z0-9+/]+=*)$/i.exec(header ?? '')?.[1]
  if (encoded === undefined) throw invalid('Client credentials are missing from the Authorization header')
  const text = Buffer.from(encoded, 'base64').toString()
  const colon = text.indexOf(':')
  if (colon < 0) throw invalid('The Authorization header holds no client secret')
  return [formDecode(text.slice(0, colon)), formDecode(text.slice(colon + 1))]
}

function formDecode(text: string): string {
  try {
    return decodeURIComponent(text.replace(/\+/g, ' '))
  } catch {
    throw invalid('The Authorization header is not form-encoded')
  }
}

function invalid(description: string): Refusal {
  return new Refusal('invalid_client', description)
}
