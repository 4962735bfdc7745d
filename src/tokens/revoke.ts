import type { ClientContext } from '../context.ts'
import { isOAuthError, type OAuthError } from '../errors/oauth-error.ts'
import { readBody } from '../http/body.ts'
import type { Params } from '../provider/params.ts'
import { matchesSign } from '../provider/sign.ts'
import type { ConnectionTokens, TokenChain } from '../types.ts'
import { chainsOf } from './freshness.ts'
import { credentialHeader } from './learn-account.ts'
import { buildRequest, expandAll } from './token-request.ts'
import { readProviderBody } from './token-response.ts'

/**
 * Ends the grant at the provider, where it has a way (RFC 7009). Each token that can live on is revoked. Says whether
 * the provider agreed; a failure is told, never thrown.
 */
export async function revokeTokens(
  context: ClientContext,
  tokens: ConnectionTokens,
  params: Params,
): Promise<{ readonly revoked: boolean; readonly error?: OAuthError }> {
  if (!context.provider.revocation) return { revoked: false }
  let failure: OAuthError | undefined
  for (const [, chain] of chainsOf(tokens)) {
    try {
      await revokeChain(context, chain, params)
    } catch (error) {
      if (!isOAuthError(error)) throw error
      failure ??= error
    }
  }
  return failure ? { revoked: false, error: failure } : { revoked: true }
}

async function revokeChain(context: ClientContext, chain: TokenChain, params: Params): Promise<void> {
  const { provider } = context
  const { revocation } = provider
  if (!revocation) return
  const client = await context.credentials()
  const token =
    revocation.token === 'refresh_token' ? (chain.refreshToken ?? chain.accessToken) : chain.accessToken
  const values = {
    ...params,
    clientId: client.clientId,
    redirectUri: context.redirectUri,
    accessToken: chain.accessToken,
    refreshToken: chain.refreshToken,
  }
  const usesToken = revocation.authentication === 'access_token'
  const body = revocation.body ?? 'form'
  const request = buildRequest(
    provider,
    {
      url: revocation.url,
      method: revocation.method ?? 'POST',
      body,
      authentication: revocation.authentication === 'access_token' ? 'none' : revocation.authentication,
      headers: revocation.headers,
      credential: usesToken ? credentialHeader(provider, chain.accessToken, params) : undefined,
      params: {
        ...(body !== 'none' && { [revocation.parameter ?? 'token']: token }),
        ...expandAll(provider, revocation.params, values),
      },
      sendClientId: !usesToken && revocation.authentication !== 'none',
    },
    client,
    values,
  )
  const response = await context.send(request)
  const answer = response.body && readBody(response.body)
  const value = answer?.kind === 'json' ? answer.value : undefined
  if (matchesSign(provider, revocation.gone, response.status, value)) return
  const isEmpty = response.status < 300 && (response.body?.byteLength ?? 0) === 0
  if (isEmpty || saysNullOrNothing(response.body, response.status)) return
  const secrets = [client.clientSecret, chain.accessToken, chain.refreshToken]
  readProviderBody(provider, response, { now: context.clock(), secrets, requestedScopes: [] })
}

/** Success without JSON: RFC 7009 §2.2 only asks for HTTP 200; dropbox answers `null`, others plain words. */
function saysNullOrNothing(body: Uint8Array | undefined, status: number): boolean {
  if (status < 200 || status >= 300 || !body) return false
  const start = Buffer.from(body.subarray(0, 64)).toString().trim()
  return start !== '' && !/^[[{<]/.test(start)
}
