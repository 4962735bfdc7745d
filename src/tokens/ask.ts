import type { ClientContext } from '../context.ts'
import type { RequestOperation } from '../diagnostics.ts'
import { type HttpRequest, userAgent } from '../http/transport.ts'
import type { ApiRequestDefinition } from '../provider/definition.ts'
import { expandAll, fillJson, type JsonValues } from '../provider/fill.ts'
import type { Params } from '../provider/params.ts'
import { expandUrl } from '../provider/template.ts'
import type { TokenChain } from '../types.ts'
import { credentialOf, withClient } from './credential.ts'
import { readProviderBody } from './token-response.ts'

/** What the requests around a connect work with. `secrets`: what must not come back in any words. */
export interface Learning {
  readonly params: Params
  readonly tokens: TokenChain
  readonly secrets: readonly (string | undefined)[]
  /** For a JSON body, besides params, token and client. */
  readonly values?: JsonValues
}

/** Sends one request of the definition to the provider's API and reads what it answers: an object or a list. */
export async function ask(
  context: ClientContext,
  operation: RequestOperation,
  request: ApiRequestDefinition,
  { params, tokens, secrets, values: more }: Learning,
): Promise<unknown> {
  const { provider } = context
  const values = await withClient(context, request, { ...params, accessToken: tokens.accessToken })
  const url = expandUrl(provider, request.url, values)
  const method = request.method ?? (request.json || request.form ? 'POST' : 'GET')
  const form = request.form && new URLSearchParams(expandAll(provider, request.form, values))
  const { credential: declared } = request
  const credential =
    declared === false
      ? { headers: {} }
      : await credentialOf(context, tokens, params, { method, url, form }, declared)
  const headers: Record<string, string> = { accept: 'application/json', 'user-agent': userAgent }
  // A header of the API that names what is only being learnt (xero's tenant) is left out.
  const declaredHeaders = { ...provider.api.headers, ...request.headers }
  for (const [header, text] of Object.entries(expandAll(provider, declaredHeaders, values)))
    headers[header.toLowerCase()] = text
  Object.assign(headers, credential.headers)
  const json = request.json && fillJson(provider, request.json, { ...values, ...more })
  const hasJson = json !== undefined || credential.json !== undefined
  const body = hasJson ? JSON.stringify({ ...Object(json), ...credential.json }) : form?.toString()
  if (body !== undefined)
    headers['content-type'] = hasJson ? 'application/json' : 'application/x-www-form-urlencoded'
  const call: HttpRequest = { url: url.href, method, headers, ...(body !== undefined && { body }) }
  const response = await context.send(call, operation)
  const reading = { now: context.clock(), secrets: [...secrets, values.clientSecret], requestedScopes: [] }
  return readProviderBody(provider, response, reading, { lists: true })
}
