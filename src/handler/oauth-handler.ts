import { createHandlerContext, type OAuthHandlerOptions } from './options.ts'

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
  let loading: Promise<typeof import('./serve.ts')> | undefined
  return async (request, given) => {
    loading ??= import('./serve.ts')
    const { serve } = await loading
    return serve(contextOf(given), request)
  }
}
