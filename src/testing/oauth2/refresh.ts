import type { RefreshDefinition } from '../../provider/definition.ts'
import type { RefreshToken } from '../grants.ts'
import { Refusal } from '../provider-error.ts'
import type { SimulatedAnswer } from '../simulated-message.ts'
import { belongsTo } from '../values.ts'
import { readScopes } from './authorization.ts'
import { refreshTokenEnd } from './refresh-token-end.ts'
import type { OAuth2Simulation } from './settings.ts'
import { refreshAnswer } from './token-answer.ts'
import { checkTokenParams, type TokenRequest } from './token-request.ts'

/** s; a refresh token that changes only `sometimes` keeps its value for this long. */
const usualValueLifetime = 86_400

/** RFC 6749 §6, with rotation and reuse detection (RFC 9700 §4.14.2). */
export function refreshGrant(
  simulation: OAuth2Simulation,
  { request, params, values }: TokenRequest,
): SimulatedAnswer {
  const { definition, grants } = simulation
  const { refresh, authorization } = definition
  const dead = (description: string) =>
    new Refusal('invalid_grant', description, { sign: refresh ? refresh.dead?.[0] : undefined })
  if (!params.refresh_token) throw new Refusal('invalid_request', 'refresh_token is missing')
  const token = grants.refreshToken(params.refresh_token)
  if (!token || !refresh) throw dead('The refresh token is unknown')
  const { grant, chain } = token
  checkTokenParams(simulation, withoutTokens(refresh.params), params, grant, chain)
  checkAccessToken(simulation, refresh.params, params, token)
  if (refresh.sendRedirectUri === true && params.redirect_uri !== grant.redirectUri)
    throw new Refusal('invalid_request', 'redirect_uri is not the one of the authorization request')
  if (!chain.alive || grant.needsLogin) throw dead('The refresh token has been revoked')
  if (!belongsTo(simulation, values, grant)) throw dead('The refresh token was issued by another server')
  if (grants.isExpired(token)) throw dead('The refresh token has expired')
  if (token.replacedAt !== undefined && !inGrace(simulation, token, token.replacedAt, refresh)) {
    if (refresh.reuse?.late === 'ends-grant') grants.revokeGrant(grant)
    throw dead('The refresh token has already been used')
  }
  const asked = readScopes(params.scope, authorization.scopes?.separator ?? ' ')
  if (asked.some((scope) => !chain.scopes.includes(scope)))
    throw new Refusal('invalid_scope', 'The scope is wider than what was granted')
  token.used = true
  if (refresh.endsAccessToken) grants.expireAccessTokens(chain)
  return refreshAnswer(simulation, request, grant, chain, successor(simulation, token))
}

const ofTheTokens = new Set(['{accessToken}', '{refreshToken}'])

function withoutTokens(params: Readonly<Record<string, string>> | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(params ?? {}).filter(([, template]) => !ofTheTokens.has(template)))
}

/** A refresh that names the old access token, too, must name one of the same chain. */
function checkAccessToken(
  { grants }: OAuth2Simulation,
  declared: Readonly<Record<string, string>> | undefined,
  params: Readonly<Record<string, string>>,
  { chain, value }: RefreshToken,
): void {
  for (const [name, template] of Object.entries(declared ?? {})) {
    if (!ofTheTokens.has(template)) continue
    const given = params[name] ?? ''
    const fits = template === '{refreshToken}' ? given === value : grants.accessToken(given)?.chain === chain
    if (!fits) throw new Refusal('invalid_request', `${name} is not a token of this grant`)
  }
}

function inGrace(
  simulation: OAuth2Simulation,
  token: RefreshToken,
  replacedAt: number,
  { reuse }: RefreshDefinition,
): boolean {
  if (reuse?.grace === undefined && reuse?.until === undefined) return false
  if (reuse.until === 'replacement-used' && token.successors.some(({ used }) => used)) return false
  return reuse.grace === undefined || simulation.clock() - replacedAt < reuse.grace * 1000
}

/** The refresh token of the answer: another one, the same, or none, as the provider rotates. */
function successor(simulation: OAuth2Simulation, token: RefreshToken): RefreshToken | undefined {
  const { rotates, grants } = simulation
  const isOld = simulation.clock() - token.issuedAt >= usualValueLifetime * 1000
  if (rotates === false || (rotates === 'sometimes' && !isOld)) {
    // Every use starts the time without use anew.
    if (simulation.refresh.idle !== undefined) token.expiresAt = refreshTokenEnd(simulation, token.grant)
    return rotates === false ? undefined : token
  }
  token.replacedAt ??= simulation.clock()
  const next = grants.issueRefreshToken(token.grant, token.chain, refreshTokenEnd(simulation, token.grant))
  token.successors.push(next)
  return next
}
