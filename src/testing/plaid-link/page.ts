import { describeAccount } from '../account.ts'
import { consentPage, readDecision, redirectAnswer } from '../consent-page.ts'
import type { Visit } from '../protocol.ts'
import { Refusal } from '../provider-error.ts'
import type { RouteMatch } from '../routes.ts'
import type { SimulatedAnswer, SimulatedRequest } from '../simulated-message.ts'
import type { LinkSession, PlaidLinkSimulation } from './settings.ts'

function sessionOf(simulation: PlaidLinkSimulation, values: Readonly<Record<string, string>>): LinkSession {
  const session = simulation.sessions.get(values.linkId ?? '')
  if (!session) throw new Refusal('invalid_request', 'This page belongs to no link token')
  if (simulation.clock() >= session.expiresAt) throw new Refusal('expired', 'The link token has expired')
  if (session.outcome !== undefined) throw new Refusal('invalid_request', 'This session is over')
  return session
}

/** The user's decision. The browser goes to the same place either way; the session knows how it ended. */
export function decide(simulation: PlaidLinkSimulation, { values, decision, consent }: Visit): string {
  const session = sessionOf(simulation, values)
  if (decision === 'deny') session.outcome = 'left'
  else if (session.mends) {
    session.mends.grant.needsLogin = false
    session.outcome = 'mended'
  } else {
    const { scopes: asked } = session
    const scopes = consent.scopes ?? asked
    const chain = { scopes, asked, tellScopes: false, refreshable: false, alive: true }
    const grant = simulation.grants.open({
      ...describeAccount(simulation, consent, session.values),
      redirectUri: session.completionUri,
      chains: new Map([['', chain]]),
    })
    const code = { grant, challenge: undefined }
    const publicToken = simulation.grants.issueCode(code, simulation.publicTokenLifetime, 'public')
    session.outcome = { publicToken }
  }
  return session.completionUri
}

/** The hosted page in a browser. */
export function answerPage(
  simulation: PlaidLinkSimulation,
  request: SimulatedRequest,
  { values }: RouteMatch,
): SimulatedAnswer {
  const { scopes } = sessionOf(simulation, values)
  const decision = readDecision(request)
  if (!decision) return consentPage(simulation, scopes)
  const { url, origin } = request
  return redirectAnswer(decide(simulation, { url, values, decision, consent: {}, origin }))
}
