import type { OAuthError } from './errors/oauth-error.ts'
import type { AuthorizeParams, ConnectCredentials, ProviderDefinition } from './provider/definition.ts'
import type { Connection, ConnectionRef, ConnectionStatus, ConnectionTokens, SyncOutcome } from './types.ts'

export type AuthorizeInput<P extends ProviderDefinition> = {
  readonly tenantId: string
  readonly userId?: string | undefined
  readonly connectionId?: string | undefined
  /** A path of your own site to return to; default `/`. */
  readonly redirectPath?: string | undefined
  /** Replace the client's own. */
  readonly scopes?: readonly string[] | undefined
  /** A value only this browser session can present again at the callback. */
  readonly binding?: string | undefined
} & AuthorizeParams<P>

export interface AuthorizeResult {
  readonly url: string
  /** Comes back on the callback; with `flowId` it does not, and `callback` needs it from you. */
  readonly state: string
  /**
   * Only where the provider has no place for a state that is made before its own first answer (OAuth 1.0a, Plaid Link):
   * what the callback URL carries in its stead, to find the `state` by. The handler keeps it in the flow's cookie.
   */
  readonly flowId?: string
  readonly expiresAt: Date
}

export interface CallbackResult {
  readonly connection: Connection
  readonly redirectPath: string
  readonly userId?: string
  readonly sync: SyncOutcome
}

export interface DisconnectResult {
  readonly revoked: boolean
  /** Connections of this tenant whose grant this revocation ended too (google: all products of one account). */
  readonly alsoEnded?: readonly Connection[]
  readonly error?: OAuthError
}

export interface RefreshExpiringOptions {
  /**
   * ms: access tokens that end within this time are refreshed, but never in the first half of their life. Default 10 min;
   * not applied where only `idleFor` is given.
   */
  readonly within?: number | undefined
  /**
   * ms: connections whose tokens were last obtained longer ago than this are refreshed, for refresh tokens that die of
   * disuse. Default: half of what the definition says (`refresh.lifetime.idle`), at most 30 days; not applied where only
   * `within` is given.
   */
  readonly idleFor?: number | undefined
  /** Connections at a time; default 8. */
  readonly concurrency?: number | undefined
  /** Ends the sweep early: what has begun is finished, and the counts so far are the result. */
  readonly signal?: AbortSignal | undefined
  /** Told after each connection that was refreshed, failed or must be connected again. What it throws ends the sweep. */
  readonly onProgress?: ((progress: RefreshExpiringProgress) => void) | undefined
}

/** Numbers of connections. */
export interface RefreshExpiringResult {
  /** By this process; what another one refreshed meanwhile is in its own count. */
  readonly refreshed: number
  /** Failed for now, each told to `onError`; the next sweep tries again. */
  readonly failed: number
  /** Whose grant has ended, each told to `onReconnectRequired`. */
  readonly reconnectRequired: number
}

export interface RefreshExpiringProgress extends RefreshExpiringResult {
  readonly outcome: keyof RefreshExpiringResult
  /** As it was listed. */
  readonly connection: Connection
}

export interface ResealOptions {
  /** Connections at a time; default 8. */
  readonly concurrency?: number | undefined
  /** Ends the run early; running it again goes on from there. */
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: ResealResult) => void) | undefined
}

/** Numbers of connections. */
export interface ResealResult {
  readonly resealed: number
  /** Sealed by the newest secret already. */
  readonly unchanged: number
  /** Could not be opened or saved, each told to `onError` with the key id; they are left as they are. */
  readonly failed: number
}

/** What every client can do with a connection, however it was made. */
interface ConnectionClient<P extends ProviderDefinition> {
  readonly provider: P
  /** The redirect URI in force; empty where the protocol has none (`api-key`). */
  readonly redirectUri: string
  /**
   * A token that lives, refreshed where needed. `rejected`: the token an API just refused.
   * `token`: one of several by name (slack `bot`, `user`); default the first.
   * Throws `connection_not_found`, `reconnect_required`, `refresh_unsupported` or what the provider's answer says.
   */
  getAccessToken(
    ref: ConnectionRef,
    options?: { readonly rejected?: string | undefined; readonly token?: string | undefined },
  ): Promise<string>
  getConnection(ref: ConnectionRef): Promise<Connection | undefined>
  /** The one call that hands out refresh tokens. */
  getTokens(ref: ConnectionRef): Promise<ConnectionTokens>
  list(filter?: {
    readonly tenantId?: string | undefined
    readonly status?: ConnectionStatus | undefined
    readonly expiresBefore?: Date | undefined
  }): AsyncIterable<Connection>
  /**
   * Picks one of `connection.choices` (jira: which site the API calls go to). Throws `params_invalid` for anything else.
   */
  choose(ref: ConnectionRef, params: Readonly<Record<string, string>>): Promise<Connection>
  /** Refreshes now, whatever the expiry says; joins a refresh in flight. (RFC 6749 §6) */
  refresh(ref: ConnectionRef): Promise<Connection>
  /**
   * Keeps connections alive that nobody uses: refreshes access tokens that end soon, and what has not been used for so
   * long that the refresh token could die of it. For a timer or a nightly job; safe in every process at once, and in
   * bounded memory. Rejects with `store_failed` where the connections cannot be listed, `params_invalid` for an option.
   */
  refreshExpiring(options?: RefreshExpiringOptions): Promise<RefreshExpiringResult>
  /**
   * Seals anew what an older secret has sealed (`secret: [new, old]`), so that the old one can retire: once this answers
   * `failed: 0` for the clients of all integrations, and no process seals with the old one any more. Can be run again at
   * any time. Rejects with `store_failed` where the connections cannot be listed.
   */
  reseal(options?: ResealOptions): Promise<ResealResult>
  /**
   * Calls the provider's API with the connection's credential. Refuses origins outside the definition's hosts.
   * `token`: one of several by name (slack `bot`, `user`); default the first.
   */
  fetch(
    ref: ConnectionRef & { readonly token?: string | undefined },
    input: string | URL,
    init?: RequestInit,
  ): Promise<Response>
  /**
   * Revokes where the provider can (RFC 7009) and removes the record either way. `revoke: false` leaves the grant at the
   * provider as it is, for a connection that shares it with others.
   */
  disconnect(
    ref: ConnectionRef,
    options?: { readonly revoke?: boolean | undefined },
  ): Promise<DisconnectResult>
  /**
   * For a process that ends: waits for refreshes under way, saves what the store has not taken yet, each for up to 10 s,
   * and closes what the client opened itself. Rejects with `store_failed` where refreshed tokens had to be given up.
   */
  close(): Promise<void>
}

/** How a browser connects an account: every protocol but `api-key`. */
interface RedirectClient<P extends ProviderDefinition> {
  /** Where to send the browser. Throws `params_invalid`. (RFC 6749 §4.1.1) */
  authorize(input: AuthorizeInput<P>): Promise<AuthorizeResult>
  /** Judges the browser's return, exchanges the code, stores the connection, starts the sync. (RFC 6749 §4.1.2–4) */
  callback(
    input: Request | URL | string | URLSearchParams,
    options?: CallbackOptions,
  ): Promise<CallbackResult>
}

export interface CallbackOptions {
  readonly binding?: string | undefined
  /** What `authorize` returned as `state`, where it returned a `flowId` too; otherwise the callback brings it. */
  readonly state?: string | undefined
  /** Whose session the browser is in, where it is known: a flow of somebody else is `state_mismatch`. */
  readonly expect?: { readonly tenantId: string; readonly userId?: string | undefined } | undefined
}

export type ConnectInput<P extends ProviderDefinition> = {
  readonly tenantId: string
  readonly userId?: string | undefined
  readonly connectionId?: string | undefined
  /** What the user copied from the provider, by the definition's names (freshdesk: `{ apiKey }`). */
  readonly credentials: ConnectCredentials<P>
} & AuthorizeParams<P>

export interface ConnectResult {
  readonly connection: Connection
  readonly sync: SyncOutcome
}

/** How an account is connected without a browser: `api-key`. */
interface KeyClient<P extends ProviderDefinition> {
  /**
   * Checks the credentials at the provider, stores the connection, starts the sync. Throws `params_invalid` for one that
   * cannot be a key, `provider_error` for one that the provider refuses; nothing is stored then.
   */
  connect(input: ConnectInput<P>): Promise<ConnectResult>
}

/** One integration, configured. Safe to share: it keeps no state of a flow. */
export type OAuthClient<P extends ProviderDefinition = ProviderDefinition> = ConnectionClient<P> &
  (IsKey<P['protocol']> extends true ? KeyClient<P> : RedirectClient<P>)

/** Whether a protocol is known to be `api-key`; `any` is not. */
type IsKey<T> = [T] extends ['api-key'] ? ('oauth2' extends T ? false : true) : false
