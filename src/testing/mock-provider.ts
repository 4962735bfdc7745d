import type { HttpHandler } from 'msw'
import type { ProviderDefinition } from '../provider/definition.ts'
import { apiRefusal, apiRoutes } from './api.ts'
import { refusalPage } from './consent-page.ts'
import { checkFault, type Fault, FaultQueue, playFault } from './faults.ts'
import { providerUrl, serve } from './http-server.ts'
import { loopbackDefinition } from './loopback-definition.ts'
import { mswHandlers } from './msw-handlers.ts'
import type { ApproveOptions, MockOptionsOf, MockProvider, RecordedRequest } from './options.ts'
import { createProtocol } from './protocols.ts'
import { Refusal, refusalAnswer } from './provider-error.ts'
import { recordedBody } from './request-params.ts'
import { revocationRoutes } from './revocation-endpoint.ts'
import { type Endpoint, findRoute, isOfTheApi, type RouteMatch } from './routes.ts'
import type { SimulatedAnswer, SimulatedRequest, SimulatedResponse } from './simulated-message.ts'
import type { Simulation } from './simulation.ts'

/**
 * Makes an authorization server and a small API from a definition: strict enough to refuse a wrong client, with faults
 * on demand. Reach it through MSW (`handlers`) or over real HTTP (`listen`). Nothing in it knows a provider by name.
 * Throws `params_invalid` for options that do not fit the definition's params.
 */
export function mockProvider<const P extends ProviderDefinition>(
  definition: P,
  options: MockOptionsOf<P>,
): MockProvider<P> {
  const { simulation, protocol } = createProtocol(definition, options)
  const routes = [...protocol.routes, ...revocationRoutes(simulation), ...apiRoutes(simulation)]
  const faults = new FaultQueue()
  const requests: RecordedRequest[] = []
  const origins = new Set<string>()
  let handlers: HttpHandler[] | undefined

  async function handle(request: SimulatedRequest): Promise<SimulatedResponse | undefined> {
    const match = findRoute(routes, request.method, request.url)
    if (!match) return undefined
    const { route } = match
    const endpoint = route.name?.(request) ?? route.endpoint
    const at = requests.length
    const recorded = record(endpoint, request)
    requests.push(recorded)
    const fault = faults.take(endpoint)
    const answer = () => answerRequest(simulation, request, match)
    const response = fault ? await playFault(simulation, fault, answer) : answer()
    const status = response === 'reset' ? 0 : response.status
    requests[at] = { ...recorded, status }
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
    if (!address || match?.route.endpoint !== 'authorization' || !protocol.decide)
      throw new Error(`This is no authorization URL of the simulated ${definition.name}`)
    return protocol.decide({ url: address, values: match.values, decision, consent, origin })
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
    issueKey(consent = {}) {
      if (!protocol.issueKey) throw new Error(`${definition.name} is not connected by a key`)
      return protocol.issueKey(consent)
    },
    fault(fault: Fault) {
      checkFault(simulation, fault)
      faults.add(fault)
    },
    clearFaults: () => faults.clear(),
    revokeGrants: () => simulation.grants.revokeAll(),
    requireReconnect: () => simulation.grants.requireLogin(),
    expireCodes: () => simulation.grants.expireCodes(),
    expireAccessTokens: () => simulation.grants.expireAccessTokens(),
  }
}

function record(endpoint: Endpoint, request: SimulatedRequest): RecordedRequest {
  const { method, url, headers } = request
  return { endpoint, method, url: url.href, headers, body: recordedBody(request) }
}

function answerRequest(
  simulation: Simulation,
  request: SimulatedRequest,
  match: RouteMatch & { readonly methodFits: boolean },
): SimulatedAnswer {
  const { route, methodFits } = match
  try {
    if (methodFits) return route.answer(request, match)
    const methods = route.methods.join(' or ')
    throw new Refusal('invalid_request', `The method must be ${methods}`, { status: 405 })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    if (route.endpoint === 'authorization') return refusalPage(simulation, error.error, error.description)
    return isOfTheApi(route) ? apiRefusal(simulation, error) : refusalAnswer(simulation.definition, error)
  }
}
