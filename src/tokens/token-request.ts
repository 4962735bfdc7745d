import { type HttpRequest, userAgent } from '../http/transport.ts'
import type { ProviderDefinition, TokenRequestDefinition } from '../provider/definition.ts'
import { expandText, expandUrl, type TemplateValues } from '../provider/template.ts'

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
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** A header that stands as it is: a token can look like a template. */
  readonly credential?: readonly [name: string, value: string] | undefined
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
  const url = expandUrl(definition, plan.url, values)
  const headers: Record<string, string> = { accept: 'application/json', 'user-agent': userAgent }
  for (const [name, value] of Object.entries(plan.headers ?? {}))
    headers[name.toLowerCase()] = expandText(definition, value, values)
  if (plan.credential) headers[plan.credential[0]] = plan.credential[1]
  const params: Record<string, string> = { ...plan.params }
  if (plan.authentication === 'client_secret_basic') headers.authorization = basic(client)
  else if (plan.body !== 'none' && plan.sendClientId !== false) {
    params.client_id = client.clientId
    if (plan.authentication === 'client_secret_post' && client.clientSecret !== undefined)
      params.client_secret = client.clientSecret
  }
  if (plan.body === 'query') {
    for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value)
    return { url: url.href, method: plan.method, headers }
  }
  if (plan.body === 'none') return { url: url.href, method: plan.method, headers }
  headers['content-type'] = plan.body === 'json' ? 'application/json' : 'application/x-www-form-urlencoded'
  const body = plan.body === 'json' ? JSON.stringify(params) : new URLSearchParams(params).toString()
  return { url: url.href, method: plan.method, headers, body }
}

/** RFC 6749 §2.3.1: both halves are form-encoded before they are joined. */
function basic({ clientId, clientSecret }: ClientCredentials): string {
  const encode = (text: string) => encodeURIComponent(text).replace(/%20/g, '+')
  return `Basic ${Buffer.from(`${encode(clientId)}:${encode(clientSecret ?? '')}`).toString('base64')}`
}

/** The code exchange (RFC 6749 §4.1.3, RFC 7636 §4.5). */
export function buildExchangeRequest(
  definition: ProviderDefinition,
  client: ClientCredentials,
  grant: { readonly code: string; readonly redirectUri: string; readonly codeVerifier: string | undefined },
  connectionParams: TemplateValues,
): HttpRequest {
  const { token } = definition
  const values = { ...connectionParams, clientId: client.clientId, redirectUri: grant.redirectUri }
  const params: Record<string, string> = {
    ...(token.sendGrantType !== false && { grant_type: 'authorization_code' }),
    code: grant.code,
    ...(token.sendRedirectUri !== false && { redirect_uri: grant.redirectUri }),
    ...(grant.codeVerifier !== undefined && { code_verifier: grant.codeVerifier }),
    ...expandAll(definition, token.params, values),
  }
  const plan = {
    url: token.url,
    method: token.method ?? 'POST',
    body: token.body ?? 'form',
    authentication: token.authentication,
    headers: token.headers,
    params,
  } as const
  return buildRequest(definition, plan, client, values)
}

/** The refresh (RFC 6749 §6); what `refresh` does not say is as in `token`, but `token.params`, which are the exchange's. */
export function buildRefreshRequest(
  definition: ProviderDefinition,
  client: ClientCredentials,
  grant: { readonly refreshToken: string; readonly redirectUri: string },
  tokenValues: TemplateValues,
): HttpRequest {
  const values = { ...tokenValues, clientId: client.clientId, redirectUri: grant.redirectUri }
  const refresh = definition.refresh || { rotates: false }
  const { token } = definition
  const params: Record<string, string> = {
    ...(refresh.sendGrantType !== false && { grant_type: 'refresh_token' }),
    refresh_token: grant.refreshToken,
    ...(refresh.sendRedirectUri === true && { redirect_uri: grant.redirectUri }),
    ...expandAll(definition, refresh.params, values),
  }
  const plan = {
    url: refresh.url ?? token.url,
    method: refresh.method ?? token.method ?? 'POST',
    body: refresh.body ?? token.body ?? 'form',
    authentication: refresh.authentication ?? token.authentication,
    headers: refresh.headers ?? token.headers,
    params,
  } as const
  return buildRequest(definition, plan, client, values)
}

export function expandAll(
  definition: ProviderDefinition,
  templates: Readonly<Record<string, string>> | undefined,
  values: TemplateValues,
): Record<string, string> {
  const result: Record<string, string> = {}
  for (const [name, template] of Object.entries(templates ?? {}))
    result[name] = expandText(definition, template, values)
  return result
}
