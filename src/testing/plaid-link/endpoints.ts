import { tokenCaptures } from '../account.ts'
import { writeCaptures, writeIdentity } from '../account-body.ts'
import { checkToken } from '../api-credential.ts'
import { random } from '../grants.ts'
import { Refusal } from '../provider-error.ts'
import { jsonAnswer, present, type SimulatedAnswer, type SimulatedRequest } from '../simulated-message.ts'
import { belongsTo } from '../values.ts'
import { firstPath, writePath } from '../write-path.ts'
import { isUpdate, readLinkRequest } from './link-request.ts'
import type { PlaidLinkSimulation } from './settings.ts'

type Values = Readonly<Record<string, string>>

/** A link token, and the page it opens. */
export function answerLink(
  simulation: PlaidLinkSimulation,
  request: SimulatedRequest,
  values: Values,
): SimulatedAnswer {
  const { link } = simulation.definition
  const update = isUpdate(simulation, request)
  const read = readLinkRequest(simulation, request, update ? link.update : link.create, values)
  const scopes = read('scopes')
  const id = random('page')
  const linkToken = random('link')
  simulation.sessions.set(id, {
    linkToken,
    completionUri: String(read('completionUri')),
    scopes: Array.isArray(scopes) ? scopes.map(String) : [],
    values,
    mends: update ? mended(simulation, String(read('accessToken')), values) : undefined,
    expiresAt: simulation.clock() + simulation.pageLifetime * 1000,
  })
  const page = `${request.url.origin}/hosted-link/${id}`
  const body = writePath({}, link.token, linkToken)
  return jsonAnswer(200, writePath(body, link.url, present(page, request.origin)))
}

/** A token that has not ended for good; one whose user must sign in again is what mending is for. */
function mended(simulation: PlaidLinkSimulation, value: string, values: Values) {
  const token = simulation.grants.accessToken(value)
  if (token?.chain.alive && belongsTo(simulation, values, token.grant)) return token
  return checkToken(simulation, value, values)
}

/** How a session of the page ended: a public token, the reason why there is none, or nothing yet. */
export function answerSession(
  simulation: PlaidLinkSimulation,
  request: SimulatedRequest,
  values: Values,
): SimulatedAnswer {
  const { link } = simulation.definition
  const linkToken = readLinkRequest(simulation, request, link.session, values)('linkToken')
  const session = [...simulation.sessions.values()].find((each) => each.linkToken === linkToken)
  if (!session || !belongsTo(simulation, values, { params: session.values, choices: {} }))
    throw new Refusal('invalid_request', 'The link token is unknown')
  let body = writePath({}, link.token, session.linkToken)
  const { outcome } = session
  if (typeof outcome === 'object') body = writePath(body, firstPath(link.publicToken), outcome.publicToken)
  if (outcome === undefined) return jsonAnswer(200, body)
  body = writePath(body, firstPath(link.finished), new Date(simulation.clock()).toISOString())
  return jsonAnswer(200, outcome === 'left' ? writeExit(simulation, body) : body)
}

function writeExit({ definition }: PlaidLinkSimulation, start: unknown): unknown {
  const { at, code, description } = definition.link.exit
  let body = writePath(start, firstPath(at), {})
  body = writePath(body, firstPath(code), 'access_denied')
  if (!description) return body
  return writePath(body, firstPath(description), 'The user left without connecting')
}

/** Exchanges the public token, once. */
export function answerExchange(
  simulation: PlaidLinkSimulation,
  request: SimulatedRequest,
  values: Values,
): SimulatedAnswer {
  const { definition, grants } = simulation
  const refuse = (description: string) => new Refusal('invalid_grant', description)
  const publicToken = readLinkRequest(simulation, request, definition.token, values)('publicToken')
  const held = grants.code(String(publicToken))
  const chain = held?.grant.chains.get('')
  if (!held || !chain) throw refuse('The public token is unknown')
  if (held.spent) throw refuse('The public token has already been used')
  held.spent = true
  const { grant } = held
  if (grants.isExpired(held)) throw refuse('The public token has expired')
  if (!chain.alive) throw refuse('The user has taken the consent back')
  if (!belongsTo(simulation, values, grant)) throw refuse('The public token was issued elsewhere')
  const { identity, tokenResponse } = definition
  const { value } = grants.issueAccessToken(grant, chain, simulation.lifetime)
  const start = writePath({}, firstPath(tokenResponse?.fields?.accessToken ?? 'access_token'), value)
  const named = identity.request ? start : writeIdentity(simulation, start, grant)
  return jsonAnswer(200, writeCaptures(named, tokenCaptures(definition), grant.params, request.origin))
}
