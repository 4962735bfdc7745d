import type { ClientContext } from '../context.ts'
import { isOAuthError, type OAuthError } from '../errors/oauth-error.ts'
import { readBody } from '../http/body.ts'
import { captureFrom } from '../provider/capture.ts'
import { expandAll } from '../provider/fill.ts'
import type { Params } from '../provider/params.ts'
import { matchesSign } from '../provider/sign.ts'
import { expandUrl } from '../provider/template.ts'
import type { ConnectionTokens, TokenChain } from '../types.ts'
import { ask } from './ask.ts'
import { credentialOf } from './credential.ts'
import { chainsOf } from './freshness.ts'
import { buildRequest } from './token-request.ts'
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
  const { ends = 'token' } = context.provider.revocation
  // Where one revocation ends the whole grant, a second one would only fail.
  const chains = ends === 'token' ? chainsOf(tokens) : chainsOf(tokens).slice(0, 1)
  let failure: OAuthError | undefined
  for (const [, chain] of chains) {
    try {
      await revokeChain(context, chain, params)
    } catch (error) {
      if (!isOAuthError(error)) throw error
      failure ??= error
    }
  }
  return failure ? { revoked: false, error: failure } : { revoked: true }
}

async function revokeChain(context: ClientContext, chain: TokenChain, known: Params): Promise<void> {
  const { provider } = context
  const { revocation } = provider
  if (!revocation) return
  const client = await context.credentials()
  const secrets = [client.clientSecret, chain.accessToken, chain.refreshToken, chain.tokenSecret]
  const { lookup } = revocation
  const found =
    lookup && (await ask(context, 'revocation', lookup, { params: known, tokens: chain, secrets }))
  const params = { ...known, ...captureFrom(provider, found, lookup?.capture) }
  const values = {
    ...params,
    ...client,
    redirectUri: context.redirectUri,
    accessToken: chain.accessToken,
    refreshToken: chain.refreshToken,
  }
  const method = revocation.method ?? 'POST'
  const body = revocation.body ?? 'form'
  const usesToken = revocation.authentication === 'access_token'
  const { accessToken, refreshToken = accessToken } = chain
  // Imported without an access token, and not refreshed since: a refresh token is one too (RFC 7009 §2.1).
  const token = revocation.token === 'refresh_token' || accessToken === '' ? refreshToken : accessToken
  const sent: Record<string, string> = {
    ...(body !== 'none' && revocation.token !== 'none' && { [revocation.parameter ?? 'token']: token }),
    ...expandAll(provider, revocation.params, values),
  }
  const url = expandUrl(provider, revocation.url, values)
  if (body === 'query') for (const [name, value] of Object.entries(sent)) url.searchParams.set(name, value)
  const form = body === 'form' ? new URLSearchParams(sent) : undefined
  const credential = usesToken ? await credentialOf(context, chain, params, { method, url, form }) : undefined
  const request = buildRequest(
    provider,
    {
      url: revocation.url,
      method,
      body,
      authentication: revocation.authentication === 'access_token' ? 'none' : revocation.authentication,
      basicCredentials: revocation.basicCredentials,
      headers: revocation.headers,
      credential: credential?.headers,
      params: { ...sent, ...credential?.json },
      sendClientId: !usesToken && revocation.authentication !== 'none',
    },
    client,
    values,
  )
  const response = await context.send(request, 'revocation')
  const answer = response.body && readBody(response.body, { formEncoded: true })
  const value = answer?.kind === 'json' || answer?.kind === 'form' ? answer.value : undefined
  const { status, headers } = response
  if (matchesSign(provider, revocation.gone, { status, headers, body: value })) return
  const isEmpty = response.status < 300 && (response.body?.byteLength ?? 0) === 0
  if (isEmpty || saysNullOrNothing(response.body, response.status)) return
  readProviderBody(provider, response, { now: context.clock(), secrets, requestedScopes: [] })
}

/** Success without JSON: RFC 7009 §2.2 only asks for HTTP 200; dropbox answers `null`, others plain words. */
function saysNullOrNothing(body: Uint8Array | undefined, status: number): boolean {
  if (status < 200 || status >= 300 || !body) return false
  const start = Buffer.from(body.subarray(0, 64)).toString().trim()
  return start !== '' && !/^[[{<]/.test(start)
}
