import { OAuthError, type OAuthErrorDetails } from '../errors/oauth-error.ts'
import { readCallbackInput } from '../protocols/callback-input.ts'
import { isByKey } from './connect.ts'
import { answerFailure } from './failure.ts'
import type { HandlerClient, HandlerContext } from './options.ts'
import { pathWithOutcome, redirect } from './respond.ts'

/** `GET|POST {base}/{id}/callback`: the browser comes back, and goes on to where the flow began. */
export async function serveCallback(
  context: HandlerContext,
  request: Request,
  client: HandlerClient,
): Promise<Response> {
  const headers = new Headers()
  const { id, name } = client.provider
  const fail = (details: OAuthErrorDetails) =>
    new OAuthError({ ...details, provider: id, providerName: name })
  try {
    const query = await readCallbackInput({ fail }, request)
    const state = query.get('state')
    const cookie = state ? context.cookies.read(request, state) : undefined
    if (state && cookie) headers.append('set-cookie', context.cookies.clear(client, state))
    // The browser may withhold the application's cookie on the way back: only somebody else's session speaks against.
    const expect = await context.session(request)
    if (!client.callback || isByKey(client))
      throw fail({ code: 'callback_invalid', detail: 'users are not sent to this provider' })
    const { redirectPath } = await client.callback(query, { ...cookie, expect })
    return redirect(pathWithOutcome(redirectPath, { connected: id }), headers)
  } catch (error) {
    return answerFailure(context, { request, error, client, headers })
  }
}
