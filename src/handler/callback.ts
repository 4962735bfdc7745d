import { OAuthError } from '../errors/oauth-error.ts'
import { answerFailure } from './failure.ts'
import type { HandlerClient, HandlerContext } from './options.ts'
import { pathWithOutcome, redirect } from './respond.ts'

/** Bytes of a form_post body. */
const maxForm = 64 * 1024

/** `GET|POST {base}/{id}/callback`: the browser comes back, and goes on to where the flow began. */
export async function serveCallback(
  context: HandlerContext,
  request: Request,
  client: HandlerClient,
): Promise<Response> {
  const headers = new Headers()
  try {
    const query = await readQuery(request, client)
    const state = query.get('state')
    const binding = state ? context.cookies.read(request, state) : undefined
    if (state && binding !== undefined) headers.append('set-cookie', context.cookies.clear(client, state))
    // The browser may withhold the application's cookie on the way back: only somebody else's session speaks against.
    const expect = await context.session(request)
    const { redirectPath } = await client.callback(query, { binding, expect })
    return redirect(pathWithOutcome(redirectPath, { connected: client.provider.id }), headers)
  } catch (error) {
    return answerFailure(context, { request, error, client, headers })
  }
}

async function readQuery(request: Request, client: HandlerClient): Promise<URLSearchParams> {
  if (request.method !== 'POST') return new URL(request.url).searchParams
  const { id, name } = client.provider
  const refuse = (detail: string) =>
    new OAuthError({ code: 'callback_invalid', provider: id, providerName: name, detail })
  const type = request.headers.get('content-type') ?? ''
  if (!/^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(type))
    throw refuse('a POST to the callback must be a form')
  const text = await readText(request)
  if (text === undefined) throw refuse('the form of the callback is too large')
  return new URLSearchParams(text)
}

/** The body as text; `undefined` beyond the limit, whatever `Content-Length` says. */
async function readText(request: Request): Promise<string | undefined> {
  const reader = request.body?.getReader()
  if (!reader) return ''
  const chunks: Uint8Array[] = []
  let size = 0
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    size += step.value.byteLength
    if (size > maxForm) {
      await reader.cancel()
      return undefined
    }
    chunks.push(step.value)
  }
  return Buffer.concat(chunks).toString()
}
