import { basicText } from './basic.ts'
import { Refusal } from './provider-error.ts'
import type { RequestParams } from './request-params.ts'
import type { SimulatedRequest } from './simulated-message.ts'
import type { Simulation } from './simulation.ts'
import { expected } from './values.ts'

type Authentication = 'client_secret_basic' | 'client_secret_post' | 'none'

interface Expectation {
  /** `false`: with `none`, `client_id` may be left out (revocation by possession of the token). */
  readonly named?: boolean
  /** Other halves of Basic than client id and secret. */
  readonly halves?: { readonly username: string; readonly password: string } | undefined
}

/** Client authentication in the declared style and in no other: a client must not use more than one (RFC 6749 §2.3). */
export function checkClient(
  simulation: Simulation,
  request: SimulatedRequest,
  params: RequestParams,
  style: Authentication,
  options: Expectation = {},
): void {
  const { authorization } = request.headers
  const { client_id: id, client_secret: secret } = params
  if (style === 'client_secret_basic') {
    if (secret !== undefined)
      throw invalid('Client credentials arrived in the body besides the Authorization header')
    checkBasic(simulation, authorization, options.halves)
    if (id !== undefined && id !== simulation.clientId)
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

/** RFC 6749 §2.3.1: both halves are form-encoded before they are joined; halves of the provider's own are as they are. */
function checkBasic(simulation: Simulation, header: string | undefined, halves: Expectation['halves']): void {
  const text = basicText(header)
  if (text === undefined) throw invalid('Client credentials are missing from the Authorization header')
  const { clientId, clientSecret } = simulation
  if (halves) {
    const wanted = expected(simulation, `${halves.username}:${halves.password}`, { clientId, clientSecret })
    if (wanted !== text) throw invalid('Client authentication failed')
    return
  }
  const colon = text.indexOf(':')
  if (colon < 0) throw invalid('The Authorization header holds no client secret')
  if (formDecode(text.slice(0, colon)) !== clientId || formDecode(text.slice(colon + 1)) !== clientSecret)
    throw invalid('Client authentication failed')
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
