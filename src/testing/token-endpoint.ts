import { createHash } from 'node:crypto'
import type { RefreshDefinition } from '../provider/definition.ts'
import { readScopes } from './authorization.ts'
import { checkClient } from './client-check.ts'
import type { RefreshToken } from './grants.ts'
import { Refusal } from './provider-error.ts'
import { type RequestParams, readParams } from './request-params.ts'
import type { RouteMatch } from './routes.ts'
import type { SimulatedAnswer, SimulatedRequest } from './simulated-message.ts'
import { belongsTo, checkHeaders, expected, type Simulation } from './simulation.ts'
import { exchangeAnswer, refreshAnswer } from './token-answer.ts'

/** s; a refresh token that changes only `sometimes` keeps its value for this long. */
const usualValueLifetime = 86_400

export type TokenRequestKind = 'exchange' | 'refresh'

/** Which of the two requests this is, by what it says and, where it says nothing, by what it brings. */
export function tokenRequestKind(params: Readonly<Record<string, unknown>>): TokenRequestKind | undefined {
  const type = params.grant_type
  if (type === 'authorization_code') return 'exchange'
  if (type === 'refresh_token') return 'refresh'
  if (type !== undefined) return undefined
  if (params.code !== undefined) return 'exchange'
  return params.refresh_token === undefined ? undefined : 'refresh'
}

/** The token endpoint (RFC 6749 §3.2): authenticates the client as declared, then exchanges or refreshes. */
export function answerTokenRequest(
  simulation: Simulation,
  request: SimulatedRequest,
  match: RouteMatch,
  kind: TokenRequestKind | undefined,
): SimulatedAnswer {
  const { token, refresh } = simulation.definition
  const takes = match.route.takes ?? []
  // An address for one of the two is judged as that one, whatever the request says it is.
  const judgedAs = takes.length === 1 ? takes[0] : kind
  const plan: Omit<RefreshDefinition, 'rotates'> = judgedAs === 'refresh' && refresh ? refresh : token
  const method = plan.method ?? token.method ?? 'POST'
  if (request.method !== method)
    throw new Refusal('invalid_request', `The method must be ${method}`, { status: 405 })
  const params = readParams(request, plan.body ?? token.body ?? 'form')
  const negotiated = simulation.definition.tokenResponse?.formEncoded === true
  checkHeaders(simulation, plan.headers ?? token.headers, request.headers, { negotiated })
  checkClient(simulation, request, params, plan.authentication ?? token.authentication)
  checkGrantType(params, kind, plan.sendGrantType !== false, match)
  return kind === 'refresh'
    ? refreshGrant(simulation, request, match, params)
    : exchangeCode(simulation, request, match, params)
}

function checkGrantType(
  params: RequestParams,
  kind: TokenRequestKind | undefined,
  demanded: boolean,
  match: RouteMatch,
): void {
  if (params.grant_type === undefined && (demanded || kind === undefined))
    throw new Refusal('invalid_request', 'grant_type is missing')
  if (kind === undefined || !match.route.takes?.includes(kind))
    throw new Refusal('unsupported_grant_type', 'This grant_type is not supported here')
}

function checkParams(
  simulation: Simulation,
  declared: Readonly<Record<string, string>> | undefined,
  params: RequestParams,
  values: Readonly<Record<string, string>>,
): void {
  for (const [name, template] of Object.entries(declared ?? {})) {
    const wanted = expected(simulation, template, values)
    if (params[name] === undefined || (wanted !== undefined && params[name] !== wanted))
      throw new Refusal('invalid_request', `${name} must be ${wanted ?? 'present'}`)
  }
}

/** RFC 6749 §4.1.3, RFC 7636 §4.6. */
function exchangeCode(
  simulation: Simulation,
  request: SimulatedRequest,
  match: RouteMatch,
  params: RequestParams,
): SimulatedAnswer {
  const { token, authorization } = simulation.definition
  const refuse = (description: string) => new Refusal('invalid_grant', description)
  if (!params.code) throw new Refusal('invalid_request', 'code is missing')
  if (authorization.pkce === 'unsupported' && params.code_verifier !== undefined)
    throw new Refusal('invalid_request', 'PKCE is not allowed for this client')
  const code = simulation.grants.code(params.code)
  if (!code) throw refuse('The code is unknown')
  const { grant } = code
  checkParams(simulation, token.params, params, grant.params)
  if (code.spent) {
    // RFC 6749 §4.1.2: what was issued for a code that comes twice should be revoked.
    simulation.grants.revokeGrant(grant)
    throw refuse('The code has already been used')
  }
  code.spent = true
  if (simulation.grants.isExpired(code)) throw refuse('The code has expired')
  if (![...grant.chains.values()].some(({ alive }) => alive)) throw refuse('The code has been revoked')
  if (!belongsTo(simulation, match.values, grant.params))
    throw refuse('The code was issued by another server')
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

/** RFC 6749 §6, with rotation and reuse detection (RFC 9700 §4.14.2). */
function refreshGrant(
  simulation: Simulation,
  request: SimulatedRequest,
  match: RouteMatch,
  params: RequestParams,
): SimulatedAnswer {
  const { definition, grants } = simulation
  const { refresh, authorization } = definition
  const dead = (description: string) =>
    new Refusal('invalid_grant', description, { sign: refresh ? refresh.dead?.[0] : undefined })
  if (!params.refresh_token) throw new Refusal('invalid_request', 'refresh_token is missing')
  const token = grants.refreshToken(params.refresh_token)
  if (!token || !refresh) throw dead('The refresh token is unknown')
  const { grant, chain } = token
  checkParams(simulation, refresh.params, params, grant.params)
  if (refresh.sendRedirectUri === true && params.redirect_uri !== grant.redirectUri)
    throw new Refusal('invalid_request', 'redirect_uri is not the one of the authorization request')
  if (!chain.alive) throw dead('The refresh token has been revoked')
  if (!belongsTo(simulation, match.values, grant.params))
    throw dead('The refresh token was issued by another server')
  if (grants.isExpired(token)) throw dead('The refresh token has expired')
  if (token.replacedAt !== undefined && !inGrace(simulation, token.replacedAt, refresh.reuseGrace)) {
    chain.alive = false
    throw dead('The refresh token has already been used')
  }
  const asked = readScopes(params.scope, authorization.scopes?.separator ?? ' ')
  if (asked.some((scope) => !chain.scopes.includes(scope)))
    throw new Refusal('invalid_scope', 'The scope is wider than what was granted')
  return refreshAnswer(simulation, request, grant, chain, successor(simulation, token))
}

function inGrace(simulation: Simulation, replacedAt: number, grace: number | undefined): boolean {
  return grace !== undefined && simulation.clock() - replacedAt < grace * 1000
}

/** The refresh token of the answer: another one, the same, or none, as the provider rotates. */
function successor(simulation: Simulation, token: RefreshToken): RefreshToken | undefined {
  const { rotates, grants, refreshLifetime } = simulation
  if (rotates === false) return undefined
  const isOld = simulation.clock() - token.issuedAt >= usualValueLifetime * 1000
  if (rotates === 'sometimes' && !isOld) return token
  token.replacedAt ??= simulation.clock()
  return grants.issueRefreshToken(token.grant, token.chain, refreshLifetime)
}
