import { consentPage, formPostPage, readDecision, redirectAnswer } from '../consent-page.ts'
import type { Visit } from '../protocol.ts'
import { withParams } from '../redirect-uri.ts'
import type { RouteMatch } from '../routes.ts'
import type { SimulatedAnswer, SimulatedRequest } from '../simulated-message.ts'
import { grantAccess, readAuthorization } from './authorization.ts'
import { type CallbackOutcome, callbackParams } from './callback-url.ts'
import type { OAuth2Simulation } from './settings.ts'

/** A user's decision over an authorization request, as the callback it leads to. Throws what must not be redirected. */
export function decide(
  simulation: OAuth2Simulation,
  { values, url, decision, consent, origin }: Visit,
): { readonly url: string; readonly redirectUri: string; readonly params: readonly [string, string][] } {
  const request = readAuthorization(simulation, values, url.searchParams)
  let outcome: CallbackOutcome
  if (request.refusal) outcome = { error: request.refusal.error, description: request.refusal.description }
  else if (decision === 'deny')
    outcome = { error: 'access_denied', description: 'The user denied the request' }
  else {
    const { code, grant } = grantAccess(simulation, request, consent)
    outcome = { code, params: grant.params }
  }
  const params = callbackParams(simulation, request, outcome, origin)
  return { url: withParams(request.redirectUri, params), redirectUri: request.redirectUri, params }
}

/** The authorization endpoint in a browser: a page to decide on, and the way back (RFC 6749 §4.1.1, §4.1.2). */
export function answerConsent(
  simulation: OAuth2Simulation,
  request: SimulatedRequest,
  { values }: RouteMatch,
): SimulatedAnswer {
  const { url, origin } = request
  const asked = readAuthorization(simulation, values, url.searchParams)
  const decided = readDecision(request)
  if (!decided && !asked.refusal) {
    const additional = [...asked.additionalScopes.values()].flat()
    return consentPage(simulation, [...asked.scopes, ...asked.optionalScopes, ...additional])
  }
  const visit = { values, url, decision: decided ?? 'deny', consent: {}, origin }
  const callback = decide(simulation, visit)
  return simulation.definition.authorization.responseMode === 'form_post'
    ? formPostPage(callback.redirectUri, callback.params)
    : redirectAnswer(callback.url)
}
