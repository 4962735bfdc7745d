import { describeAccount } from '../account.ts'
import type { Chain, Grant } from '../grants.ts'
import type { ApproveOptions } from '../options.ts'
import { Refusal } from '../provider-error.ts'
import { single } from '../request-params.ts'
import { checkFixed } from '../values.ts'
import type { OAuth2Simulation } from './settings.ts'

/** An authorization request whose client and redirect URI are good (RFC 6749 §4.1.1). */
export interface AuthorizationRequest {
  readonly redirectUri: string
  readonly state: string | undefined
  /** Params the URL named (shopify `shop`). */
  readonly values: Readonly<Record<string, string>>
  readonly scopes: readonly string[]
  /** Scopes that may be left out without harm (hubspot `optional_scope`). */
  readonly optionalScopes: readonly string[]
  /** Further scope parameters by the name of their token (slack `user`). */
  readonly additionalScopes: ReadonlyMap<string, readonly string[]>
  readonly challenge: string | undefined
  /** What is wrong with the rest: sent back to the client (RFC 6749 §4.1.2.1). */
  readonly refusal: Refusal | undefined
}

/** Throws a `Refusal` that must not be redirected: unknown client, unregistered redirect URI. */
export function readAuthorization(
  simulation: OAuth2Simulation,
  values: Readonly<Record<string, string>>,
  query: URLSearchParams,
): AuthorizationRequest {
  const redirectUris = query.getAll('redirect_uri')
  const clientIds = query.getAll('client_id')
  if (clientIds.length !== 1 || clientIds[0] !== simulation.clientId)
    throw new Refusal('invalid_client', 'Unknown client_id')
  const redirectUri = redirectUris[0]
  if (redirectUri === undefined || redirectUris.length > 1 || !simulation.redirectUris.includes(redirectUri))
    throw new Refusal('invalid_request', 'redirect_uri is not one that is registered for this client')
  const base = {
    redirectUri,
    state: query.get('state') ?? undefined,
    values,
    scopes: [],
    optionalScopes: [],
    additionalScopes: new Map<string, readonly string[]>(),
    challenge: undefined,
  }
  try {
    return { ...base, ...judge(simulation, query, redirectUri, values), refusal: undefined }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { ...base, refusal: error }
  }
}

function judge(
  simulation: OAuth2Simulation,
  query: URLSearchParams,
  redirectUri: string,
  values: Readonly<Record<string, string>>,
) {
  const { authorization } = simulation.definition
  const params = single(query)
  const invalid = (description: string) => new Refusal('invalid_request', description)
  const type = params.response_type
  if (type === undefined && authorization.sendResponseType !== false)
    throw invalid('response_type is missing')
  if (type !== undefined && type !== 'code')
    throw new Refusal('unsupported_response_type', 'response_type must be code')
  checkFixed(simulation, authorization.params, params, [{ ...values, redirectUri }])
  const { state } = params
  if (!state) throw invalid('state is missing')
  if (Buffer.byteLength(state) > (authorization.stateMaxLength ?? Number.POSITIVE_INFINITY))
    throw invalid(`state is longer than ${authorization.stateMaxLength} bytes`)
  const mode = authorization.responseMode
  if (mode === undefined ? (params.response_mode ?? 'query') !== 'query' : params.response_mode !== mode)
    throw invalid(`response_mode must be ${mode ?? 'query'}`)
  const { scopes } = authorization
  const separator = scopes?.separator ?? ' '
  const additionalScopes = new Map<string, readonly string[]>()
  for (const [name, { parameter }] of Object.entries(authorization.additionalScopes ?? {})) {
    const asked = readScopes(params[parameter], separator)
    if (asked.length > 0) additionalScopes.set(name, asked)
  }
  return {
    scopes: scopes ? readScopes(params.scope, separator) : [],
    optionalScopes: scopes?.optional ? readScopes(params[scopes.optional.parameter], separator) : [],
    additionalScopes,
    challenge: readChallenge(authorization.pkce ?? 'supported', params),
  }
}

/** A list joined with another separator than the provider's is one long unknown scope. */
export function readScopes(text: string | undefined, separator: string): string[] {
  if (text === undefined || text === '') return []
  const scopes = text.split(separator)
  for (const scope of scopes)
    if (scope === '' || /[\s,]/.test(scope))
      throw new Refusal(
        'invalid_scope',
        `Scopes must be joined by ${separator === ' ' ? 'a space' : `"${separator}"`}`,
      )
  return scopes
}

/** RFC 7636 §4.3, S256 only. */
function readChallenge(
  pkce: 'required' | 'supported' | 'unsupported',
  params: Readonly<Record<string, string>>,
): string | undefined {
  const { code_challenge: challenge, code_challenge_method: method } = params
  if (challenge === undefined && method === undefined) {
    if (pkce === 'required') throw new Refusal('invalid_request', 'code_challenge is missing')
    return undefined
  }
  if (pkce === 'unsupported') throw new Refusal('invalid_request', 'PKCE is not allowed for this client')
  if (method !== 'S256') throw new Refusal('invalid_request', 'code_challenge_method must be S256')
  if (!/^[A-Za-z0-9_-]{43}$/.test(challenge ?? ''))
    throw new Refusal('invalid_request', 'code_challenge is not a SHA-256 digest in base64url')
  return challenge
}

/** What a user's consent makes of a request: the grant, and a code for it. */
export function grantAccess(
  simulation: OAuth2Simulation,
  request: AuthorizationRequest,
  consent: ApproveOptions,
): { readonly code: string; readonly grant: Grant } {
  const { definition } = simulation
  const { scopes: declared } = definition.authorization
  const chains = new Map<string, Chain>()
  // A second scope parameter alone gives the second token alone (docs.slack.dev, oauth.v2.access).
  const onlyAdditional =
    request.scopes.length === 0 && request.additionalScopes.size > 0 && declared !== undefined
  if (!onlyAdditional) {
    const asked = [...new Set([...request.scopes, ...request.optionalScopes])]
    const scopes = consent.scopes ?? asked
    const refreshable = (declared?.always ?? []).every((scope) => request.scopes.includes(scope))
    const tellScopes = scopes.length > 0 || asked.length > 0
    chains.set('', { scopes, asked: request.scopes, tellScopes, refreshable, alive: true })
  }
  for (const [name, scopes] of request.additionalScopes)
    chains.set(name, { scopes, asked: scopes, tellScopes: true, refreshable: true, alive: true })
  const { redirectUri, challenge } = request
  const account = describeAccount(simulation, consent, request.values)
  const grant = simulation.grants.open({ ...account, redirectUri, chains })
  return { code: simulation.grants.issueCode({ grant, challenge }, simulation.codeLifetime), grant }
}
