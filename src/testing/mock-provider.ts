import type { HttpHandler } from 'msw'
import type { ProviderDefinition } from '../provider/definition.ts'
import { answerApiRequest, apiRefusal } from './api.ts'
import { answerConsent, decide } from './consent.ts'
import { type Fault, FaultQueue, playFault } from './faults.ts'
import { providerUrl, serve } from './http-server.ts'
import { loopbackDefinition } from './loopback-definition.ts'
import { mswHandlers } from './msw-handlers.ts'
import type { ApproveOptions, MockProvider, MockProviderOptions, RecordedRequest } from './options.ts'
import { Refusal, refusalAnswer } from './provider-error.ts'
import { recordedBody } from './request-params.ts'
import { answerRevocation } from './revocation-endpoint.ts'
import { createRoutes, type Endpoint, findRoute, type RouteMatch } from './routes.ts'
import type { SimulatedAnswer, SimulatedRequest, SimulatedResponse } from './simulated-message.ts'
import { createSimulation, type Simulation } from './simulation.ts'
import { answerTokenRequest, type TokenRequestKind, tokenRequestKind } from './token-endpoint.ts'

/**
 * Makes an authorization server and a small API from a definition: strict enough to refuse a wrong client, with faults
 * on demand. Reach it through MSW (`handlers`) or over real HTTP (`listen`). Nothing in it knows a provider by name.
 * Throws `params_invalid` for options that do not fit the definition's params.
 */
export function mockProvider<const P extends ProviderDefinition>(
  definition: P,
  options: MockProviderOptions,
): MockProvider<P> {
  const simulation = createSimulation(definition, options)
  const routes = createRoutes(simulation)
  const faults = new FaultQueue()
  const requests: RecordedRequest[] = []
  const origins = new Set<string>()
  let handlers: HttpHandler[] | undefined

  async function handle(request: SimulatedRequest): Promise<SimulatedResponse | undefined> {
    const match = findRoute(routes, request.method, request.url)
    if (!match) return undefined
    const body = recordedBody(request)
    const kind = match.route.endpoint === 'token' ? requestKind(request, body) : undefined
    const endpoint = kind ?? match.route.endpoint
    const at = requests.length
    requests.push(record(endpoint, request, body))
    const fault = faults.take(endpoint)
    const answer = () => answerRequest(simulation, request, match, kind)
    const response = fault ? await playFault(fault, answer) : answer()
    const status = response === 'reset' ? 0 : response.status
    requests[at] = { ...record(endpoint, request, body), status }
    return response
  }

  /** The browser's part: an authorization URL of ours, whichever way the client would have reached it. */
  async function visit(
    url: string,
    decision: 'approve' | 'deny',
    consent: ApproveOptions = {},
  ): Promise<string> {
    const origin = [...origins].find((each) => url.startsWith(`${each}/`))
    const address = origin === undefined ? new URL(url) : providerUrl(origin, url)
    const match = address && findRoute(routes, 'GET', address)
    if (!address || match?.route.endpoint !== 'authorization')
      throw new Error(`This is no authorization URL of the simulated ${definition.name}`)
    return decide(simulation, match, address, decision, consent, origin).url
  }

  return {
    definition,
    requests,
    get handlers() {
      handlers ??= mswHandlers(
        handle,
        routes.map(({ matcher }) => matcher.pattern),
      )
      return handlers
    },
    async listen({ port = 0 } = {}) {
      const server = await serve(handle, port)
      origins.add(server.origin)
      return {
        origin: server.origin,
        definition: loopbackDefinition(definition, server.origin),
        async close() {
          origins.delete(server.origin)
          await server.close()
        },
      }
    },
    approve: (url, consent) => visit(url, 'approve', consent),
    deny: (url) => visit(url, 'deny'),
    fault: (fault: Fault) => faults.add(fault),
    clearFaults: () => faults.clear(),
    revokeGrants: () => simulation.grants.revokeAll(),
    expireCodes: () => simulation.grants.expireCodes(),
    expireAccessTokens: () => simulation.grants.expireAccessTokens(),
  }
}

function requestKind(
  request: SimulatedRequest,
  body: Readonly<Record<string, unknown>>,
): TokenRequestKind | undefined {
  return tokenRequestKind({ ...Object.fromEntries(request.url.searchParams), ...body })
}

function record(
  endpoint: Endpoint,
  request: SimulatedRequest,
  body: Readonly<Record<string, unknown>>,
): RecordedRequest {
  return { endpoint, method: request.method, url: request.url.href, headers: request.headers, body }
}

function answerRequest(
  simulation: Simulation,
  request: SimulatedRequest,
  match: RouteMatch & { readonly methodFits: boolean },
  kind: TokenRequestKind | undefined,
): SimulatedAnswer {
  const { endpoint } = match.route
  const isApi = endpoint !== 'authorization' && endpoint !== 'token' && endpoint !== 'revocation'
  try {
    if (!match.methodFits)
      throw new Refusal('invalid_request', `The method must be ${match.route.methods.join(' or ')}`, {
        status: 405,
      })
    if (endpoint === 'authorization') return answerConsent(simulation, request, match)
    if (endpoint === 'token') return answerTokenRequest(simulation, request, match, kind)
    if (endpoint === 'revocation') return answerRevocation(simulation, request, match)
    return answerApiRequest(simulation, request, match)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return isApi ? apiRefusal(simulation, error) : refusalAnswer(simulation.definition, error)
  }
}
