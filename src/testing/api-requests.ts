import type { ApiRequestDefinition, CaptureDefinition, ProviderDefinition } from '../provider/definition.ts'
import type { TemplateValues } from '../provider/template.ts'
import { writeCaptures, writeChoices, writeIdentity } from './account-body.ts'
import { documentedBody, tokenInBody } from './api-body.ts'
import { checkClientCredential, checkToken, holdsToken, readCredential } from './api-credential.ts'
import type { AccessToken, Grant } from './grants.ts'
import { answerHistory } from './history-answer.ts'
import { Refusal, successMarks } from './provider-error.ts'
import { lookUp } from './revocation-lookup.ts'
import { type Endpoint, methodOf, type Route, type RouteMatch } from './routes.ts'
import { jsonAnswer, type SimulatedAnswer, type SimulatedRequest } from './simulated-message.ts'
import type { Simulation } from './simulation.ts'
import { matchUrls, type UrlMatcher } from './url-matching.ts'
import { checkFixed, checkHeaders, paramsOf } from './values.ts'

type Choose = NonNullable<NonNullable<ProviderDefinition['discovery']>[number]['choose']>

/** A request that the definition describes, and what is read from its answer. */
export interface DocumentedRequest {
  readonly kind: Extract<Endpoint, 'lookup' | 'discovery' | 'identity' | 'history'>
  readonly request: Omit<ApiRequestDefinition, 'url'>
  readonly matcher: UrlMatcher
  readonly capture?: CaptureDefinition | undefined
  readonly choose?: Choose | undefined
}

/** What a connect, a revocation and a history ask for. */
export function documentedRequests(simulation: Simulation): readonly DocumentedRequest[] {
  const { definition, known } = simulation
  const { revocation, discovery, identity, history, api } = definition
  const at = (url: string) => matchUrls(definition, url, known)
  const result: DocumentedRequest[] = []
  for (const each of discovery ?? [])
    result.push({
      kind: 'discovery',
      request: each,
      matcher: at(each.url),
      capture: each.capture,
      choose: each.choose,
    })
  if (identity.request)
    result.push({ kind: 'identity', request: identity.request, matcher: at(identity.request.url) })
  if (revocation?.lookup) {
    const { lookup } = revocation
    result.push({ kind: 'lookup', request: lookup, matcher: at(lookup.url), capture: lookup.capture })
  }
  if (history) {
    // Which part of it is read is the client's choice, so neither query nor body are its address.
    const under = (resource: string) =>
      at(`${api.baseUrl.replace(/\/$/, '')}/${resource.replace(/^\//, '').split('?', 1)[0]}`)
    const { page } = history
    const isPosted = history.json !== undefined || (page && 'json' in page && page.json !== undefined)
    const request = { method: history.method ?? (isPosted ? 'POST' : 'GET') }
    result.push({ kind: 'history', request, matcher: under(history.resource) })
    if (page?.by === 'cursor' && page.resource !== undefined)
      result.push({ kind: 'history', request, matcher: under(page.resource) })
  }
  return result
}

export function documentedRoutes(
  simulation: Simulation,
  documented: readonly DocumentedRequest[],
): readonly Route[] {
  /** One address can serve several (GraphQL), which their bodies tell apart. */
  const meant = (request: SimulatedRequest) =>
    fitting(
      simulation,
      documented.filter(
        (each) => methodOf(each.request) === request.method && each.matcher.match(request.url),
      ),
      request,
    )
  return documented.map(
    ({ kind, request, matcher }): Route => ({
      endpoint: kind,
      methods: [methodOf(request)],
      matcher,
      name: (given) => meant(given)[0]?.kind ?? kind,
      answer: (given, match) => answerDocumented(simulation, given, match, meant(given), request),
    }),
  )
}

function fitting(
  simulation: Simulation,
  sharing: readonly DocumentedRequest[],
  request: SimulatedRequest,
): readonly DocumentedRequest[] {
  const own = sharing.filter(({ kind }) => kind !== 'history')
  const fits = own.filter((each) => documentedBody(simulation, each.request, request, []))
  return fits.length > 0 ? fits : sharing.filter(({ kind }) => kind === 'history')
}

function answerDocumented(
  simulation: Simulation,
  request: SimulatedRequest,
  match: RouteMatch,
  asked: readonly DocumentedRequest[],
  /** Whose address it is, where no body fits. */
  fallback: DocumentedRequest['request'],
): SimulatedAnswer {
  const { definition } = simulation
  const [first] = asked
  const token = authenticate(simulation, request, match, first?.request ?? fallback)
  const grant = token?.grant ?? simulation.grants.all.at(-1)
  if (!grant) throw new Refusal('invalid_request', 'Nobody has connected yet')
  const { clientId, clientSecret } = simulation
  const own = { clientId, clientSecret, accessToken: token?.value }
  const sets = paramsOf(grant).map((params) => ({ ...params, ...own }))
  for (const headers of [definition.api.headers, ...asked.map((each) => each.request.headers)])
    checkHeaders(simulation, headers, request.headers, { sets, learning: first?.kind !== 'history' })
  if (!first || !asked.every((each) => documentedBody(simulation, each.request, request, sets)))
    throw new Refusal('invalid_request', 'The body is not the one this provider documents')
  if (first.kind === 'history') {
    checkQuery(simulation, request, sets)
    return answerHistory(simulation, request, grant.account.id)
  }
  return jsonAnswer(200, describe(simulation, asked, grant, token, request.origin))
}

/** The token, from its credential or, where there is none, from where else the request has it. */
function authenticate(
  simulation: Simulation,
  request: SimulatedRequest,
  match: RouteMatch,
  asked: DocumentedRequest['request'],
): AccessToken | undefined {
  const own = asked.credential
  const inPlace = match.values.accessToken ?? tokenInBody(asked, request)
  if (own === false) {
    if (simulation.definition.api.credential === undefined && request.headers.authorization !== undefined)
      throw new Refusal('invalid_request', 'This address takes no Authorization header')
    return inPlace === undefined ? undefined : checkToken(simulation, inPlace, match.values)
  }
  if (own && !holdsToken(own)) {
    checkClientCredential(simulation, request, own)
    return inPlace === undefined ? undefined : checkToken(simulation, inPlace, match.values)
  }
  return checkToken(simulation, readCredential(simulation, request, own), match.values)
}

/** What the definition adds to every call must stand in its URL. */
export function checkQuery(
  simulation: Simulation,
  request: SimulatedRequest,
  sets: readonly TemplateValues[],
): void {
  checkFixed(simulation, simulation.definition.api.query, Object.fromEntries(request.url.searchParams), sets)
}

/** One request can be both the identity's and a discovery's, so the answer holds what all of them look for. */
function describe(
  simulation: Simulation,
  asked: readonly DocumentedRequest[],
  grant: Grant,
  token: AccessToken | undefined,
  origin: string | undefined,
): unknown {
  let body = successMarks(simulation.definition)
  for (const { kind, choose, capture } of asked) {
    if (choose) body = writeChoices(simulation, body, choose, grant, origin)
    const values = kind === 'lookup' && token ? lookUp(simulation, token, capture ?? {}) : grant.params
    body = writeCaptures(body, capture ?? {}, values, origin)
    if (kind === 'identity') body = writeIdentity(simulation, body, grant)
  }
  return body
}
