import { serveCallback } from './callback.ts'
import { isByKey, serveConnect } from './connect.ts'
import { serveKeyConnect } from './connect-by-key.ts'
import { refuseForeign, serveDisconnect, serveList } from './connections.ts'
import { answerFailure } from './failure.ts'
import { createHandlerContext, type HandlerContext, type OAuthHandlerOptions } from './options.ts'
import { refuse, respond, withoutBody } from './respond.ts'
import { allowedMethods, matchRoute } from './routes.ts'
import { serveSync, serveSyncAction, serveSyncs } from './sync.ts'

export type { BindingCookieOptions } from './binding-cookie.ts'
export type { ListedConnection, ListedIntegration } from './connections.ts'
export type {
  AuthorizeAttempt,
  HandlerClient,
  HandlerFailure,
  HandlerSession,
  HandlerSync,
  OAuthHandlerOptions,
} from './options.ts'
export type { ListedSync } from './sync.ts'

/**
 * Serves the routes of `createOAuthHandler` to anything that speaks the Fetch standard. What it is given besides the request
 * goes to `session`; where that names no type, it may be anything or nothing.
 */
export type OAuthHandler<Context = unknown> = unknown extends Context
  ? (request: Request, context?: unknown) => Promise<Response>
  : (request: Request, context: Context) => Promise<Response>

/** On a 404 for a path that is not the handler's at all; `toNodeListener` then lets the next middleware try. */
const outside = Symbol.for('latchkey.outside')

/**
 * The routes of a settings page, for every client, under `basePath`:
 *
 * - `GET {base}/{id}/connect` sends the browser to the provider. Query: `redirectPath`, `connectionId`, the
 *   definition's params by name, and `format=json` for `{ url }` instead of a redirect.
 * - `POST {base}/{id}/connect` with JSON `{ credentials, params?, connectionId? }` connects an `api-key` provider:
 *   `{ connection, sync }`.
 * - `GET|POST {base}/{id}/callback` finishes the flow: 303 to `redirectPath?connected=<id>`, or to
 *   `redirectPath?oauth_error=<code>&provider=<id>`, or an error page where the state could not be opened.
 * - `DELETE {base}/{id}?connectionId=` disconnects: `{ revoked, error?, alsoEnded? }`; `revoke=false` leaves the grant
 *   at the provider.
 * - `GET {base}` lists each integration with the tenant's connections, and with `sync` how their historical sync stands.
 * - with `sync`: `GET {base}/{id}/sync?connectionId=` tells a connection's latest run and the earlier ones,
 *   `{ sync, history }`; `POST {base}/{id}/sync?action=start|pause|resume|cancel` steers it: `{ sync }`, or 409.
 *   `GET {base}/sync` tells the latest run of every connection. Both are streams of server-sent events (`event: sync`)
 *   where the request accepts `text/event-stream`.
 *
 * The redirect URI is the client's configuration, never a request header. Throws `config_invalid` where two clients
 * have one id. The handler itself never rejects: what fails becomes an answer, and is told to `onError`.
 */
export function createOAuthHandler<Context = unknown>(
  options: OAuthHandlerOptions<Context>,
): OAuthHandler<Context>
export function createOAuthHandler(options: OAuthHandlerOptions): OAuthHandler {
  const contextOf = createHandlerContext(options)
  return async (request, given) => {
    const response = await route(contextOf(given), request)
    return request.method === 'HEAD' ? withoutBodyOf(response) : response
  }
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
