import type { SimulatedAnswer, SimulatedRequest } from './simulated-message.ts'
import type { UrlMatcher } from './url-matching.ts'

/** What a request is for. `token` is one to a token endpoint that is none of those it takes. */
export type Endpoint =
  | 'authorization'
  | 'token'
  | 'exchange'
  | 'refresh'
  | 'long-lived'
  | 'request-token'
  | 'link'
  | 'session'
  | 'revocation'
  | 'lookup'
  | 'discovery'
  | 'identity'
  | 'history'
  | 'api'

export interface Route {
  readonly endpoint: Endpoint
  readonly methods: readonly string[]
  readonly matcher: UrlMatcher
  /** A closer word for one of several kinds of request that share the address. */
  readonly name?: (request: SimulatedRequest) => Endpoint
  /** Throws a `Refusal`. */
  readonly answer: (request: SimulatedRequest, match: RouteMatch) => SimulatedAnswer
}

export interface RouteMatch {
  readonly route: Route
  readonly values: Readonly<Record<string, string>>
  readonly rest: string
}

const ofTheApi: ReadonlySet<Endpoint> = new Set(['lookup', 'discovery', 'identity', 'history', 'api'])

/** Whether the access token is the credential there, so that a refusal is the API's. */
export function isOfTheApi({ endpoint }: Route): boolean {
  return ofTheApi.has(endpoint)
}

export function methodOf(request: {
  readonly method?: string | undefined
  readonly json?: unknown
  readonly form?: unknown
}): string {
  return request.method ?? (request.json === undefined && request.form === undefined ? 'GET' : 'POST')
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
      if (route.endpoint === 'api' && misfit && !isOfTheApi(misfit.route)) break
      return { ...match, methodFits: true }
    }
    misfit ??= match
  }
  return misfit && { ...misfit, methodFits: false }
}
