import { isOAuthError, OAuthError } from '../errors/oauth-error.ts'
import { answerFailure } from './failure.ts'
import type { HandlerClient, HandlerContext, HandlerSession } from './options.ts'
import { redirect, respondJson } from './respond.ts'

/** Query names of our own, which no param of a definition can take. */
const reserved = new Set(['redirectPath', 'connectionId', 'format'])

/** `GET {base}/{id}/connect`: sends the browser to the provider, tied to the flow by a cookie. */
export async function serveConnect(
  context: HandlerContext,
  request: Request,
  client: HandlerClient,
  session: HandlerSession,
): Promise<Response> {
  const query = new URL(request.url).searchParams
  const json = query.get('format') === 'json'
  try {
    const answer = await askApplication(context, request, client, session)
    if (answer) return answer
    if (!client.authorize) throw takesKey(client)
    const binding = json && context.unboundFlows ? undefined : context.cookies.create()
    const { url, ...flow } = await client.authorize({
      ...session,
      connectionId: query.get('connectionId') || undefined,
      redirectPath: query.get('redirectPath') || undefined,
      params: readParams(client, query),
      binding,
    })
    const headers = new Headers()
    if (binding !== undefined) headers.append('set-cookie', context.cookies.set(client, flow, binding))
    return json ? respondJson(200, { url }, headers) : redirect(url, headers)
  } catch (error) {
    return answerFailure(context, { request, error, client, json })
  }
}

function takesKey({ provider: { id, name } }: HandlerClient): OAuthError {
  return new OAuthError({
    code: 'config_invalid',
    provider: id,
    providerName: name,
    detail: 'this integration takes a key that the user copies',
    hint: 'POST { credentials, params } as JSON to the same address.',
  })
}

/** Whether the client connects by a key and not by a redirect. */
export function isByKey({ provider }: HandlerClient): boolean {
  return provider.protocol === 'api-key'
}

/** The application's own say, before anything begins. Throws `connect_refused` where it refuses. */
export async function askApplication(
  context: HandlerContext,
  request: Request,
  client: HandlerClient,
  session: HandlerSession,
): Promise<Response | undefined> {
  const { id, name } = client.provider
  try {
    const answer = await context.beforeAuthorize({ ...session, provider: id, request })
    return answer instanceof Response ? answer : undefined
  } catch (cause) {
    if (isOAuthError(cause)) throw cause
    throw new OAuthError({ code: 'connect_refused', provider: id, providerName: name, cause })
  }
}

/**
 * The definition's params by name. Trusted and captured ones go along too: the client is who refuses them. An empty
 * value is a form field that was left blank.
 */
function readParams(client: HandlerClient, query: URLSearchParams): Record<string, string> {
  const names = Object.keys(client.provider.params ?? {}).filter((name) => !reserved.has(name))
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = query.get(name)
      return value ? [[name, value]] : []
    }),
  )
}
