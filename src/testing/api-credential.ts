import type { CredentialDefinition } from '../provider/definition.ts'
import type { TemplateValues } from '../provider/template.ts'
import { basicText } from './basic.ts'
import type { AccessToken } from './grants.ts'
import { isObject } from './json-body.ts'
import { readSignedToken } from './oauth1/signature.ts'
import { Refusal } from './provider-error.ts'
import { parseJson } from './request-params.ts'
import type { SimulatedRequest } from './simulated-message.ts'
import type { Simulation } from './simulation.ts'
import { belongsTo, checkHeaders, expected, valueIn } from './values.ts'

const bearer = { header: 'Authorization', value: 'Bearer {accessToken}' } as const

/** The token that stands in a request in the declared way, in the declared words around it. Throws for a wrong client. */
export function readCredential(
  simulation: Simulation,
  request: SimulatedRequest,
  credential: CredentialDefinition | undefined = simulation.definition.api.credential,
): string | undefined {
  const { clientId, clientSecret } = simulation
  const values = { ...simulation.reported, clientId, clientSecret }
  if (credential === undefined && simulation.definition.protocol === 'oauth1')
    return readSignedToken(simulation, request)
  if (credential && 'json' in credential) {
    checkCredentialHeaders(simulation, credential.headers, request, values)
    const body = parseJson(request.body)
    const token = isObject(body) ? body[credential.json] : undefined
    return typeof token === 'string' ? token : undefined
  }
  if (credential && 'basic' in credential) {
    const { username, password } = credential.basic
    return valueIn(
      simulation,
      `${username}:${password}`,
      'accessToken',
      basicText(request.headers.authorization),
      values,
    )
  }
  const { header, value } = credential ?? bearer
  return valueIn(simulation, value, 'accessToken', request.headers[header.toLowerCase()], values)
}

/** Client credentials that go along with a token (plaid). */
export function checkCredentialHeaders(
  simulation: Simulation,
  headers: Readonly<Record<string, string>> | undefined,
  request: SimulatedRequest,
  values: TemplateValues = { clientId: simulation.clientId, clientSecret: simulation.clientSecret },
): void {
  try {
    checkHeaders(simulation, headers, request.headers, { sets: [values] })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    throw new Refusal('invalid_client', 'Client authentication failed')
  }
}

/** Whether a credential of this form could hold no token at all (a client's own secret). */
export function holdsToken(credential: CredentialDefinition | undefined): boolean {
  if (!credential || 'json' in credential) return true
  const text = 'basic' in credential ? Object.values(credential.basic).join() : credential.value
  return text.includes('{accessToken}')
}

/** A credential without a token, as it must be. */
export function checkClientCredential(
  simulation: Simulation,
  request: SimulatedRequest,
  credential: CredentialDefinition,
): void {
  const values = { clientId: simulation.clientId, clientSecret: simulation.clientSecret }
  const fits =
    'basic' in credential
      ? basicText(request.headers.authorization) ===
        expected(simulation, `${credential.basic.username}:${credential.basic.password}`, values)
      : 'header' in credential &&
        request.headers[credential.header.toLowerCase()] === expected(simulation, credential.value, values)
  if (!fits) throw new Refusal('invalid_client', 'Client authentication failed', { status: 401 })
}

/** RFC 6750 §3.1. Whether the token lives, and at the server that was asked. */
export function checkToken(
  simulation: Simulation,
  value: string | undefined,
  values: Readonly<Record<string, string>>,
): AccessToken {
  const { api, tokenResponse } = simulation.definition
  // What the definition says of failures is said of the token endpoint; only "under HTTP 200" is a habit of the house.
  const status = tokenResponse?.error?.when ? 200 : 401
  const invalid = (description: string) => new Refusal('invalid_token', description, { status: 401 })
  if (value === undefined) throw invalid('The access token is missing from its place')
  const token = simulation.grants.accessToken(value)
  if (!token) throw invalid('The access token is unknown')
  const { chain, grant } = token
  if (!chain.alive || grant.needsLogin) {
    const [sign] = api.ended ?? []
    if (sign) throw new Refusal('invalid_token', 'The user must connect again', { sign, status })
    throw invalid('The access token has been revoked')
  }
  const { accessToken: _accessToken, ...places } = values
  if (!belongsTo(simulation, places, grant)) throw invalid('The access token is of another account')
  if (simulation.grants.isExpired(token)) {
    const sign = api.expired?.[0]
    throw new Refusal(
      'invalid_token',
      'The access token has expired',
      sign ? { sign, status } : { status: 401 },
    )
  }
  return token
}
