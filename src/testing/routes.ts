import type { ProviderDefinition } from '../provider/definition.ts'
import type { Simulation } from './simulation.ts'
import { matchUrls, type UrlMatcher } from './url-matching.ts'

/** What a request is for. `token` is one that is neither an exchange nor a refresh. */
export type Endpoint =
  | 'authorization'
  | 'token'
  | 'exchange'
  | 'refresh'
  | 'revocation'
  | 'discovery'
  | 'identity'
  | 'history'
  | 'api'

export interface Route {
  readonly endpoint: Exclude<Endpoint, 'exchange' | 'refresh'>
  readonly methods: readonly string[]
  readonly matcher: UrlMatcher
  /** Only with `token`: which of the two requests this URL is for. */
  readonly takes?: readonly ('exchange' | 'refresh')[]
  /** Which of the definition's discovery requests. */
  readonly index?: number
}

export interface RouteMatch {
  readonly route: Route
  readonly values: Readonly<Record<string, string>>
  readonly rest: string
}

const anyMethod = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** Every address of the definition, the particular ones before the API that may hold them. */
export function createRoutes(simulation: Simulation): readonly Route[] {
  const { definition, known } = simulation
  const at = (template: string, prefix = false) => matchUrls(definition, template, known, prefix)
  const { token, refresh, revocation, api, identity, discovery, history } = definition
  const routes: Route[] = [
    { endpoint: 'authorization', methods: ['GET', 'POST'], matcher: at(definition.authorization.url) },
  ]
  const ownUrl = refresh && refresh.url !== undefined && refresh.url !== token.url ? refresh.url : undefined
  const takes = refresh && ownUrl === undefined ? (['exchange', 'refresh'] as const) : (['exchange'] as const)
  routes.push({
    endpoint: 'token',
    methods: methodsOf(definition, takes),
    matcher: at(token.url),
    takes,
  })
  if (ownUrl !== undefined)
    routes.push({
      endpoint: 'token',
      methods: methodsOf(definition, ['refresh']),
      matcher: at(ownUrl),
      takes: ['refresh'],
    })
  if (revocation)
    routes.push({
      endpoint: 'revocation',
      methods: [revocation.method ?? 'POST'],
      matcher: at(revocation.url),
    })
  discovery?.forEach((request, index) => {
    routes.push({ endpoint: 'discovery', methods: [methodOf(request)], matcher: at(request.url), index })
  })
  if (identity.request)
    routes.push({
      endpoint: 'identity',
      methods: [methodOf(identity.request)],
      matcher: at(identity.request.url),
    })
  const base = api.baseUrl.replace(/\/$/, '')
  if (history)
    routes.push({
      endpoint: 'history',
      methods: [methodOf(history)],
      // Which part of it is read is the client's choice, so the query is no part of the address.
      matcher: at(`${base}/${history.resource.replace(/^\//, '').split('?', 1)[0]}`),
    })
  for (const template of [base, ...(api.hosts ?? [])])
    routes.push({ endpoint: 'api', methods: anyMethod, matcher: at(template, true) })
  return routes
}

function methodsOf(definition: ProviderDefinition, takes: readonly ('exchange' | 'refresh')[]): string[] {
  const exchange = definition.token.method ?? 'POST'
  const { refresh: own } = definition
  const refresh = own === false ? exchange : (own.method ?? exchange)
  return [...new Set(takes.map((each) => (each === 'exchange' ? exchange : refresh)))]
}

export function methodOf(request: { readonly method?: string | undefined; readonly json?: unknown }): string {
  return request.method ?? (request.json === undefined ? 'GET' : 'POST')
}

/**
 * The route of a URL, by method where several share it. One whose URL fits and whose method does not is given back too
 * (`methodFits: false`), as long as no other takes the request: that is a client's mistake to answer.
 */
export function findRoute(
  routes: readonly Route[],
  method: string,
  url: URL,
): (RouteMatch & { readonly methodFits: boolean }) | undefined {
  let misfit: RouteMatch | undefined
  for (const route of routes) {
    const found = route.matcher.match(url)
    if (!found) continue
    const match = { route, ...found }
    if (route.methods.includes(method)) {
      if (route.endpoint === 'api' && misfit && isEndpoint(misfit.route)) break
      return { ...match, methodFits: true }
    }
    misfit ??= match
  }
  return misfit && { ...misfit, methodFits: false }
}

function isEndpoint({ endpoint }: Route): boolean {
  return endpoint === 'authorization' || endpoint === 'token' || endpoint === 'revocation'
}
