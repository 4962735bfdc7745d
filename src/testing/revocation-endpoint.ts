import type { ProviderDefinition } from '../provider/definition.ts'
import { checkCredentialHeaders, readCredential } from './api-credential.ts'
import { checkClient } from './client-check.ts'
import type { Chain, Grant } from './grants.ts'
import { Refusal, successMarks } from './provider-error.ts'
import { type RequestParams, readParams } from './request-params.ts'
import { chainOf, isToldOf } from './revocation-lookup.ts'
import type { Route, RouteMatch } from './routes.ts'
import { jsonAnswer, type SimulatedAnswer, type SimulatedRequest } from './simulated-message.ts'
import type { Simulation } from './simulation.ts'
import { matchUrls } from './url-matching.ts'
import { anyExpected, belongsTo, checkFixed, checkHeaders, paramsOf } from './values.ts'

type Revocation = NonNullable<ProviderDefinition['revocation']>

/** What a request wants ended, alive or not. */
interface Subject {
  readonly grant: Grant
  readonly chain: Chain
  readonly lives: boolean
  /** Where it is named by a token: which. */
  readonly by?: 'access_token' | 'refresh_token'
}

export function revocationRoutes(simulation: Simulation): readonly Route[] {
  const { definition, known } = simulation
  const { revocation } = definition
  if (!revocation) return []
  return [
    {
      endpoint: 'revocation',
      methods: [revocation.method ?? 'POST'],
      matcher: matchUrls(definition, revocation.url, known),
      answer: (request, match) => answerRevocation(simulation, revocation, request, match),
    },
  ]
}

/** Revocation (RFC 7009): authenticated as declared; ends what the definition says it ends. */
function answerRevocation(
  simulation: Simulation,
  revocation: Revocation,
  request: SimulatedRequest,
  match: RouteMatch,
): SimulatedAnswer {
  const { definition } = simulation
  const { credential } = definition.api
  const byToken = revocation.authentication === 'access_token'
  const inJson = byToken && credential !== undefined && 'json' in credential
  const params = readParams(request, inJson ? 'json' : (revocation.body ?? 'form'))
  checkHeaders(simulation, revocation.headers, request.headers)
  if (inJson) checkCredentialHeaders(simulation, credential.headers, request)
  authenticateClient(simulation, revocation, request, params)
  const { clientId, clientSecret } = simulation
  checkFixed(simulation, revocation.params, params, [{ clientId, clientSecret }])
  const held = byToken ? readCredential(simulation, request) : undefined
  if (byToken && held === undefined)
    throw new Refusal('invalid_token', 'The access token is missing from its place', { status: 401 })
  const subject = findSubject(simulation, revocation, params, match.values, held)
  if (!subject?.lives) return nothingLeft(simulation, revocation)
  checkSubject(simulation, revocation, subject, params, match.values, held)
  end(simulation, revocation, subject)
  return done(simulation)
}

function authenticateClient(
  simulation: Simulation,
  revocation: Revocation,
  request: SimulatedRequest,
  params: RequestParams,
): void {
  if (revocation.authentication === 'access_token') {
    if (params.client_secret !== undefined)
      throw new Refusal('invalid_client', 'The token is the credential here; no client secret is taken')
    return
  }
  const options = { named: false, halves: revocation.basicCredentials }
  checkClient(simulation, request, params, revocation.authentication, options)
}

function findSubject(
  simulation: Simulation,
  revocation: Revocation,
  params: RequestParams,
  values: Readonly<Record<string, string>>,
  held: string | undefined,
): Subject | undefined {
  const { grants } = simulation
  if (revocation.token === 'none' && held === undefined)
    return findAccount(simulation, revocation, params, values)
  const inBody = params[revocation.parameter ?? 'token']
  const value = inBody ?? values.accessToken ?? values.refreshToken ?? held
  if (value === undefined) {
    const chain = revocation.lookup && chainOf(simulation, values)
    const grant = grants.all.find((each) => chain && [...each.chains.values()].includes(chain))
    if (chain && grant) return { grant, chain, lives: chain.alive }
    if (revocation.lookup) return undefined
    throw new Refusal('invalid_request', `${revocation.parameter ?? 'token'} is missing`)
  }
  const access = grants.accessToken(value)
  const token = access ?? grants.refreshToken(value)
  if (!token) return undefined
  const { grant, chain } = token
  // With the token as the credential, one that has expired proves nothing any more.
  const credential = held === undefined ? undefined : grants.accessToken(held)
  const proven = held === undefined || (credential?.chain === chain && !grants.isExpired(credential))
  const by = access ? 'access_token' : 'refresh_token'
  return { grant, chain, by, lives: chain.alive && proven && isThere(simulation, revocation, values, token) }
}

/** A request that names an account, by the params of its grant. */
function findAccount(
  simulation: Simulation,
  revocation: Revocation,
  params: RequestParams,
  values: Readonly<Record<string, string>>,
): Subject | undefined {
  const named = Object.entries(revocation.params ?? {})
  const grant = simulation.grants.all.findLast(
    (each) =>
      [...each.chains.values()].some(({ alive }) => alive) &&
      belongsTo(simulation, values, each) &&
      named.every(([name, template]) => {
        const wanted = anyExpected(simulation, template, paramsOf(each))
        return wanted.length === 0 || wanted.includes(params[name] ?? '')
      }),
  )
  const chain = grant && [...grant.chains.values()].find(({ alive }) => alive)
  return grant && chain && { grant, chain, lives: true }
}

function isThere(
  simulation: Simulation,
  { lookup }: Revocation,
  values: Readonly<Record<string, string>>,
  { grant, chain }: Pick<Subject, 'grant' | 'chain'>,
): boolean {
  const { accessToken: _access, refreshToken: _refresh, ...places } = values
  if (!lookup) return belongsTo(simulation, places, grant)
  const own = Object.entries(places).filter(([name]) => !Object.hasOwn(lookup.capture, name))
  return belongsTo(simulation, Object.fromEntries(own), grant) && isToldOf(chain, values)
}

/** The declared token, and params of its own account. */
function checkSubject(
  simulation: Simulation,
  revocation: Revocation,
  { grant, chain, by }: Subject,
  params: RequestParams,
  values: Readonly<Record<string, string>>,
  held: string | undefined,
): void {
  const named = params[revocation.parameter ?? 'token'] ?? values.accessToken ?? values.refreshToken
  if (by && (named !== undefined || held === undefined)) {
    const wantsRefresh = revocation.token === 'refresh_token' && simulation.grants.hasRefreshToken(chain)
    if (wantsRefresh === (by === 'access_token'))
      throw new Refusal(
        'unsupported_token_type',
        `The ${wantsRefresh ? 'refresh' : 'access'} token is the one to revoke here`,
      )
  }
  const { clientId, clientSecret } = simulation
  const tokens = simulation.grants.accessTokensOf(chain).map(({ value }) => value)
  const sets = paramsOf(grant).flatMap((set) =>
    tokens.map((accessToken) => ({ ...set, clientId, clientSecret, accessToken })),
  )
  if (sets.length > 0) checkFixed(simulation, revocation.params, params, sets)
}

function nothingLeft(simulation: Simulation, revocation: Revocation): SimulatedAnswer {
  const [sign] = revocation.gone ?? []
  if (sign) throw new Refusal('invalid_token', 'There is nothing left to revoke', { sign })
  if (revocation.authentication === 'access_token')
    throw new Refusal('invalid_token', 'The access token does not live', { status: 401 })
  // RFC 7009 §2.2: an invalid token is no error, since there is nothing left to do.
  return done(simulation)
}

function end({ grants }: Simulation, { ends = 'token' }: Revocation, { grant, chain, by }: Subject): void {
  if (ends !== 'token') for (const each of grants.siblings(grant)) grants.revokeGrant(each)
  else if (by) chain.alive = false
  else grants.revokeGrant(grant)
}

function done(simulation: Simulation): SimulatedAnswer {
  const marks = successMarks(simulation.definition)
  if (Object.keys(Object(marks)).length > 0) return jsonAnswer(200, marks)
  return { status: 200, headers: { 'cache-control': 'no-store' }, body: '' }
}
