import type { ClientContext } from '../context.ts'
import { isOAuthError, type OAuthError } from '../errors/oauth-error.ts'
import type { HttpResponse } from '../http/transport.ts'
import type { ProviderDefinition, RefreshDefinition } from '../provider/definition.ts'
import type { Params } from '../provider/params.ts'
import type { TokenChain } from '../types.ts'
import { recaptureFromTokenResponse } from './learn-account.ts'
import { buildRefreshRequest } from './token-request.ts'
import { readTokenResponse } from './token-response.ts'

/** How often one refresh is sent when its answer is lost. The lease outlives all of them. */
export const refreshAttempts = 2

/**
 * One refresh at the provider (RFC 6749 §6). A lost answer is asked for again at once with the same refresh token: if
 * the provider had rotated it, nothing else could save the grant.
 */
export async function requestRefresh(
  context: ClientContext,
  chain: TokenChain & { readonly refreshToken: string },
  params: Params,
): Promise<{ readonly chain: TokenChain; readonly captured: Params }> {
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
  const { tokens, body } = readTokenResponse(provider, response, reading)
  const { standsFor: _standsFor, additional: _additional, ...fresh } = tokens
  return { chain: fresh, captured: recaptureFromTokenResponse(provider, body) }
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
 * Whether an answer says that the grant is over: RFC 6749's `invalid_grant`, or a code of the definition, under a
 * status below 500. Everything else — pages, 429, unknown 4xx — is transient.
 */
export function saysGrantIsDead(provider: ProviderDefinition, error: OAuthError): boolean {
  if (error.code !== 'provider_error' || (error.status ?? 0) >= 500 || !provider.refresh) return false
  const dead: NonNullable<RefreshDefinition['dead']> = [{ error: 'invalid_grant' }, ...(provider.refresh.dead ?? [])]
  return dead.some(
    (sign) =>
      sign.error === error.error &&
      (sign.status === undefined || sign.status === error.status) &&
      (sign.description === undefined || (error.errorDescription ?? '').includes(sign.description)),
  )
}
