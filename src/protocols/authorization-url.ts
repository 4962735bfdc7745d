import type { ClientContext } from '../context.ts'
import type { OAuth2Definition } from '../provider/definition.ts'
import { expandAll } from '../provider/fill.ts'
import type { Params } from '../provider/params.ts'
import { expandUrl } from '../provider/template.ts'
import { codeChallenge } from '../state/digest.ts'

type Context = ClientContext<OAuth2Definition>

/** Where the browser goes (RFC 6749 §4.1.1, RFC 7636 §4.3), every value encoded. */
export function authorizationUrl(
  context: Context,
  flow: {
    readonly state: string
    readonly params: Params
    readonly scopes: readonly string[]
    readonly codeVerifier: string | undefined
  },
): string {
  // Both are made of characters that stand as they are in a query.
  const url = `${addressOf(context, flow.params, flow.scopes)}state=${flow.state}`
  if (flow.codeVerifier === undefined) return url
  return `${url}&code_challenge=${codeChallenge(flow.codeVerifier)}&code_challenge_method=S256`
}

/** What is the same at each flow in which the tenant gives no params. */
const addresses = new WeakMap<Context, string>()

/** The address with all but what is the flow's own, to be appended to. */
function addressOf(context: Context, params: Params, scopes: readonly string[]): string {
  const isUsual = scopes === context.scopes && params === context.fixedParams
  const known = isUsual ? addresses.get(context) : undefined
  if (known !== undefined) return known
  const { provider, clientId, redirectUri } = context
  const { authorization } = provider
  const values = { ...params, clientId, redirectUri }
  const url = expandUrl(provider, authorization.url, values)
  const query: Record<string, string> = {
    ...(authorization.sendResponseType !== false && { response_type: 'code' }),
    client_id: clientId,
    redirect_uri: redirectUri,
    ...expandAll(provider, authorization.params, values),
    ...(authorization.responseMode && { response_mode: authorization.responseMode }),
    ...scopeParameters(authorization, scopes),
  }
  // Written at once: a URL writes its whole query anew at each `searchParams.set`.
  const search = new URLSearchParams(url.search)
  for (const [name, value] of Object.entries(query)) search.set(name, value)
  url.search = search.toString()
  const address = `${url.href}&`
  if (isUsual) addresses.set(context, address)
  return address
}

/** The scopes that were asked for, those that may be dropped, and those of a second token (slack `user_scope`). */
function scopeParameters(
  { scopes, additionalScopes }: OAuth2Definition['authorization'],
  asked: readonly string[],
): Record<string, string> {
  const separator = scopes?.separator ?? ' '
  const lists: [parameter: string, scopes: readonly string[]][] = Object.values(additionalScopes ?? {}).map(
    (more) => [more.parameter, more.default],
  )
  if (scopes) lists.push(['scope', asked])
  if (scopes?.optional)
    lists.push([scopes.optional.parameter, scopes.optional.default.filter((each) => !asked.includes(each))])
  const given = lists.filter(([, list]) => list.length > 0)
  return Object.fromEntries(given.map(([parameter, list]) => [parameter, list.join(separator)]))
}
