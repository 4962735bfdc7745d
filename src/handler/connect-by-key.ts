import { isOAuthError, OAuthError } from '../errors/oauth-error.ts'
import { readBody } from '../http/body.ts'
import { readStream } from '../http/transport.ts'
import { readPath, readText } from '../provider/path.ts'
import { askApplication } from './connect.ts'
import { toListed } from './connections.ts'
import { answerFailure } from './failure.ts'
import type { HandlerClient, HandlerContext, HandlerSession } from './options.ts'
import { respondJson } from './respond.ts'

/** `POST {base}/{id}/connect` with JSON: connects an account whose provider gives its users keys. */
export async function serveKeyConnect(
  context: HandlerContext,
  request: Request,
  client: HandlerClient,
  session: HandlerSession,
): Promise<Response> {
  try {
    const answer = await askApplication(context, request, client, session)
    if (answer) return answer
    const { credentials, params, connectionId } = await readKeyRequest(client, request)
    if (!client.connect) throw new TypeError('a client of an api-key definition has connect')
    const { connection, sync } = await client.connect({ ...session, connectionId, credentials, params })
    return respondJson(200, { connection: toListed(connection), sync: { status: sync.status } })
  } catch (error) {
    // A key that the provider does not know is the user's mistake, and no failure of the provider.
    const isRefused = isOAuthError(error) && (error.status === 401 || error.status === 403)
    const status = isRefused ? { status: 422 } : {}
    return answerFailure(context, { request, error, client, json: true, ...status })
  }
}

/** Bytes of a request that holds a key and a few params. */
const maxRequest = 64 * 1024

async function readKeyRequest({ provider: { id, name } }: HandlerClient, request: Request) {
  const bytes = request.body ? await readStream(request.body, maxRequest) : undefined
  const body = bytes && readBody(bytes)
  const value: unknown = body?.kind === 'json' ? body.value : undefined
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new OAuthError({
      code: 'params_invalid',
      provider: id,
      providerName: name,
      detail: 'the request must be a JSON object: { credentials, params?, connectionId? }',
    })
  const connectionId = readText(value, 'connectionId')
  return {
    credentials: textsAt(value, 'credentials'),
    params: textsAt(value, 'params'),
    connectionId,
  }
}

function textsAt(value: unknown, name: string): Record<string, string> {
  const found = Object.entries(Object(readPath(value, name)))
  return Object.fromEntries(found.flatMap(([key, text]) => (typeof text === 'string' ? [[key, text]] : [])))
}
