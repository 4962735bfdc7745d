import { type HttpRequest, userAgent } from '../http/transport.ts'
import type { OAuth2Definition, ProviderDefinition, TokenRequestDefinition } from '../provider/definition.ts'
import { expandAll } from '../provider/fill.ts'
import { expandAddress, expandText, expandUrl, type TemplateValues } from '../provider/template.ts'
import { plainBasic } from './credential.ts'

export interface ClientCredentials {
  readonly clientId: string
  readonly clientSecret: string | undefined
}

type BodyFormat = 'form' | 'json' | 'query' | 'none'
type Authentication = TokenRequestDefinition['authentication']

/** What one kind of request to the authorization server is made from. */
export interface RequestPlan {
  readonly url: string
  readonly method: HttpRequest['method']
  readonly body: BodyFormat
  readonly authentication: Authentication
  readonly basicCredentials?: TokenRequestDefinition['basicCredentials']
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Headers that stand as they are: a token can look like a template. */
  readonly credential?: Readonly<Record<string, string>> | undefined
  readonly params: Readonly<Record<string, string>>
  /** Default true: `client_id` goes into the body wherever the client is not named in a header. */
  readonly sendClientId?: boolean
}

/** Builds a request with client authentication in the declared style only (RFC 6749 §2.3). Sends nothing. */
export function buildRequest(
  definition: ProviderDefinition,
  plan: RequestPlan,
  client: ClientCredentials,
  values: TemplateValues,
): HttpRequest {
  const headers: Record<string, string> = { accept: 'application/json', 'user-agent': userAgent }
  for (const [name, value] of Object.entries(plan.headers ?? {}))
    headers[name.toLowerCase()] = expandText(definition, value, values)
  Object.assign(headers, plan.credential)
  const { method } = plan
  const params: Record<string, string> = { ...plan.params }
  if (plan.authentication === 'client_secret_basic')
    headers.authorization = plan.basicCredentials
      ? plainBasic(definition, plan.basicCredentials, { ...values, ...client })
      : basic(client)
  else if (plan.body !== 'none' && plan.sendClientId !== false) {
    params.client_id = client.clientId
    if (plan.authentication === 'client_secret_post' && client.clientSecret !== undefined)
      params.client_secret = client.clientSecret
  }
  if (plan.body === 'query') {
    const url = expandUrl(definition, plan.url, values)
    for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value)
    return { url: url.href, method, headers }
  }
  const url = expandAddress(definition, plan.url, values)
  if (plan.body === 'none') return { url, method, headers }
  headers['content-type'] = plan.body === 'json' ? 'application/json' : 'application/x-www-form-urlencoded'
  const body = plan.body === 'json' ? JSON.stringify(params) : new URLSearchParams(params).toString()
  return { url, method, headers, body }
}

/** RFC 6749 §2.3.1: both halves are form-encoded before they are joined. */
function basic({ clientId, clientSecret }: ClientCredentials): string {
  const encode = (text: string) => encodeURIComponent(text).replace(/%20/g, '+')
  return `Basic ${Buffer.from(`${encode(clientId)}:${encode(clientSecret ?? '')}`).toString('base64')}`
}

/** What one request to the token endpoint is for. */
interface Grant {
  /** RFC 6749's own name for it, where the provider is told. */
  readonly type: string
  /** Sent with it; what a definition's `params` name too is theirs. */
  readonly params: Readonly<Record<string, string | undefined>>
  readonly redirectUri: string
  readonly sendRedirectUri: boolean
  /** What was asked for or granted, for a provider that wants to hear it again (zendesk). */
  readonly scopes: readonly string[]
}

/** The fields of a token request that a definition gives. */
type OwnRequest = { readonly [K in keyof TokenRequestDefinition]?: TokenRequestDefinition[K] | undefined }

/** One request to the token endpoint; what `own` does not say is as in `token`, but `token.params`, which are the exchange's. */
function tokenRequest(
  definition: OAuth2Definition,
  own: OwnRequest,
  client: ClientCredentials,
  grant: Grant,
  known: TemplateValues,
): HttpRequest {
  const { token } = definition
  const scope = grant.scopes.join(definition.authorization.scopes?.separator ?? ' ') || undefined
  const values = { ...known, ...client, redirectUri: grant.redirectUri, scope }
  const params: Record<string, string> = {}
  if (own.sendGrantType !== false) params.grant_type = grant.type
  for (const [name, value] of Object.entries(grant.params)) if (value !== undefined) params[name] = value
  if (grant.sendRedirectUri) params.redirect_uri = grant.redirectUri
  if (own.params) Object.assign(params, expandAll(definition, own.params, values))
  const plan: RequestPlan = {
    url: own.url ?? token.url,
    method: own.method ?? token.method ?? 'POST',
    body: own.body ?? token.body ?? 'form',
    authentication: own.authentication ?? token.authentication,
    basicCredentials: own.basicCredentials ?? token.basicCredentials,
    headers: own.headers ?? token.headers,
    params,
  }
  return buildRequest(definition, plan, client, values)
}

/** The code exchange (RFC 6749 §4.1.3, RFC 7636 §4.5). */
export function buildExchangeRequest(
  definition: OAuth2Definition,
  client: ClientCredentials,
  grant: {
    readonly code: string
    readonly redirectUri: string
    readonly codeVerifier: string | undefined
    readonly scopes: readonly string[]
  },
  connectionParams: TemplateValues,
): HttpRequest {
  const { token } = definition
  return tokenRequest(
    definition,
    token,
    client,
    {
      type: 'authorization_code',
      params: { code: grant.code, code_verifier: grant.codeVerifier },
      redirectUri: grant.redirectUri,
      sendRedirectUri: token.sendRedirectUri !== false,
      scopes: grant.scopes,
    },
    connectionParams,
  )
}

/** The refresh (RFC 6749 §6). */
export function buildRefreshRequest(
  definition: OAuth2Definition,
  client: ClientCredentials,
  grant: { readonly refreshToken: string; readonly redirectUri: string; readonly scopes: readonly string[] },
  known: TemplateValues,
): HttpRequest {
  const own: OwnRequest = definition.refresh || {}
  return tokenRequest(
    definition,
    own,
    client,
    {
      type: 'refresh_token',
      params: { refresh_token: grant.refreshToken },
      redirectUri: grant.redirectUri,
      sendRedirectUri: own.sendRedirectUri === true,
      scopes: grant.scopes,
    },
    known,
  )
}

/** A second exchange, of the first access token for one that lives longer (developers.facebook.com, "Long-Lived Access Tokens"). */
export function buildLongLivedRequest(
  definition: OAuth2Definition,
  { parameter, ...own }: NonNullable<OAuth2Definition['longLived']>,
  client: ClientCredentials,
  grant: { readonly accessToken: string; readonly redirectUri: string; readonly scopes: readonly string[] },
  known: TemplateValues,
): HttpRequest {
  return tokenRequest(
    definition,
    own,
    client,
    {
      type: parameter,
      params: { [parameter]: grant.accessToken },
      redirectUri: grant.redirectUri,
      sendRedirectUri: own.sendRedirectUri === true,
      scopes: grant.scopes,
    },
    known,
  )
}
