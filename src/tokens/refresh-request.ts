import type { ClientContext } from '../context.ts'
import { isOAuthError, type OAuthError } from '../errors/oauth-error.ts'
import { readBody } from '../http/body.ts'
import type { HttpResponse } from '../http/transport.ts'
import type { ProviderDefinition } from '../provider/definition.ts'
import type { Params } from '../provider/params.ts'
import { matchesSign } from '../provider/sign.ts'
import type { TokenChain } from '../types.ts'
import { recaptureFromTokenResponse } from './learn-account.ts'
import { buildRefreshRequest } from './token-request.ts'
import { readTokenResponse } from './token-response.ts'

/** How often one refresh is sent when its answer is lost. The lease outlives all of them. */
export const refreshAttempts = 2

export interface Refreshed {
  readonly dead?: undefined
  readonly chain: TokenChain
  readonly captured: Params
}

/**
 * One refresh at the provider (RFC 6749 §6). A lost answer is asked for again at once with the same refresh token: if
 * the provider had rotated it, nothing else could save the grant. `dead`: the provider says that the grant is over.
 */
export async function requestRefresh(
  context: ClientContext,
  chain: TokenChain & { readonly refreshToken: string },
  params: Params,
): Promise<Refreshed | { readonly dead: OAuthError }> {
  const { provider } = context
  const client = await context.credentials()
  const grant = { refreshToken: chain.refreshToken, redirectUri: context.redirectUri }
  const values = { ...params, accessToken: chain.accessToken, refreshToken: chain.refreshToken }
  const request = buildRefreshRequest(provider, client, grant, values)
  const response = await sendAgainIfLost(() => context.send(request))
  const reading = {
    now: context.clock(),
    secrets: [client.clientSecret, chain.refreshToken, chain.accessToken],
    requestedScopes: chain.scopes,
  }
  // Every chain is answered at the top level, whichever token it is for (docs.slack.dev, "Using token rotation").
  try {
    const { tokens, body } = readTokenResponse(provider, response, reading)
    const { standsFor: _standsFor, additional: _additional, ...fresh } = tokens
    return { chain: fresh, captured: recaptureFromTokenResponse(provider, body) }
  } catch (error) {
    if (isOAuthError(error) && error.code === 'provider_error' && saysGrantIsDead(provider, response))
      return { dead: error }
    throw error
  }
}

async function sendAgainIfLost(send: () => Promise<HttpResponse>): Promise<HttpResponse> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await send()
    } catch (error) {
      const lost = isOAuthError(error) && (error.code === 'timeout' || error.code === 'network')
      if (!lost || attempt >= refreshAttempts) throw error
    }
  }
}

/**
 * Whether an answer says that the grant is over: RFC 6749's `invalid_grant`, or a sign of the definition, under a status
 * below 500. Everything else — pages, 429, unknown 4xx — is transient.
 */
export function saysGrantIsDead(provider: ProviderDefinition, response: HttpResponse): boolean {
  const { status, body: bytes } = response
  if (status >= 500 || status === 429 || (status >= 300 && status < 400) || !bytes || !provider.refresh)
    return false
  const body = readBody(bytes, { formEncoded: provider.tokenResponse?.formEncoded ?? false })
  if (body.kind !== 'json' && body.kind !== 'form') return false
  return matchesSign(
    provider,
    [{ values: ['invalid_grant'] }, ...(provider.refresh.dead ?? [])],
    status,
    body.value,
  )
}
