import type { PlaidLinkDefinition } from '../../provider/definition.ts'
import type { MockProviderOptions } from '../options.ts'
import type { ProtocolSimulator } from '../protocol.ts'
import type { Endpoint, Route } from '../routes.ts'
import type { SimulatedAnswer, SimulatedRequest } from '../simulated-message.ts'
import type { Simulation } from '../simulation.ts'
import { matchUrls } from '../url-matching.ts'
import { answerExchange, answerLink, answerSession } from './endpoints.ts'
import { answerPage, decide } from './page.ts'
import { type PlaidLinkSimulation, plaidLinkSimulation } from './settings.ts'

type Answer = (
  simulation: PlaidLinkSimulation,
  request: SimulatedRequest,
  values: Readonly<Record<string, string>>,
) => SimulatedAnswer

/** A link token, a hosted page, a public token, an access token. */
export function plaidLinkSimulator(
  common: Simulation<PlaidLinkDefinition>,
  options: Partial<MockProviderOptions>,
): ProtocolSimulator {
  const simulation = plaidLinkSimulation(common, options)
  const { definition, known } = simulation
  const { link, token } = definition
  const at = (url: string) => matchUrls(definition, url, known)
  const post = (endpoint: Endpoint, url: string, answer: Answer): Route => ({
    endpoint,
    methods: ['POST'],
    matcher: at(url),
    answer: (request, { values }) => answer(simulation, request, values),
  })
  return {
    routes: [
      ...[...new Set([link.create.url, link.update.url])].map((url) => post('link', url, answerLink)),
      post('session', link.session.url, answerSession),
      post('exchange', token.url, answerExchange),
      {
        endpoint: 'authorization',
        methods: ['GET', 'POST'],
        // Where the page stands is nobody's business but the simulator's: beside the endpoint that opens it.
        matcher: at(`${originOf(link.create.url)}/hosted-link/{linkId}`),
        answer: (request, match) => answerPage(simulation, request, match),
      },
    ],
    decide: (visit) => decide(simulation, visit),
  }
}

function originOf(template: string): string {
  return /^(?:https?:\/\/[^/?#]+|\{[A-Za-z][A-Za-z0-9]*\})/.exec(template)?.[0] ?? ''
}
