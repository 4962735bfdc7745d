import type { OAuthClient } from '../client-types.ts'
import { OAuthError } from '../errors/oauth-error.ts'
import type { ApiKeyDefinition } from '../provider/definition.ts'
import type { HistoricalSync } from '../sync/types.ts'
import { type BindingCookieOptions, type BindingCookies, createBindingCookies } from './binding-cookie.ts'
import { normalizeBasePath } from './routes.ts'

/** What the handler needs of a client; every `OAuthClient` has it, with the one or the other way to connect. */
export type HandlerClient = Pick<OAuthClient, 'provider' | 'redirectUri' | 'list' | 'disconnect'> &
  Partial<Pick<OAuthClient, 'authorize' | 'callback'>> &
  Partial<Pick<OAuthClient<ApiKeyDefinition>, 'connect'>>

/** What the handler needs of the engine of `latchkey/sync`. */
export type HandlerSync = Pick<
  HistoricalSync,
  'months' | 'start' | 'list' | 'get' | 'history' | 'pause' | 'resume' | 'cancel' | 'watch'
>

/** Who is asking, in the application's own terms. */
export interface HandlerSession {
  readonly tenantId: string
  readonly userId?: string | undefined
}

/** What `beforeAuthorize` is told. */
export interface AuthorizeAttempt extends HandlerSession {
  /** The provider's id. */
  readonly provider: string
  readonly request: Request
}

/** A failure that a user met, with the reference that their page or JSON answer shows. */
export interface HandlerFailure {
  /** An `OAuthError`, or whatever else was thrown. */
  readonly error: unknown
  /** 16 hex digits, to find it in your log by. */
  readonly reference: string
  /** The provider's id. */
  readonly provider?: string
}

/** How the routes are served. Throws `config_invalid` where two clients have one id. */
export interface OAuthHandlerOptions<Context = unknown> {
  /** The clients to serve, each under its provider's id. A record's keys are not read. */
  readonly clients: readonly HandlerClient[] | Readonly<Record<string, HandlerClient>>
  /**
   * Whose request this is, or nothing (401). Asked before anything is done. `context` is what the handler was called with
   * besides: Express's request, Hono's context, whatever your session hangs on.
   */
  session(
    request: Request,
    context: Context,
  ): HandlerSession | null | undefined | Promise<HandlerSession | null | undefined>
  /**
   * The engine of `latchkey/sync`: the list then tells how each sync stands, and there are routes to follow and steer
   * it.
   */
  readonly sync?: HandlerSync
  /** Where the routes begin; default `/oauth`. A prefix in front of it does not matter. */
  readonly basePath?: string
  /** How the cookie that ties a flow to its browser is written. */
  readonly cookie?: BindingCookieOptions
  /**
   * `?format=json` begins flows that no browser is tied to, for a client that cannot carry the cookie to the browser
   * (command line, mobile). Gives up the protection against a callback link that somebody else began.
   */
  readonly unboundFlows?: boolean
  /**
   * Before a flow begins. Throws to refuse it (`connect_refused`), or returns a `Response` that is then the answer,
   * such as 429 where a session begins too many.
   */
  beforeAuthorize?(attempt: AuthorizeAttempt): unknown
  /** Every failure that a user met. What it throws is ignored, and nobody waits for it. */
  onError?(failure: HandlerFailure): unknown
}

/** The options as the routes use them. */
export interface HandlerContext {
  readonly clients: ReadonlyMap<string, HandlerClient>
  readonly sync: HandlerSync | undefined
  readonly base: string
  readonly cookies: BindingCookies
  readonly unboundFlows: boolean
  readonly beforeAuthorize: (attempt: AuthorizeAttempt) => unknown
  /** Never throws. */
  readonly report: (failure: HandlerFailure) => void
  /** Throws `config_invalid` where the application's function gives something that is no session. */
  readonly session: (request: Request) => Promise<HandlerSession | undefined>
}

/** Throws `config_invalid` where two clients have one id, or the cookie cannot be written as asked. */
export function createHandlerContext<Context>(
  options: OAuthHandlerOptions<Context>,
): (given: Context) => HandlerContext {
  const clients = new Map<string, HandlerClient>()
  for (const client of Object.values(options.clients)) {
    const { id } = client.provider
    if (clients.has(id))
      throw new OAuthError({
        code: 'config_invalid',
        detail: `two clients have the id "${id}"`,
        hint: 'Give one of the definitions another id: defineProvider({ ...definition, id }).',
      })
    if (id === 'sync' && options.sync)
      throw new OAuthError({
        code: 'config_invalid',
        detail: 'no client can have the id "sync", which is the route of all syncs',
      })
    clients.set(id, client)
  }
  const shared = {
    clients,
    sync: options.sync,
    base: normalizeBasePath(options.basePath ?? '/oauth'),
    cookies: createBindingCookies(options.cookie),
    unboundFlows: options.unboundFlows ?? false,
    beforeAuthorize: (attempt: AuthorizeAttempt) => options.beforeAuthorize?.(attempt),
    report: (failure: HandlerFailure) => {
      void (async () => options.onError?.(failure))().catch(() => undefined)
    },
  }
  return (given) => ({
    ...shared,
    session: async (request) => checkSession(await options.session(request, given)),
  })
}

/** A session without a tenant must not become a question about every tenant. */
function checkSession(session: HandlerSession | null | undefined): HandlerSession | undefined {
  if (!session) return undefined
  const { tenantId, userId }: { tenantId: unknown; userId?: unknown } = session
  if (typeof tenantId === 'string' && tenantId && (userId === undefined || typeof userId === 'string'))
    return userId === undefined ? { tenantId } : { tenantId, userId }
  throw new OAuthError({
    code: 'config_invalid',
    detail: 'session() must return { tenantId, userId? } with strings, or nothing',
  })
}
