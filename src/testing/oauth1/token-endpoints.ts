import { tokenCaptures } from '../account.ts'
import { writeCaptures, writeIdentity } from '../account-body.ts'
import { random } from '../grants.ts'
import { isRegistered } from '../redirect-uri.ts'
import { formAnswer, type SimulatedAnswer, type SimulatedRequest } from '../simulated-message.ts'
import type { OAuth1Simulation } from './settings.ts'
import { checkSignature, refuse } from './signature.ts'

/** RFC 5849 §2.1. */
export function answerRequestToken(simulation: OAuth1Simulation, request: SimulatedRequest): SimulatedAnswer {
  const params = checkSignature(simulation, request, () => '')
  if (params.has('oauth_token')) throw refuse('parameter_rejected', 'There is no token yet', 400)
  const callback = params.get('oauth_callback')
  if (!callback) throw refuse('parameter_absent', 'oauth_callback is missing', 400)
  if (!isRegistered(simulation, callback))
    throw refuse('parameter_rejected', 'oauth_callback is not registered for this client', 400)
  const token = random('request')
  const secret = random('secret')
  const expiresAt = simulation.clock() + simulation.temporaryLifetime * 1000
  simulation.temporary.set(token, { secret, callback, expiresAt, spent: false })
  return formAnswer(200, [
    ['oauth_token', token],
    ['oauth_token_secret', secret],
    ['oauth_callback_confirmed', 'true'],
  ])
}

/** RFC 5849 §2.3: the verifier that the user's browser brought, and once. */
export function answerAccessToken(simulation: OAuth1Simulation, request: SimulatedRequest): SimulatedAnswer {
  const find = (token: string | undefined) => simulation.temporary.get(token ?? '')
  const params = checkSignature(simulation, request, (token) => find(token)?.secret ?? '')
  const held = find(params.get('oauth_token'))
  if (!held) throw refuse('token_rejected', 'The request token is unknown')
  if (held.spent) throw refuse('token_used', 'The request token has already been used')
  if (simulation.clock() >= held.expiresAt) throw refuse('token_expired', 'The request token has expired')
  const verifier = params.get('oauth_verifier')
  if (!verifier) throw refuse('parameter_absent', 'oauth_verifier is missing', 400)
  const code = held.verifier === verifier ? simulation.grants.code(verifier) : undefined
  const chain = code?.grant.chains.get('')
  if (!code || !chain) throw refuse('verifier_invalid', 'oauth_verifier is not the one of this request token')
  held.spent = true
  const { grant } = code
  if (simulation.grants.isExpired(code)) throw refuse('token_expired', 'The verifier has expired')
  if (!chain.alive) throw refuse('token_rejected', 'The user has taken the consent back')
  const { value, secret } = simulation.grants.issueAccessToken(grant, chain, simulation.lifetime)
  const { identity } = simulation.definition
  const named = identity.request ? {} : writeIdentity(simulation, {}, grant)
  const told = writeCaptures(named, tokenCaptures(simulation.definition), grant.params, request.origin)
  return formAnswer(200, [
    ['oauth_token', value],
    ['oauth_token_secret', secret],
    ...Object.entries(Object(told)).map(([name, each]): [string, string] => [name, String(each)]),
  ])
}
