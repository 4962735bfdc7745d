import { describeAccount } from '../account.ts'
import { consentPage, readDecision, redirectAnswer } from '../consent-page.ts'
import { readScopes } from '../oauth2/authorization.ts'
import type { Visit } from '../protocol.ts'
import { Refusal } from '../provider-error.ts'
import { withParams } from '../redirect-uri.ts'
import { single } from '../request-params.ts'
import type { RouteMatch } from '../routes.ts'
import type { SimulatedAnswer, SimulatedRequest } from '../simulated-message.ts'
import { checkFixed } from '../values.ts'
import type { OAuth1Simulation, TemporaryCredentials } from './settings.ts'

interface Asked {
  readonly token: string
  readonly held: TemporaryCredentials
  readonly scopes: readonly string[]
}

/** RFC 5849 §2.2. Nothing is sent back for a request token that this server did not give out for a decision. */
function readRequest(
  simulation: OAuth1Simulation,
  values: Readonly<Record<string, string>>,
  url: URL,
): Asked {
  const params = single(url.searchParams)
  const token = params.oauth_token ?? ''
  const held = simulation.temporary.get(token)
  if (!held) throw new Refusal('token_rejected', 'oauth_token is unknown')
  if (held.spent || held.verifier !== undefined)
    throw new Refusal('token_used', 'The decision has already been made')
  if (simulation.clock() >= held.expiresAt) throw new Refusal('token_expired', 'oauth_token has expired')
  const { authorization } = simulation.definition
  checkFixed(simulation, authorization.params, params, [values])
  const { scopes } = authorization
  return { token, held, scopes: scopes ? readScopes(params.scope, scopes.separator ?? ' ') : [] }
}

/** Back at the callback with a verifier, or with the problem (no standard names how a refusal is told). */
export function decide(simulation: OAuth1Simulation, { values, url, decision, consent }: Visit): string {
  const { token, held, scopes: asked } = readRequest(simulation, values, url)
  if (decision === 'deny') {
    held.spent = true
    return withParams(held.callback, [['oauth_problem', 'permission_denied']])
  }
  const scopes = consent.scopes ?? asked
  const chain = { scopes, asked, tellScopes: scopes.length > 0, refreshable: false, alive: true }
  const grant = simulation.grants.open({
    ...describeAccount(simulation, consent, values),
    redirectUri: held.callback,
    chains: new Map([['', chain]]),
  })
  const code = { grant, challenge: undefined }
  held.verifier = simulation.grants.issueCode(code, simulation.temporaryLifetime, 'verifier')
  return withParams(held.callback, [
    ['oauth_token', token],
    ['oauth_verifier', held.verifier],
  ])
}

/** The page on which a person decides, and the way back. */
export function answerConsent(
  simulation: OAuth1Simulation,
  request: SimulatedRequest,
  { values }: RouteMatch,
): SimulatedAnswer {
  const { url, origin } = request
  const { scopes } = readRequest(simulation, values, url)
  const decision = readDecision(request)
  if (!decision) return consentPage(simulation, scopes)
  return redirectAnswer(decide(simulation, { values, url, decision, consent: {}, origin }))
}
