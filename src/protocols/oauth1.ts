import type { ClientContext } from '../context.ts'
import type { RequestOperation } from '../diagnostics.ts'
import { readBody } from '../http/body.ts'
import { type HttpResponse, userAgent } from '../http/transport.ts'
import type { OAuth1Definition } from '../provider/definition.ts'
import { expandAll } from '../provider/fill.ts'
import type { Params } from '../provider/params.ts'
import { readText } from '../provider/path.ts'
import { expandUrl } from '../provider/template.ts'
import { equalSecrets } from '../state/digest.ts'
import { readProviderBody } from '../tokens/token-response.ts'
import { readDenial } from './callback-checks.ts'
import { callbackUri } from './callback-uri.ts'
import { newFlowId, sealFlow } from './flow.ts'
import { type OAuth1Credentials, signOAuth1 } from './oauth1-signature.ts'
import type { FlowProtocol } from './protocol.ts'

type Context = ClientContext<OAuth1Definition>

/**
 * OAuth 1.0a (RFC 5849 §2): temporary credentials, the user's authorization, token credentials. The secret of the
 * temporary credentials travels inside the sealed state, which the browser keeps, so that no server remembers anything.
 */
export const oauth1: FlowProtocol<OAuth1Definition> = {
  async begin(context, flow) {
    const { provider, clientId, redirectUri } = context
    const params = { ...flow.params, ...context.fixedParams }
    const flowId = newFlowId()
    const temporary = await requestTemporary(context, params, callbackUri(redirectUri, flowId))
    const { state, expiresAt } = sealFlow(context, flow, { flowId, carried: temporary })
    const values = { ...params, clientId, redirectUri }
    const url = expandUrl(provider, provider.authorization.url, values)
    const { scopes } = provider.authorization
    const query: Record<string, string> = expandAll(provider, provider.authorization.params, values)
    if (scopes && flow.scopes.length > 0) query.scope = flow.scopes.join(scopes.separator ?? ' ')
    query.oauth_token = temporary[0]
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
    return { url: url.href, state, expiresAt, flowId }
  },

  async judge(context, query, flow) {
    const params = { ...flow.params, ...context.fixedParams }
    for (const name of ['oauth_token', 'oauth_verifier', 'state'])
      if (query.getAll(name).length > 1)
        throw context.fail({ code: 'callback_invalid', detail: `the callback repeats "${name}"` })
    const given = query.get('oauth_token')
    if (given !== null && !equalSecrets(given, flow.carried[0]))
      throw context.fail({ code: 'callback_invalid', detail: 'the callback is of another flow' })
    const denial = readDenial(context, query)
    if (denial) return { denial, params }
    // RFC 5849 knows no refusal: users come back without a verifier (oauth_problem is an extension of some servers).
    if (!query.get('oauth_verifier'))
      return { denial: context.fail({ code: 'authorization_denied', error: 'access_denied' }), params }
    // §2.2: it comes with the verifier, and says which flow this one is of.
    if (given === null)
      throw context.fail({ code: 'callback_invalid', detail: 'the callback lacks "oauth_token"' })
    return { params }
  },

  async exchange(context, query, flow, params) {
    const { provider } = context
    const { clientId, clientSecret = '' } = await context.credentials()
    const [token = '', tokenSecret = ''] = flow.carried
    const verifier = query.get('oauth_verifier') ?? ''
    const credentials = { consumerKey: clientId, consumerSecret: clientSecret, token, tokenSecret }
    const secrets = [clientSecret, tokenSecret, token, verifier]
    const more = { oauth_verifier: verifier }
    const body = await send(context, 'token', provider.accessToken, params, { credentials, more, secrets })
    const answer = readCredentials(context, body)
    return {
      tokens: {
        accessToken: answer.token,
        tokenSecret: answer.secret,
        scopes: flow.scopes,
        tokenType: 'OAuth',
        ...endOf(context),
      },
      body,
      secrets: [...secrets, answer.token, answer.secret],
    }
  },
}

/** What the definition says of a token's life; no answer tells it (RFC 5849 §2.3). */
function endOf({ provider, clock }: Context): { readonly expiresAt?: Date } {
  const lifetime = provider.tokenResponse?.defaultExpiresIn
  return lifetime === undefined ? {} : { expiresAt: new Date(clock() + lifetime * 1000) }
}

/** RFC 5849 §2.1. */
async function requestTemporary(
  context: Context,
  params: Params,
  callback: string,
): Promise<[token: string, secret: string]> {
  const { clientId, clientSecret = '' } = await context.credentials()
  const body = await send(context, 'request_token', context.provider.requestToken, params, {
    credentials: { consumerKey: clientId, consumerSecret: clientSecret },
    more: { oauth_callback: callback },
    secrets: [clientSecret],
  })
  const { token, secret } = readCredentials(context, body)
  // §2.1: without this the server takes the callback from its own settings, and any verifier could be anybody's.
  if (readText(body, 'oauth_callback_confirmed') !== 'true')
    throw context.fail({ code: 'malformed_response', detail: 'the provider did not confirm the callback' })
  return [token, secret]
}

interface SignedCall {
  readonly credentials: OAuth1Credentials
  readonly more: Readonly<Record<string, string>>
  readonly secrets: readonly string[]
}

async function send(
  context: Context,
  operation: RequestOperation,
  endpoint: OAuth1Definition['requestToken'],
  params: Params,
  { credentials, more, secrets }: SignedCall,
): Promise<unknown> {
  const { provider } = context
  const url = expandUrl(provider, endpoint.url, params).href
  const method = 'POST'
  const now = context.clock()
  const authorization = signOAuth1({ method, url }, credentials, { now, more })
  const headers = {
    accept: 'application/x-www-form-urlencoded, application/json',
    'user-agent': userAgent,
    authorization,
  }
  const response = await context.send({ url, method, headers }, operation)
  throwBareRefusal(context, response)
  const reading = { now, secrets: [...secrets, ...answered(response.body)], requestedScopes: [] }
  return readProviderBody(provider, response, reading, { form: true })
}

/**
 * RFC 5849 §3.2 tells a refusal by its status alone, beside whatever words a server likes (trello: a line of text), which
 * are nobody's to repeat.
 */
function throwBareRefusal(context: Context, { status, body }: HttpResponse): void {
  if (status < 400 || status === 429 || !body) return
  if (readBody(body, { formEncoded: true }).kind !== 'unreadable') return
  const retryable = status >= 500 || status === 408
  throw context.fail({ code: 'provider_error', error: `http_${status}`, status, retryable })
}

/** Secrets of the answer itself, should its words repeat them. */
function answered(bytes: Uint8Array | undefined): string[] {
  const body = bytes && readBody(bytes, { formEncoded: true })
  const value = body?.kind === 'form' || body?.kind === 'json' ? body.value : undefined
  return ['oauth_token', 'oauth_token_secret'].flatMap((name) => readText(value, name) ?? [])
}

function readCredentials(
  context: Context,
  body: unknown,
): { readonly token: string; readonly secret: string } {
  const [token, secret] = [readText(body, 'oauth_token'), readText(body, 'oauth_token_secret')]
  if (token === undefined || secret === undefined || !isVisible(token) || !isVisible(secret))
    throw context.fail({ code: 'malformed_response', detail: 'the answer has no usable credentials' })
  return { token, secret }
}

/** Anything else fits no header. */
function isVisible(text: string): boolean {
  return /^[\x20-\x7e]+$/.test(text)
}
