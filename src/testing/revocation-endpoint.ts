import { readCredential } from './api.ts'
import { checkClient } from './client-check.ts'
import type { AccessToken, RefreshToken } from './grants.ts'
import { Refusal, successMarks } from './provider-error.ts'
import { readParams } from './request-params.ts'
import type { RouteMatch } from './routes.ts'
import { jsonAnswer, type SimulatedAnswer, type SimulatedRequest } from './simulated-message.ts'
import { belongsTo, checkHeaders, expected, type Simulation } from './simulation.ts'

/** Revocation (RFC 7009): authenticated as declared; ends the token's whole family. */
export function answerRevocation(
  simulation: Simulation,
  request: SimulatedRequest,
  match: RouteMatch,
): SimulatedAnswer {
  const { definition } = simulation
  const { revocation } = definition
  if (!revocation) throw new Refusal('invalid_request', 'There is no revocation here')
  const params = readParams(request, revocation.body ?? 'form')
  checkHeaders(simulation, revocation.headers, request.headers)
  const byToken = revocation.authentication === 'access_token'
  if (!byToken) checkClient(simulation, request, params, revocation.authentication, { named: false })
  else if (params.client_secret !== undefined)
    throw new Refusal('invalid_client', 'The token is the credential here; no client secret is taken')
  for (const [name, template] of Object.entries(revocation.params ?? {})) {
    const wanted = expected(simulation, template, {})
    if (params[name] === undefined || (wanted !== undefined && params[name] !== wanted))
      throw new Refusal('invalid_request', `${name} must be ${wanted ?? 'present'}`)
  }
  const inUrl = match.values.accessToken ?? match.values.refreshToken
  const inBody = params[revocation.parameter ?? 'token']
  const value = byToken ? readCredential(simulation, request) : (inBody ?? inUrl)
  if (!value) {
    if (byToken)
      throw new Refusal('invalid_token', 'The access token is missing from its header', { status: 401 })
    throw new Refusal('invalid_request', `${revocation.parameter ?? 'token'} is missing`)
  }
  return end(simulation, value, match, byToken)
}

function end(simulation: Simulation, value: string, match: RouteMatch, byToken: boolean): SimulatedAnswer {
  const { definition, grants } = simulation
  const { revocation } = definition
  const access = grants.accessToken(value)
  const token: AccessToken | RefreshToken | undefined = access ?? grants.refreshToken(value)
  const { accessToken: _access, refreshToken: _refresh, ...values } = match.values
  const lives = token?.chain.alive && belongsTo(simulation, values, token.grant.params)
  if (!token || !lives || (byToken && grants.isExpired(token))) {
    const sign = revocation?.gone?.[0]
    if (sign) throw new Refusal('invalid_token', 'There is nothing left to revoke', { sign })
    if (byToken) throw new Refusal('invalid_token', 'The access token does not live', { status: 401 })
    // RFC 7009 §2.2: an invalid token is no error, since there is nothing left to do.
    return done(simulation)
  }
  const wantsRefresh = revocation?.token === 'refresh_token' && grants.hasRefreshToken(token.chain)
  if (wantsRefresh === (access !== undefined))
    throw new Refusal(
      'unsupported_token_type',
      `The ${wantsRefresh ? 'refresh' : 'access'} token is the one to revoke here`,
    )
  token.chain.alive = false
  return done(simulation)
}

function done(simulation: Simulation): SimulatedAnswer {
  const marks = successMarks(simulation.definition)
  if (Object.keys(Object(marks)).length > 0) return jsonAnswer(200, marks)
  return { status: 200, headers: { 'cache-control': 'no-store' }, body: '' }
}
