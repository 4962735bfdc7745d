import { grantAccess, readAuthorization } from './authorization.ts'
import { type CallbackOutcome, callbackParams, callbackUrl } from './callback-url.ts'
import { consentPage, formPostPage, refusalPage } from './consent-page.ts'
import type { ApproveOptions } from './options.ts'
import { Refusal } from './provider-error.ts'
import type { RouteMatch } from './routes.ts'
import type { SimulatedAnswer, SimulatedRequest } from './simulated-message.ts'
import type { Simulation } from './simulation.ts'

/** A user's decision over an authorization request, as the callback it leads to. Throws what must not be redirected. */
export function decide(
  simulation: Simulation,
  match: RouteMatch,
  url: URL,
  decision: 'approve' | 'deny',
  consent: ApproveOptions,
  origin: string | undefined,
): { readonly url: string; readonly redirectUri: string; readonly params: readonly [string, string][] } {
  const request = readAuthorization(simulation, match, url)
  let outcome: CallbackOutcome
  if (request.refusal) outcome = { error: request.refusal.error, description: request.refusal.description }
  else if (decision === 'deny')
    outcome = { error: 'access_denied', description: 'The user denied the request' }
  else {
    const { code, grant } = grantAccess(simulation, request, consent)
    outcome = { code, params: grant.params }
  }
  const params = callbackParams(simulation, request, outcome, origin)
  return { url: callbackUrl(request.redirectUri, params), redirectUri: request.redirectUri, params }
}

/** The authorization endpoint in a browser: a page to decide on, and the way back (RFC 6749 §4.1.1, §4.1.2). */
export function answerConsent(
  simulation: Simulation,
  request: SimulatedRequest,
  match: RouteMatch,
): SimulatedAnswer {
  try {
    const asked = readAuthorization(simulation, match, request.url)
    const form = new URLSearchParams(request.method === 'POST' ? request.body : '')
    const decision = form.get('decision')
    const decided = decision === 'approve' || decision === 'deny' ? decision : undefined
    if (!decided && !asked.refusal) return consentPage(simulation, asked)
    const callback = decide(simulation, match, request.url, decided ?? 'deny', {}, request.origin)
    if (simulation.definition.authorization.responseMode === 'form_post')
      return formPostPage(callback.redirectUri, callback.params)
    return { status: 302, headers: { location: callback.url, 'cache-control': 'no-store' }, body: '' }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return refusalPage(simulation, error.error, error.description)
  }
}
