import type { ClientContext } from '../context.ts'
import { sanitizeWords } from '../errors/message.ts'
import { isOAuthError } from '../errors/oauth-error.ts'
import { reportError } from '../hooks.ts'
import type { HttpRequest } from '../http/transport.ts'
import { userAgent } from '../http/transport.ts'
import type { ProviderDefinition } from '../provider/definition.ts'
import { checkCapturedParam, type Params } from '../provider/params.ts'
import { readText } from '../provider/path.ts'
import { expandText, expandUrl } from '../provider/template.ts'
import type { Connection, ConnectionTokens } from '../types.ts'
import { readProviderBody } from './token-response.ts'

type ApiRequest = NonNullable<ProviderDefinition['identity']['request']>

/** The header that carries a token to this provider's API. */
export function credentialHeader(
  provider: ProviderDefinition,
  accessToken: string,
  params: Params,
): [string, string] {
  const { header, value } = provider.api.credential ?? {
    header: 'Authorization',
    value: 'Bearer {accessToken}',
  }
  return [header.toLowerCase(), expandText(provider, value, { ...params, accessToken })]
}

/** Params from the token response, against their patterns (zoom `api_url`, zoho `api_domain`). Throws `params_invalid`. */
export function captureFromTokenResponse(provider: ProviderDefinition, body: unknown): Params {
  const captured: Record<string, string> = {}
  for (const [name, paths] of Object.entries(provider.tokenResponse?.capture ?? {})) {
    const value = readText(body, paths)
    if (value !== undefined) captured[name] = checkCapturedParam(provider, name, value)
  }
  return captured
}

/** The same for a refresh, where an unfit value must not cost the new tokens: the stored one stays. */
export function recaptureFromTokenResponse(provider: ProviderDefinition, body: unknown): Params {
  try {
    return captureFromTokenResponse(provider, body)
  } catch (error) {
    if (isOAuthError(error)) return {}
    throw error
  }
}

/** What the requests after an exchange work with. `secrets`: what must not come back in any words. */
export interface Learning {
  readonly params: Params
  readonly tokens: ConnectionTokens
  readonly secrets: readonly (string | undefined)[]
}

async function ask(
  context: ClientContext,
  request: ApiRequest,
  { params, tokens, secrets }: Learning,
): Promise<unknown> {
  const { provider } = context
  const url = expandUrl(provider, request.url, params)
  const [name, value] = credentialHeader(provider, tokens.accessToken, params)
  const headers: Record<string, string> = { accept: 'application/json', 'user-agent': userAgent }
  for (const [header, text] of Object.entries({ ...provider.api.headers, ...request.headers }))
    headers[header.toLowerCase()] = expandText(provider, text, params)
  headers[name] = value
  const body = request.json && JSON.stringify(request.json)
  if (body !== undefined) headers['content-type'] = 'application/json'
  const call: HttpRequest = {
    url: url.href,
    method: request.method ?? (body === undefined ? 'GET' : 'POST'),
    headers,
    ...(body !== undefined && { body }),
  }
  const response = await context.send(call)
  return readProviderBody(
    provider,
    response,
    { now: context.clock(), secrets, requestedScopes: [] },
    { lists: true },
  )
}

/** The definition's requests after connect. One that fails matters only where the definition says so. */
export async function discoverParams(context: ClientContext, known: Learning): Promise<Params> {
  const captured: Record<string, string> = {}
  for (const request of context.provider.discovery ?? []) {
    try {
      const body = await ask(context, request, { ...known, params: { ...known.params, ...captured } })
      for (const [name, paths] of Object.entries(request.capture)) {
        const value = readText(body, paths)
        if (value !== undefined) captured[name] = checkCapturedParam(context.provider, name, value)
        else if (request.required)
          throw context.fail({ code: 'malformed_response', detail: `discovery found no "${name}"` })
      }
    } catch (error) {
      if (request.required || !isOAuthError(error)) throw error
      reportError(context, error)
    }
  }
  return captured
}

/** Who was connected. Not knowing is reported and costs no connection: the code is spent by now. */
export async function readAccount(
  context: ClientContext,
  known: Learning,
  tokenBody: unknown,
): Promise<Connection['account']> {
  const { identity } = context.provider
  const { params, secrets } = known
  try {
    const body = identity.request ? await ask(context, identity.request, known) : tokenBody
    const id = readIdentity(context.provider, body, identity.id, params)
    const name = identity.name && readIdentity(context.provider, body, identity.name, params)
    if (id === undefined) return undefined
    return {
      id: sanitizeWords(id, secrets),
      ...(name !== undefined && { name: sanitizeWords(name, secrets) }),
    }
  } catch (error) {
    if (!isOAuthError(error)) throw error
    reportError(context, error)
    return undefined
  }
}

function readIdentity(
  provider: ProviderDefinition,
  body: unknown,
  where: string | readonly string[],
  params: Params,
): string | undefined {
  if (typeof where !== 'string' || !where.includes('{')) return readText(body, where)
  return expandText(provider, where, params)
}
