import type { OAuth1Definition } from '../../provider/definition.ts'
import type { MockProviderOptions } from '../options.ts'
import type { ProtocolSimulator } from '../protocol.ts'
import type { Simulation } from '../simulation.ts'
import { matchUrls } from '../url-matching.ts'
import { answerConsent, decide } from './consent.ts'
import { oauth1Simulation } from './settings.ts'
import { answerAccessToken, answerRequestToken } from './token-endpoints.ts'

/** RFC 5849. */
export function oauth1Simulator(
  common: Simulation<OAuth1Definition>,
  options: Partial<MockProviderOptions>,
): ProtocolSimulator {
  const simulation = oauth1Simulation(common, options)
  const { definition, known } = simulation
  const at = (url: string) => matchUrls(definition, url, known)
  const { requestToken, authorization, accessToken } = definition
  return {
    routes: [
      {
        endpoint: 'request-token',
        methods: ['POST'],
        matcher: at(requestToken.url),
        answer: (request) => answerRequestToken(simulation, request),
      },
      {
        endpoint: 'authorization',
        methods: ['GET', 'POST'],
        matcher: at(authorization.url),
        answer: (request, match) => answerConsent(simulation, request, match),
      },
      {
        endpoint: 'exchange',
        methods: ['POST'],
        matcher: at(accessToken.url),
        answer: (request) => answerAccessToken(simulation, request),
      },
    ],
    decide: (visit) => decide(simulation, visit),
  }
}
