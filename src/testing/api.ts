import { checkToken, readCredential } from './api-credential.ts'
import { checkQuery, documentedRequests, documentedRoutes } from './api-requests.ts'
import { type Refusal, refusalAnswer, successMarks } from './provider-error.ts'
import type { Route, RouteMatch } from './routes.ts'
import { jsonAnswer, type SimulatedAnswer, type SimulatedRequest } from './simulated-message.ts'
import type { Simulation } from './simulation.ts'
import { matchOrigins, matchUrls } from './url-matching.ts'
import { checkHeaders, paramsOf } from './values.ts'

const anyMethod = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** The API: what a connect asks, what a history reads, and any other path, the particular ones first. */
export function apiRoutes(simulation: Simulation): readonly Route[] {
  const { definition, known } = simulation
  const answer = (request: SimulatedRequest, match: RouteMatch) => answerAnyPath(simulation, request, match)
  const everywhere = [definition.api.baseUrl.replace(/\/$/, ''), ...(definition.api.hosts ?? [])]
  return [
    ...documentedRoutes(simulation, documentedRequests(simulation)),
    ...everywhere.map((place): Route => {
      const matcher =
        typeof place === 'string' ? matchUrls(definition, place, known, true) : matchOrigins(place.pattern)
      return { endpoint: 'api', methods: anyMethod, matcher, answer }
    }),
  ]
}

function answerAnyPath(
  simulation: Simulation,
  request: SimulatedRequest,
  match: RouteMatch,
): SimulatedAnswer {
  const { grant } = checkToken(simulation, readCredential(simulation, request), match.values)
  const sets = paramsOf(grant)
  checkHeaders(simulation, simulation.definition.api.headers, request.headers, { sets })
  checkQuery(simulation, request, sets)
  return jsonAnswer(200, {
    ...Object(successMarks(simulation.definition)),
    ok: true,
    path: match.rest || '/',
  })
}

/** An API's refusal, with the challenge that RFC 6750 §3 asks for. */
export function apiRefusal(simulation: Simulation, refusal: Refusal): SimulatedAnswer {
  const challenge = { 'www-authenticate': `Bearer error="${refusal.error}"` }
  return refusalAnswer(simulation.definition, refusal, refusal.error === 'invalid_token' ? challenge : {})
}
