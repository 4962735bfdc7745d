import type { OAuth2Definition } from '../../provider/definition.ts'
import type { MockProviderOptions } from '../options.ts'
import type { ProtocolSimulator } from '../protocol.ts'
import { recordedBody } from '../request-params.ts'
import type { Route } from '../routes.ts'
import type { SimulatedRequest } from '../simulated-message.ts'
import type { Simulation } from '../simulation.ts'
import { matchUrls } from '../url-matching.ts'
import { answerConsent, decide } from './consent.ts'
import { type OAuth2Simulation, oauth2Settings } from './settings.ts'
import { answerTokenRequest } from './token-endpoint.ts'
import { tokenEndpoints, tokenRequestKind } from './token-plans.ts'

/** RFC 6749, authorization code grant. */
export function oauth2Simulator(
  common: Simulation<OAuth2Definition>,
  options: Partial<MockProviderOptions>,
): ProtocolSimulator {
  const { definition, known } = common
  const simulation: OAuth2Simulation = { ...common, ...oauth2Settings(definition, options) }
  const at = (url: string) => matchUrls(definition, url, known)
  const kindOf = (request: SimulatedRequest) =>
    tokenRequestKind(definition, {
      ...Object.fromEntries(request.url.searchParams),
      ...recordedBody(request),
    })
  return {
    routes: [
      {
        endpoint: 'authorization',
        methods: ['GET', 'POST'],
        matcher: at(definition.authorization.url),
        answer: (request, match) => answerConsent(simulation, request, match),
      },
      ...tokenEndpoints(definition).map(
        ({ url, methods, takes }): Route => ({
          endpoint: 'token',
          methods,
          matcher: at(url),
          name: (request) => kindOf(request) ?? 'token',
          answer: (request, match) => answerTokenRequest(simulation, request, match, kindOf(request), takes),
        }),
      ),
    ],
    decide: (visit) => decide(simulation, visit).url,
  }
}
