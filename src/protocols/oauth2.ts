import type { ClientContext } from '../context.ts'
import { isOAuthError } from '../errors/oauth-error.ts'
import { reportError } from '../hooks.ts'
import type { OAuth2Definition } from '../provider/definition.ts'
import { type Params, withFixed } from '../provider/params.ts'
import { readText } from '../provider/path.ts'
import { chainsOf } from '../tokens/freshness.ts'
import { buildExchangeRequest, buildLongLivedRequest } from '../tokens/token-request.ts'
import { type ReadingContext, readTokenResponse } from '../tokens/token-response.ts'
import type { ConnectionTokens } from '../types.ts'
import { authorizationUrl } from './authorization-url.ts'
import {
  captureFromCallback,
  checkIssuer,
  checkMatches,
  checkShape,
  checkSignature,
  readDenial,
} from './callback-checks.ts'
import { sealFlow } from './flow.ts'
import type { FlowProtocol, Granted } from './protocol.ts'

type Context = ClientContext<OAuth2Definition>

/** The authorization code grant (RFC 6749 §4.1, RFC 7636, RFC 9207). */
export const oauth2: FlowProtocol<OAuth2Definition> = {
  async begin(context, flow) {
    const { state, codeVerifier, expiresAt } = sealFlow(context, flow)
    const params = withFixed(flow.params, context.fixedParams)
    return {
      url: authorizationUrl(context, { state, params, scopes: flow.scopes, codeVerifier }),
      state,
      expiresAt,
    }
  },

  async judge(context, query, flow) {
    const asked = withFixed(flow.params, context.fixedParams)
    checkShape(context, query)
    checkIssuer(context, query, asked)
    const denial = readDenial(context, query)
    if (denial) return { denial, params: asked }
    checkMatches(context, query, asked)
    await checkSignature(context, query)
    if (!query.get('code'))
      throw context.fail({ code: 'callback_invalid', detail: 'the callback has neither a code nor an error' })
    const captured = captureFromCallback(context, query)
    return { params: { ...flow.params, ...captured, ...context.fixedParams } }
  },

  async exchange(context, query, flow, params) {
    const client = await context.credentials()
    const code = query.get('code') ?? ''
    const { codeVerifier, scopes } = flow
    const grant = { code, redirectUri: context.redirectUri, codeVerifier, scopes }
    const response = await context.send(
      buildExchangeRequest(context.provider, client, grant, params),
      'token',
    )
    const secrets = [code, client.clientSecret, codeVerifier]
    const reading = { now: context.clock(), secrets, requestedScopes: scopes }
    const { tokens, body } = readTokenResponse(context.provider, response, reading)
    const longer = await exchangeLongLived(context, tokens, params, reading)
    const received = [tokens, longer].flatMap((each) =>
      chainsOf(each).flatMap(([, chain]) => [chain.accessToken, chain.refreshToken]),
    )
    return { tokens: longer, body, secrets: [...secrets, ...received, readText(body, 'id_token')] }
  },
}

/**
 * The second exchange of a provider whose first token is short-lived (whatsapp). A token without an end, or one that is
 * long-lived already, is left alone. A failure is reported and costs nothing: the first token is good, and its code is spent.
 */
async function exchangeLongLived(
  context: Context,
  tokens: ConnectionTokens,
  params: Params,
  reading: ReadingContext,
): Promise<Granted['tokens']> {
  const { longLived } = context.provider
  if (!longLived || !tokens.expiresAt) return tokens
  if (tokens.expiresAt.getTime() - reading.now >= longLived.below * 1000) return tokens
  const { accessToken } = tokens
  try {
    const client = await context.credentials()
    const grant = { accessToken, redirectUri: context.redirectUri, scopes: reading.requestedScopes }
    const response = await context.send(
      buildLongLivedRequest(context.provider, longLived, client, grant, params),
      'long_lived_token',
    )
    const secrets = [...reading.secrets, accessToken]
    return readTokenResponse(context.provider, response, { ...reading, secrets }).tokens
  } catch (error) {
    if (!isOAuthError(error)) throw error
    reportError(context, error)
    return tokens
  }
}
