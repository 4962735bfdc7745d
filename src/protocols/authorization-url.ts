import type { ClientContext } from '../context.ts'
import type { Params } from '../provider/params.ts'
import { expandUrl } from '../provider/template.ts'
import { codeChallenge } from '../state/digest.ts'
import { expandAll } from '../tokens/token-request.ts'

/** Where the browser goes (RFC 6749 §4.1.1, RFC 7636 §4.3), every value encoded. */
export function authorizationUrl(
  context: ClientContext,
  flow: {
    readonly state: string
    readonly params: Params
    readonly scopes: readonly string[]
    readonly codeVerifier: string | undefined
  },
): string {
  const { provider, clientId, redirectUri } = context
  const { authorization } = provider
  const values = { ...flow.params, clientId, redirectUri }
  const url = expandUrl(provider, authorization.url, values)
  const query: Record<string, string> = {
    ...(authorization.sendResponseType !== false && { response_type: 'code' }),
    client_id: clientId,
    redirect_uri: redirectUri,
    ...expandAll(provider, authorization.params, values),
    state: flow.state,
  }
  const { scopes } = authorization
  if (scopes && flow.scopes.length > 0)
    query[scopes.parameter ?? 'scope'] = flow.scopes.join(scopes.separator ?? ' ')
  for (const more of Object.values(authorization.additionalScopes ?? {}))
    if (more.default.length > 0) query[more.parameter] = more.default.join(scopes?.separator ?? ' ')
  if (authorization.responseMode && authorization.responseMode !== 'query')
    query.response_mode = authorization.responseMode
  if (flow.codeVerifier !== undefined) {
    query.code_challenge = codeChallenge(flow.codeVerifier)
    query.code_challenge_method = 'S256'
  }
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return url.href
}
