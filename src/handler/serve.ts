import { serveCallback } from './callback.ts'
import { isByKey, serveConnect } from './connect.ts'
import { serveKeyConnect } from './connect-by-key.ts'
import { refuseForeign, serveDisconnect, serveList } from './connections.ts'
import { answerFailure } from './failure.ts'
import type { HandlerContext } from './options.ts'
import { refuse, respond, withoutBody } from './respond.ts'
import { allowedMethods, matchRoute } from './routes.ts'
import { serveSync, serveSyncAction, serveSyncs } from './sync.ts'

/** On a 404 for a path that is not the handler's at all; `toNodeListener` then lets the next middleware try. */
const outside = Symbol.for('latchkey.outside')

/** Answers one request: what `createOAuthHandler` loads with the first (DESIGN §10). */
export async function serve(context: HandlerContext, request: Request): Promise<Response> {
  const response = await route(context, request)
  return request.method === 'HEAD' ? withoutBodyOf(response) : response
}

async function route(context: HandlerContext, request: Request): Promise<Response> {
  const matched = matchRoute(new URL(request.url).pathname, context.base)
  // Without the engine the name is free for an integration.
  const found =
    matched?.kind === 'syncs' && !context.sync ? ({ kind: 'integration', id: 'sync' } as const) : matched
  if (!found) return Object.defineProperty(notFound(), outside, { value: true })
  if (found.kind === 'unknown') return notFound()
  const client = 'id' in found ? context.clients.get(found.id) : undefined
  if ('id' in found && !client) return notFound()
  if (found.kind === 'sync' && !context.sync) return notFound()
  const byKey = client && found.kind === 'connect' && isByKey(client)
  const allowed = allowedMethods(byKey ? 'connectByKey' : found.kind)
  if (!allowed.includes(request.method))
    return refuse(
      405,
      'method_not_allowed',
      `This address takes ${allowed.join(', ')}.`,
      new Headers({ allow: allowed.join(', ') }),
    )
  if (client && found.kind === 'callback') {
    // HEAD promises to change nothing, and a flow's answer can be used once only.
    return request.method === 'HEAD' ? respond(200, null, {}) : serveCallback(context, request, client)
  }
  const steers = found.kind === 'sync' && request.method === 'POST'
  const changes = found.kind === 'integration' || byKey || steers
  const foreign = client && changes ? refuseForeign(request, client) : undefined
  if (foreign) return foreign
  try {
    const session = await context.session(request)
    if (!session) return refuse(401, 'unauthenticated', 'Sign in first.')
    const { sync } = context
    if (found.kind === 'syncs' && sync) return await serveSyncs(context, sync, request, session)
    if (!client) return await serveList(context, request, session)
    if (found.kind === 'sync' && sync)
      return steers
        ? await serveSyncAction(context, sync, request, client, session)
        : await serveSync(context, sync, request, client, session)
    if (byKey) return await serveKeyConnect(context, request, client, session)
    if (found.kind === 'connect') return await serveConnect(context, request, client, session)
    return await serveDisconnect(context, request, client, session)
  } catch (error) {
    const json =
      byKey || found.kind !== 'connect' || new URL(request.url).searchParams.get('format') === 'json'
    return answerFailure(context, { request, error, json, ...(client && { client }) })
  }
}

function notFound(): Response {
  return refuse(404, 'not_found', 'There is no such integration here.')
}

/** HEAD: the same answer, still marked where it is somebody else's to give. */
function withoutBodyOf(response: Response): Response {
  const bare = withoutBody(response)
  return outside in response ? Object.defineProperty(bare, outside, { value: true }) : bare
}
