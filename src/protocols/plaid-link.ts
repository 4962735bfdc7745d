import type { ClientContext } from '../context.ts'
import type { RequestOperation } from '../diagnostics.ts'
import { sanitizeWords } from '../errors/message.ts'
import { isOAuthError } from '../errors/oauth-error.ts'
import type { PlaidLinkDefinition } from '../provider/definition.ts'
import type { JsonValues } from '../provider/fill.ts'
import type { Params } from '../provider/params.ts'
import { readFirst, readText } from '../provider/path.ts'
import { assertSafeUrl } from '../provider/template.ts'
import { shortHash } from '../state/digest.ts'
import { ask } from '../tokens/ask.ts'
import { readTokens } from '../tokens/token-response.ts'
import type { ConnectionTokens } from '../types.ts'
import { callbackUri } from './callback-uri.ts'
import { type Flow, newFlowId, sealFlow } from './flow.ts'
import type { FlowProtocol } from './protocol.ts'

type Context = ClientContext<PlaidLinkDefinition>
type LinkRequest = PlaidLinkDefinition['token']

/**
 * Plaid Link on a page that the provider hosts (plaid.com/docs/link/hosted-link): a link token by a server call, the
 * browser to the hosted page and back, and the result from another server call. The link token travels inside the sealed
 * state, which the browser keeps. A connection that exists is mended in update mode: its token stays.
 */
export const plaidLink: FlowProtocol<PlaidLinkDefinition> = {
  async begin(context, flow, existing) {
    const { link } = context.provider
    const params = { ...flow.params, ...context.fixedParams }
    const flowId = newFlowId()
    const { mode, body } = await openLink(context, params, {
      userId: opaqueUser(flow.key.tenantId, flow.userId),
      scopes: flow.scopes,
      completionUri: callbackUri(context.redirectUri, flowId),
      accessToken: (await existing())?.accessToken,
    })
    const [linkToken, url] = [readText(body, link.token), readText(body, link.url)]
    if (linkToken === undefined || url === undefined)
      throw context.fail({
        code: 'malformed_response',
        detail: `the answer has no "${linkToken === undefined ? link.token : link.url}"`,
        hint: 'The hosted page must be enabled for this client at the provider.',
      })
    const { state, expiresAt } = sealFlow(context, flow, { flowId, carried: [linkToken, mode] })
    return { url: assertSafeUrl(context.provider, url).href, state, expiresAt, flowId }
  },

  // The redirect says nothing but that the user is back: what happened is asked for, once the nonce is claimed.
  async judge(context, query, flow) {
    if (query.getAll('state').length > 1)
      throw context.fail({ code: 'callback_invalid', detail: 'the callback repeats "state"' })
    return { params: { ...flow.params, ...context.fixedParams } }
  },

  async exchange(context, _query, flow, params, existing) {
    const { link, token } = context.provider
    const [linkToken = '', mode] = flow.carried
    const session = await post(context, 'link_token', link.session, params, { linkToken })
    const tokens = mode === 'update' ? await existing() : undefined
    if (tokens) {
      if (!isFinished(context, session)) throw denied(context, session, linkToken)
      return { tokens, body: undefined, secrets: [linkToken, tokens.accessToken], mended: true }
    }
    const publicToken = readText(session, link.publicToken)
    if (publicToken === undefined) throw denied(context, session, linkToken)
    const body = await post(context, 'token', token, params, { publicToken })
    return readGranted(context, flow, body, [linkToken, publicToken])
  },
}

function readGranted(context: Context, flow: Flow, body: unknown, secrets: readonly string[]) {
  const reading = { now: context.clock(), secrets, requestedScopes: flow.scopes }
  const tokens: ConnectionTokens = readTokens(context.provider, body, reading)
  return { tokens, body, secrets: [...secrets, tokens.accessToken] }
}

/** Update mode where there is a token, unless the provider has nothing left to mend (plaid: the Item was removed). */
async function openLink(
  context: Context,
  params: Params,
  values: JsonValues,
): Promise<{ readonly mode: 'update' | 'create'; readonly body: unknown }> {
  const { link } = context.provider
  if (values.accessToken !== undefined) {
    try {
      return { mode: 'update', body: await post(context, 'link_token', link.update, params, values) }
    } catch (error) {
      if (!isGone(context, error)) throw error
    }
  }
  return { mode: 'create', body: await post(context, 'link_token', link.create, params, values) }
}

/** What a revocation takes for "there was nothing left" is beyond mending too. */
function isGone({ provider }: Context, error: unknown): boolean {
  if (!isOAuthError(error)) return false
  return (provider.revocation?.gone ?? []).some(
    ({ status, values }) =>
      (status === undefined || status === error.status) && values?.some((value) => value === error.error),
  )
}

/** Whether one of the page's sessions came to its end: the first of `finished` and of `exit.at` are of one session. */
function isFinished({ provider }: Context, session: unknown): boolean {
  const { finished, exit } = provider.link
  const left = [exit.at].flat()
  return [finished].flat().some((path, at) => {
    const hasLeft = readFirst(session, left[at] ?? left.at(-1) ?? []) !== undefined
    return !hasLeft && readFirst(session, path) !== undefined
  })
}

/** The user closed the page, or it could not help them. */
function denied(context: Context, session: unknown, linkToken: string) {
  const { exit } = context.provider.link
  const words = exit.description && readText(session, exit.description)
  return context.fail({
    code: 'authorization_denied',
    error: sanitizeWords(readText(session, exit.code) ?? 'access_denied', [linkToken]),
    errorDescription: words && sanitizeWords(words, [linkToken]),
  })
}

/** A call under the client's own credentials, which stand in headers (plaid.com/docs/api, "API access"). */
async function post(
  context: Context,
  operation: RequestOperation,
  request: LinkRequest,
  params: Params,
  values: JsonValues,
): Promise<unknown> {
  const { credential } = context.provider.api
  const headers = (credential && 'json' in credential && credential.headers) || {}
  const secrets = [values.accessToken, values.linkToken, values.publicToken].flat()
  return ask(
    context,
    operation,
    { ...request, headers, credential: false },
    { params, tokens: noTokens, secrets, values },
  )
}

/** The same for one user each time, and nothing of theirs: it must not be a name or an address (plaid.com/docs/api/link). */
function opaqueUser(tenantId: string, userId: string | undefined): string {
  return shortHash(JSON.stringify([tenantId, userId]), 16)
}

const noTokens = { accessToken: '', scopes: [], tokenType: '' } as const
