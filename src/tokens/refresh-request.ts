import type { ClientContext } from '../context.ts'
import { isOAuthError, type OAuthError } from '../errors/oauth-error.ts'
import { readBody } from '../http/body.ts'
import type { HttpResponse } from '../http/transport.ts'
import { captureFrom } from '../provider/capture.ts'
import type { OAuth2Definition, ProviderDefinition, RefreshDefinition } from '../provider/definition.ts'
import type { Params } from '../provider/params.ts'
import { matchesSign } from '../provider/sign.ts'
import type { StoredConnection, TokenChain } from '../types.ts'
import { buildRefreshRequest } from './token-request.ts'
import { readTokenResponse } from './token-response.ts'

/** How often one refresh is sent when its answer is lost. The lease outlives all of them. */
export const refreshAttempts = 2

/** A refusal that decides something; any other is thrown. */
type Refused =
  | { readonly dead: OAuthError; readonly conflict?: undefined }
  | { readonly conflict: OAuthError; readonly dead?: undefined }

export interface Refreshed {
  readonly dead?: undefined
  readonly conflict?: undefined
  readonly chain: TokenChain
  readonly captured: Params
}

/**
 * One refresh at the provider (RFC 6749 §6). A lost answer is asked for again at once with the same refresh token: if
 * the provider had rotated it, nothing else could save the grant. `dead`: the provider says that the grant is over;
 * `conflict`: that somebody else has just refreshed, or could have, because `maySend` says that the lease is over.
 */
export async function requestRefresh(
  context: ClientContext<OAuth2Definition>,
  chain: TokenChain & { readonly refreshToken: string },
  params: Params,
  { connectedAt, refreshedAt }: Pick<StoredConnection, 'connectedAt' | 'refreshedAt'>,
  maySend: () => boolean,
): Promise<Refreshed | Refused> {
  const { provider } = context
  const client = await context.credentials()
  const { refreshToken, scopes } = chain
  const grant = { refreshToken, redirectUri: context.redirectUri, scopes }
  const values = { ...params, accessToken: chain.accessToken, refreshToken: chain.refreshToken }
  const request = buildRefreshRequest(provider, client, grant, values)
  // Somebody else may have spent the token: to send it again could end the grant.
  if (!maySend())
    return {
      conflict: context.fail({ code: 'timeout', detail: 'the lease ended too soon', retryable: true }),
    }
  const response = await sendAgainIfLost(() => context.send(request, 'refresh'), maySend)
  const reading = {
    now: context.clock(),
    secrets: [client.clientSecret, chain.refreshToken, chain.accessToken],
    requestedScopes: chain.scopes,
    renews: { connectedAt, refreshedAt, end: chain.refreshTokenExpiresAt },
  }
  // Every chain is answered at the top level, whichever token it is for (docs.slack.dev, "Using token rotation").
  try {
    const { tokens, body } = readTokenResponse(provider, response, reading)
    const { standsFor: _standsFor, additional: _additional, ...fresh } = tokens
    return { chain: fresh, captured: recapture(provider, body) }
  } catch (error) {
    const isJudged = isOAuthError(error) && ['provider_error', 'malformed_response'].includes(error.code)
    if (!isJudged || !provider.refresh) throw error
    const meaning = judgeRefusal(provider, provider.refresh, response)
    if (meaning === 'conflict') return { conflict: error }
    // Nothing but the provider's own refusal kills.
    if (meaning === 'dead' && error.code === 'provider_error') return { dead: error }
    if (meaning !== 'transient') throw error
    const { error: name, errorDescription, status, retryAfter } = error
    throw context.fail({
      code: error.code,
      error: name,
      errorDescription,
      status,
      retryAfter,
      retryable: true,
    })
  }
}

/** Params that an answer names anew. An unfit value must not cost the new tokens: the stored one stays. */
function recapture(provider: OAuth2Definition, body: unknown): Params {
  try {
    return captureFrom(provider, body, provider.tokenResponse?.capture)
  } catch (error) {
    if (isOAuthError(error)) return {}
    throw error
  }
}

async function sendAgainIfLost(
  send: () => Promise<HttpResponse>,
  maySend: () => boolean,
): Promise<HttpResponse> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await send()
    } catch (error) {
      const lost = isOAuthError(error) && (error.code === 'timeout' || error.code === 'network')
      if (!lost || attempt >= refreshAttempts || !maySend()) throw error
    }
  }
}

/**
 * What a refusal means. Dead: RFC 6749's `invalid_grant`, or a sign of the definition, under a status below 500. What the
 * definition calls transient or a conflict is neither, whatever its name; everything else — pages, 429, unknown 4xx — is
 * transient without being promised to pass.
 */
function judgeRefusal(
  provider: ProviderDefinition,
  refresh: RefreshDefinition,
  { status, headers, body: bytes }: HttpResponse,
): 'dead' | 'transient' | 'conflict' | undefined {
  if (status >= 500 || status === 429 || (status >= 300 && status < 400)) return undefined
  const body = bytes && readBody(bytes, { formEncoded: provider.tokenResponse?.formEncoded ?? false })
  const value = body?.kind === 'json' || body?.kind === 'form' ? body.value : undefined
  const answer = { status, headers, body: value }
  if (matchesSign(provider, refresh.conflict, answer)) return 'conflict'
  if (matchesSign(provider, refresh.transient, answer)) return 'transient'
  // Nothing but data kills: a status alone can come from whatever stands in between.
  if (value === undefined) return undefined
  const dead = [{ values: ['invalid_grant'] }, ...(refresh.dead ?? [])]
  return matchesSign(provider, dead, answer) ? 'dead' : undefined
}
