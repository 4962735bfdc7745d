import type { ClientContext } from '../context.ts'
import { signOAuth1 } from '../protocols/oauth1-signature.ts'
import type { CredentialDefinition, ProviderDefinition } from '../provider/definition.ts'
import type { Params } from '../provider/params.ts'
import { expandText, type TemplateValues } from '../provider/template.ts'
import type { TokenChain } from '../types.ts'

/** The request that a credential is for, as far as a signature covers it. */
interface Credentialed {
  readonly method: string
  readonly url: URL
  /** The fields of a form body: an OAuth 1.0a signature covers them (RFC 5849 §3.4.1.3). */
  readonly form?: URLSearchParams | undefined
}

/** What carries a token to the API: headers, and for some providers a member of the JSON body (plaid). */
interface Credential {
  readonly headers: Readonly<Record<string, string>>
  readonly json?: Readonly<Record<string, string>>
}

const bearer = { header: 'Authorization', value: 'Bearer {accessToken}' } as const

/** The credential of one request, in the provider's way or in the way that the request itself declares. */
export async function credentialOf(
  context: ClientContext,
  chain: Pick<TokenChain, 'accessToken' | 'tokenSecret'>,
  params: Params,
  request: Credentialed,
  declared: CredentialDefinition | undefined = context.provider.api.credential,
): Promise<Credential> {
  const { provider } = context
  if (!declared && provider.protocol === 'oauth1')
    return { headers: { authorization: await signed(context, chain, request) } }
  const credential = declared ?? bearer
  const values = await withClient(context, credential, { ...params, accessToken: chain.accessToken })
  return expandCredential(provider, credential, values)
}

function expandCredential(
  provider: ProviderDefinition,
  credential: CredentialDefinition,
  values: TemplateValues,
): Credential {
  if ('header' in credential)
    return { headers: { [credential.header.toLowerCase()]: expandText(provider, credential.value, values) } }
  if ('basic' in credential)
    return { headers: { authorization: plainBasic(provider, credential.basic, values) } }
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(credential.headers ?? {}))
    headers[name.toLowerCase()] = expandText(provider, value, values)
  return { headers, json: { [credential.json]: values.accessToken ?? '' } }
}

/** HTTP Basic with the halves as they are (RFC 7617): these are keys, not RFC 6749's form-encoded credentials. */
export function plainBasic(
  provider: ProviderDefinition,
  halves: { readonly username: string; readonly password: string },
  values: TemplateValues,
): string {
  const username = expandText(provider, halves.username, values)
  return `Basic ${Buffer.from(`${username}:${expandText(provider, halves.password, values)}`).toString('base64')}`
}

/**
 * The values with the client's own among them. The secret is asked for only where these templates can hold it: in
 * themselves, or in a value that follows from a param.
 */
export async function withClient(
  context: ClientContext,
  templates: unknown,
  known: TemplateValues,
): Promise<TemplateValues> {
  const values = { ...known, clientId: context.clientId }
  const text = JSON.stringify([templates, context.provider.derived, context.provider.params])
  if (!text.includes('{clientSecret}')) return values
  return { ...values, clientSecret: (await context.credentials()).clientSecret }
}

async function signed(
  context: ClientContext,
  { accessToken, tokenSecret }: Pick<TokenChain, 'accessToken' | 'tokenSecret'>,
  { method, url, form }: Credentialed,
): Promise<string> {
  const { clientId, clientSecret = '' } = await context.credentials()
  return signOAuth1(
    { method, url: url.href, form: form ? [...form] : [] },
    { consumerKey: clientId, consumerSecret: clientSecret, token: accessToken, tokenSecret },
    { now: context.clock() },
  )
}
