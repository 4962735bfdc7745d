import { isDeepStrictEqual } from 'node:util'
import type { AccessToken } from './grants.ts'
import { historyItems } from './history-items.ts'
import { Refusal, refusalAnswer, successMarks } from './provider-error.ts'
import { parseJson } from './request-params.ts'
import { methodOf, type RouteMatch } from './routes.ts'
import { jsonAnswer, type SimulatedAnswer, type SimulatedRequest } from './simulated-message.ts'
import { belongsTo, checkHeaders, expected, type Simulation } from './simulation.ts'
import { writeCapture, writeIdentity } from './token-answer.ts'

const bearer = { header: 'Authorization', value: 'Bearer {accessToken}' } as const

/** The token that stands in the declared credential header, in the declared words around it. */
export function readCredential(simulation: Simulation, request: SimulatedRequest): string | undefined {
  const { header, value } = simulation.definition.api.credential ?? bearer
  const given = request.headers[header.toLowerCase()]
  const [before = '', after = ''] = value.split('{accessToken}', 2)
  const start = expected(simulation, before, simulation.reported) ?? before
  if (!given?.startsWith(start) || !given.endsWith(after) || given.length <= start.length) return undefined
  return given.slice(start.length, given.length - after.length)
}

/** RFC 6750 §3.1. Whether the token lives, and at the server that was asked. */
export function checkCredential(
  simulation: Simulation,
  request: SimulatedRequest,
  values: Readonly<Record<string, string>>,
): AccessToken {
  const invalid = (description: string) => new Refusal('invalid_token', description, { status: 401 })
  const value = readCredential(simulation, request)
  if (value === undefined) throw invalid('The access token is missing from its header')
  const token = simulation.grants.accessToken(value)
  if (!token) throw invalid('The access token is unknown')
  if (!token.chain.alive) throw invalid('The access token has been revoked')
  if (!belongsTo(simulation, values, token.grant.params))
    throw invalid('The access token is of another account')
  if (simulation.grants.isExpired(token)) {
    const sign = simulation.definition.api.expired?.[0]
    throw new Refusal('invalid_token', 'The access token has expired', sign ? { sign } : { status: 401 })
  }
  return token
}

/** The API: only live tokens, with the declared headers and query; what a connect reads, a history, and any other path. */
export function answerApiRequest(
  simulation: Simulation,
  request: SimulatedRequest,
  match: RouteMatch,
): SimulatedAnswer {
  const { definition } = simulation
  const { grant } = checkCredential(simulation, request, match.values)
  const { endpoint } = match.route
  const asked = [
    ...(definition.discovery ?? []).filter((_each, index) => index === match.route.index),
    ...(endpoint === 'identity' && definition.identity.request ? [definition.identity.request] : []),
  ]
  for (const each of [definition.api, ...asked])
    checkHeaders(simulation, each.headers, request.headers, { params: grant.params })
  if (endpoint === 'discovery' || endpoint === 'identity') {
    for (const { json } of asked)
      if (json && !isDeepStrictEqual(parseJson(request.body), json))
        throw new Refusal('invalid_request', 'The body is not the one this provider documents')
    return jsonAnswer(200, describe(simulation, request, match, grant))
  }
  for (const [name, template] of Object.entries(definition.api.query ?? {})) {
    const wanted = expected(simulation, template, grant.params)
    const given = request.url.searchParams.get(name)
    if (given === null || (wanted !== undefined && given !== wanted))
      throw new Refusal('invalid_request', `The query parameter ${name} is missing or is not this account's`)
  }
  if (endpoint === 'history')
    return jsonAnswer(200, {
      ...Object(successMarks(definition)),
      items: historyItems(simulation, request),
    })
  return jsonAnswer(200, { ok: true, path: match.rest || '/' })
}

/** One request can be both the identity's and a discovery's, so the answer holds what all of them look for. */
function describe(
  simulation: Simulation,
  request: SimulatedRequest,
  match: RouteMatch,
  grant: AccessToken['grant'],
): unknown {
  const { identity, discovery } = simulation.definition
  const here = (url: string | undefined) =>
    url !== undefined &&
    (url === discovery?.[match.route.index ?? -1]?.url ||
      (match.route.endpoint === 'identity' && url === identity.request?.url))
  let body = successMarks(simulation.definition)
  for (const each of discovery ?? [])
    if (here(each.url) && methodOf(each) === request.method)
      for (const [name, paths] of Object.entries(each.capture))
        body = writeCapture(body, grant, name, paths, request.origin)
  return here(identity.request?.url) ? writeIdentity(simulation, body, grant) : body
}

/** An API's refusal, with the challenge that RFC 6750 §3 asks for. */
export function apiRefusal(simulation: Simulation, refusal: Refusal): SimulatedAnswer {
  const challenge = { 'www-authenticate': `Bearer error="${refusal.error}"` }
  return refusalAnswer(simulation.definition, refusal, refusal.error === 'invalid_token' ? challenge : {})
}
