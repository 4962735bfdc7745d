import type { RequestOperation } from './diagnostics.ts'
import type { OAuthErrorDetails } from './errors/oauth-error.ts'
import { extendError, isOAuthError, type OAuthError } from './errors/oauth-error.ts'
import type { Fetch } from './http/fetch-transport.ts'
import type { HttpRequest, HttpResponse } from './http/transport.ts'
import type { Protocol, ProviderDefinition } from './provider/definition.ts'
import { checkCapturedParam, type Params } from './provider/params.ts'
import type { Keyring } from './state/keyring.ts'
import { assertId } from './stores/connection-key.ts'
import type { OpenedTokens } from './tokens/opened-tokens.ts'
import type { ClientCredentials } from './tokens/token-request.ts'
import type { Unsaved } from './tokens/unsaved.ts'
import type {
  Connection,
  ConnectionKey,
  ConnectionRef,
  Coordinator,
  Hooks,
  SyncOptions,
  TokenStore,
} from './types.ts'

/** A client's configuration once it has been checked: what every flow works with. */
export interface ClientContext<P extends ProviderDefinition = ProviderDefinition> {
  readonly provider: P
  readonly clientId: string
  readonly redirectUri: string
  readonly keyring: Keyring
  readonly opened: OpenedTokens
  readonly store: TokenStore
  readonly coordinator: Coordinator
  /** What the store has not taken yet. */
  readonly unsaved: Unsaved
  readonly scopes: readonly string[]
  /** Trusted params from the options. */
  readonly fixedParams: Params
  /** Names this client in `state`, so that a callback of another configuration is told apart. */
  readonly fingerprint: string
  /** Names the client id beside tokens that the provider gave to it; none where the protocol has no client. */
  readonly clientMark: string | undefined
  readonly sync: false | SyncOptions | undefined
  readonly hooks: Hooks
  readonly refreshSkew: number | undefined
  /** ms. */
  readonly timeout: number
  /** ms since 1970. */
  readonly clock: () => number
  /** Asks for the secret at each request, so that it can rotate. */
  credentials(): Promise<ClientCredentials>
  /** One request to the provider; rejects with `timeout` or `network` in this provider's name. */
  send(request: HttpRequest, operation: RequestOperation): Promise<HttpResponse>
  /** For API calls, which hand back a standard `Response`. */
  readonly apiFetch: Fetch
  fail(details: OAuthErrorDetails): OAuthError
}

/** Whether a context is of one protocol's definition. */
export function speaks<K extends Protocol>(
  context: ClientContext,
  protocol: K,
): context is ClientContext<Extract<ProviderDefinition, { readonly protocol: K }>> {
  return context.provider.protocol === protocol
}

/** Puts the provider's name (and the way back) to an error from further down; anything else is a bug and passes. */
export function inContext(
  context: Pick<ClientContext, 'provider'>,
  error: unknown,
  redirectPath?: string,
): unknown {
  if (!isOAuthError(error)) return error
  const { id, name } = context.provider
  return extendError(error, {
    provider: id,
    providerName: name,
    ...(redirectPath !== undefined && { redirectPath }),
  })
}

/** The id, or `params_invalid` in this provider's name. */
export function checkId(context: Pick<ClientContext, 'provider'>, what: string, id: unknown): string {
  try {
    assertId(what, id)
    return id
  } catch (error) {
    throw inContext(context, error)
  }
}

export function connectionKey(context: ClientContext, ref: ConnectionRef): ConnectionKey {
  return {
    provider: context.provider.id,
    tenantId: checkId(context, 'tenantId', ref?.tenantId),
    connectionId: checkId(context, 'connectionId', ref.connectionId ?? 'default'),
  }
}

/**
 * The values a connection's templates are filled with. What the client fixes wins; what the record says is checked
 * again, because it decides where secrets are sent and a table can be written to by others.
 */
export function templateParams(context: ClientContext, connection: Pick<Connection, 'params'>): Params {
  const known = context.provider.params ?? {}
  const stored: Record<string, string> = {}
  for (const [name, value] of Object.entries(connection.params))
    if (Object.hasOwn(known, name)) stored[name] = checkCapturedParam(context.provider, name, value)
  return { ...stored, ...context.fixedParams }
}
