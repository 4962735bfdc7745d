import { createHash } from 'node:crypto'
import { checkClient } from '../client-check.ts'
import { Refusal } from '../provider-error.ts'
import { type RequestParams, readParams } from '../request-params.ts'
import type { RouteMatch } from '../routes.ts'
import type { SimulatedAnswer, SimulatedRequest } from '../simulated-message.ts'
import { belongsTo, checkHeaders } from '../values.ts'
import { refreshGrant } from './refresh.ts'
import type { OAuth2Simulation } from './settings.ts'
import { exchangeAnswer, longLivedAnswer } from './token-answer.ts'
import { planOf, type TokenRequestKind } from './token-plans.ts'
import { checkTokenParams, type TokenRequest } from './token-request.ts'

/** The token endpoint (RFC 6749 §3.2): authenticates the client as declared, then exchanges or refreshes. */
export function answerTokenRequest(
  simulation: OAuth2Simulation,
  request: SimulatedRequest,
  { values }: RouteMatch,
  kind: TokenRequestKind | undefined,
  takes: readonly TokenRequestKind[],
): SimulatedAnswer {
  const { definition } = simulation
  // An address for one of them is judged as that one, whatever the request says it is.
  const plan = planOf(definition, takes.length === 1 ? takes[0] : kind)
  const method = plan.method ?? 'POST'
  if (request.method !== method)
    throw new Refusal('invalid_request', `The method must be ${method}`, { status: 405 })
  const params = readParams(request, plan.body ?? 'form')
  const negotiated = definition.tokenResponse?.formEncoded === true
  checkHeaders(simulation, plan.headers, request.headers, { negotiated })
  checkClient(simulation, request, params, plan.authentication, { halves: plan.basicCredentials })
  const asked = { request, params, values }
  if (kind !== 'long-lived') checkGrantType(params, kind, plan.sendGrantType !== false, takes)
  else if (takes.includes(kind)) return exchangeForLongLived(simulation, asked)
  return kind === 'refresh' ? refreshGrant(simulation, asked) : exchangeCode(simulation, asked)
}

function checkGrantType(
  params: RequestParams,
  kind: TokenRequestKind | undefined,
  demanded: boolean,
  takes: readonly TokenRequestKind[],
): void {
  if (params.grant_type === undefined && (demanded || kind === undefined))
    throw new Refusal('invalid_request', 'grant_type is missing')
  if (kind === undefined || !takes.includes(kind))
    throw new Refusal('unsupported_grant_type', 'This grant_type is not supported here')
}

/** RFC 6749 §4.1.3, RFC 7636 §4.6. */
function exchangeCode(
  simulation: OAuth2Simulation,
  { request, params, values }: TokenRequest,
): SimulatedAnswer {
  const { token, authorization } = simulation.definition
  const refuse = (description: string) => new Refusal('invalid_grant', description)
  if (!params.code) throw new Refusal('invalid_request', 'code is missing')
  if (authorization.pkce === 'unsupported' && params.code_verifier !== undefined)
    throw new Refusal('invalid_request', 'PKCE is not allowed for this client')
  const code = simulation.grants.code(params.code)
  if (!code) throw refuse('The code is unknown')
  const { grant } = code
  checkTokenParams(simulation, token.params, params, grant, grant.chains.get(''))
  if (code.spent) {
    // RFC 6749 §4.1.2: what was issued for a code that comes twice should be revoked.
    simulation.grants.revokeGrant(grant)
    throw refuse('The code has already been used')
  }
  code.spent = true
  if (simulation.grants.isExpired(code)) throw refuse('The code has expired')
  if (![...grant.chains.values()].some(({ alive }) => alive)) throw refuse('The code has been revoked')
  if (!belongsTo(simulation, values, grant)) throw refuse('The code was issued by another server')
  const redirectUri = params.redirect_uri
  if (redirectUri === undefined ? token.sendRedirectUri !== false : redirectUri !== grant.redirectUri)
    throw refuse('redirect_uri is not the one of the authorization request')
  checkVerifier(code.challenge, params.code_verifier)
  return exchangeAnswer(simulation, request, grant)
}

function checkVerifier(challenge: string | undefined, verifier: string | undefined): void {
  // A verifier without a challenge is as wrong as the reverse (RFC 9700 §2.1.1).
  if (challenge === undefined && verifier === undefined) return
  const fits =
    /^[A-Za-z0-9._~-]{43,128}$/.test(verifier ?? '') &&
    createHash('sha256')
      .update(verifier ?? '')
      .digest('base64url') === challenge
  if (!fits) throw new Refusal('invalid_grant', 'code_verifier does not fit the code_challenge')
}

/** The second exchange of a provider whose first tokens live for hours (whatsapp). */
function exchangeForLongLived(
  simulation: OAuth2Simulation,
  { request, params, values }: TokenRequest,
): SimulatedAnswer {
  const { longLived } = simulation.definition
  const refuse = (description: string) => new Refusal('invalid_grant', description)
  // Without a type of its own, such a grant is named like the parameter that takes the first token.
  const isNamed = longLived?.sendGrantType !== false && longLived?.params?.grant_type === undefined
  if (isNamed && params.grant_type !== longLived?.parameter)
    throw new Refusal('unsupported_grant_type', `grant_type must be ${longLived?.parameter}`)
  const first = simulation.grants.accessToken(params[longLived?.parameter ?? ''] ?? '')
  if (!first) throw refuse('The access token to exchange is unknown')
  const { grant, chain } = first
  checkTokenParams(simulation, longLived?.params, params, grant, chain)
  if (!chain.alive) throw refuse('The access token to exchange has been revoked')
  if (simulation.grants.isExpired(first)) throw refuse('The access token to exchange has expired')
  if (!belongsTo(simulation, values, grant)) throw refuse('The access token is of another account')
  return longLivedAnswer(simulation, request, grant, chain)
}
