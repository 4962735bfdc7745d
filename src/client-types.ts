import type { OAuthError } from './errors/oauth-error.ts'
import type { AuthorizeParams, ConnectCredentials, ProviderDefinition } from './provider/definition.ts'
import type { Connection, ConnectionRef, ConnectionStatus, ConnectionTokens, SyncOutcome } from './types.ts'

/** What `authorize` takes: whose connection it will be, and where the user goes afterwards. */
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

/** Where to send the browser. */
export interface AuthorizeResult {
  /** At the provider; https, every value encoded. */
  readonly url: string
  /** Comes back on the callback; with `flowId` it does not, and `callback` needs it from you. */
  readonly state: string
  /**
   * Only where the provider has no place for a state that is made before its own first answer (OAuth 1.0a, Plaid Link):
   * what the callback URL carries in its stead, to find the `state` by. The handler keeps it in the flow's cookie.
   */
  readonly flowId?: string
  /** Ten minutes from now: the callback must have come by then. */
  readonly expiresAt: Date
}

/** What a successful callback has done. */
export interface CallbackResult {
  readonly connection: Connection
  /** As it was given to `authorize`; `/` where it was not. */
  readonly redirectPath: string
  readonly userId?: string
  readonly sync: SyncOutcome
}

/** What a disconnect has done. The record is gone in any case. */
export interface DisconnectResult {
  /** Whether the provider has ended the grant. */
  readonly revoked: boolean
  /** Connections of this tenant whose grant this revocation ended too (google: all products of one account). */
  readonly alsoEnded?: readonly Connection[]
  /** Why it was not revoked, where that was tried. */
  readonly error?: OAuthError
}

/** Which connections `refreshExpiring` refreshes, and how. */
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

/** How `reseal` goes about it. */
export interface ResealOptions {
  /** Connections at a time; default 8. */
  readonly concurrency?: number | undefined
  /** Ends the run early; running it again goes on from there. */
  readonly signal?: AbortSignal | undefined
  /** Told the counts so far after each connection. */
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

/** One token that was obtained elsewhere. At least one of `accessToken` and `refreshToken` is needed. */
export interface ImportedChain {
  /** Absent: the first use refreshes, and until then `getTokens` gives an empty one. */
  readonly accessToken?: string | undefined
  readonly refreshToken?: string | undefined
  /**
   * Absent: no known end, or the definition's own (`tokenResponse.defaultExpiresIn`) counted from `refreshedAt`, as with a
   * token answer that names none. One that has passed is fine beside a refresh token: the first use refreshes.
   */
  readonly expiresAt?: Date | undefined
  /** Absent: as the definition says (`refresh.lifetime`), counted from `refreshedAt` and `connectedAt`. */
  readonly refreshTokenExpiresAt?: Date | undefined
  /** What was granted, one scope an entry; default none, which means "not known". */
  readonly scopes?: readonly string[] | undefined
  /** Default as the protocol has it: `Bearer`, `OAuth`, `api-key`. */
  readonly tokenType?: string | undefined
  /** OAuth 1.0a, and needed there (RFC 5849 §3.4.2). */
  readonly tokenSecret?: string | undefined
}

/** The tokens of a connection that was made elsewhere. What `getTokens` gives fits as it is. */
export interface ImportedTokens extends ImportedChain {
  /** As in `ConnectionTokens`: the name under which the only token came (slack with user scopes alone). */
  readonly standsFor?: string | undefined
  /** Further tokens of the same consent by name (slack `user`). */
  readonly additional?: Readonly<Record<string, ImportedChain>> | undefined
}

/** A connection that was made elsewhere. */
export interface ImportInput {
  readonly tenantId: string
  readonly userId?: string | undefined
  readonly connectionId?: string | undefined
  /** For an `api-key` provider the key is the `accessToken`. */
  readonly tokens: ImportedTokens
  /** Instead of `tokens.scopes`. */
  readonly scopes?: readonly string[] | undefined
  /**
   * By the definition's names, those that a connect would have captured included (quickbooks `realmId`). An active
   * connection needs all that its API cannot be reached without.
   */
  readonly params?: Readonly<Record<string, string>> | undefined
  /** The account at the provider, by the id that a connect would read: sibling connections are told by it. */
  readonly account?: { readonly id: string; readonly name?: string | undefined } | undefined
  /** Default `active`. */
  readonly status?: ConnectionStatus | undefined
  /** The user's consent; default `refreshedAt`, else now. Some refresh tokens' lives are counted from it. */
  readonly connectedAt?: Date | undefined
  /** When the tokens were last obtained; default `connectedAt`, else now. `refreshExpiring({ idleFor })` goes by it. */
  readonly refreshedAt?: Date | undefined
}

/** What an import has done. */
export interface ImportResult {
  /** What is stored now. */
  readonly connection: Connection
  /** `false`: there was one already, and it is as it was. */
  readonly imported: boolean
}

/** What every client can do with a connection, however it was made. */
export interface ConnectionClient<P extends ProviderDefinition> {
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
  /** The connection without its secrets; `undefined` where there is none. Rejects with `store_failed`. */
  getConnection(ref: ConnectionRef): Promise<Connection | undefined>
  /** The one call that hands out refresh tokens. */
  getTokens(ref: ConnectionRef): Promise<ConnectionTokens>
  /**
   * The connections of this integration, in the store's own order. Rejects with `store_failed`; records that cannot
   * be read are left out.
   */
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
   * bounded memory. What was connected with another client id is left to that client. Rejects with `store_failed` where the connections cannot be listed, `params_invalid` for an option.
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
   * Writes a connection that was made elsewhere: for moving to latchkey, or from one store to another. Sends nothing to the
   * provider, calls no hook, starts no sync, and never overwrites: run it twice, or after a user has connected, and what is
   * there stays. Refresh tokens belong to the client id they were issued to, and those that rotate to one refresher: end the
   * old one first (docs/migrate). Throws `params_invalid` naming the value, `record_unreadable` where what is there cannot be
   * read, `store_failed`.
   */
  importConnection(input: ImportInput): Promise<ImportResult>
  /**
   * For a process that ends: waits for refreshes under way, saves what the store has not taken yet, each for up to 10 s,
   * and closes what the client opened itself. Rejects with `store_failed` where refreshed tokens had to be given up.
   */
  close(): Promise<void>
}

/** How a browser connects an account: every protocol but `api-key`. */
export interface RedirectClient<P extends ProviderDefinition> {
  /** Where to send the browser. Throws `params_invalid`. (RFC 6749 §4.1.1) */
  authorize(input: AuthorizeInput<P>): Promise<AuthorizeResult>
  /** Judges the browser's return, exchanges the code, stores the connection, starts the sync. (RFC 6749 §4.1.2–4) */
  callback(
    input: Request | URL | string | URLSearchParams,
    options?: CallbackOptions,
  ): Promise<CallbackResult>
}

/** What the browser that came back presents besides the callback's own query. */
export interface CallbackOptions {
  /**
   * What `authorize` was given as `binding`. Absent on both sides counts as equal; on one side it is
   * `state_mismatch`.
   */
  readonly binding?: string | undefined
  /** What `authorize` returned as `state`, where it returned a `flowId` too; otherwise the callback brings it. */
  readonly state?: string | undefined
  /** Whose session the browser is in, where it is known: a flow of somebody else is `state_mismatch`. */
  readonly expect?: { readonly tenantId: string; readonly userId?: string | undefined } | undefined
}

/** What `connect` takes: whose connection it will be, and the credentials that the user copied. */
export type ConnectInput<P extends ProviderDefinition> = {
  readonly tenantId: string
  readonly userId?: string | undefined
  readonly connectionId?: string | undefined
  /** What the user copied from the provider, by the definition's names (freshdesk: `{ apiKey }`). */
  readonly credentials: ConnectCredentials<P>
} & AuthorizeParams<P>

/** What a successful connect has done. */
export interface ConnectResult {
  readonly connection: Connection
  readonly sync: SyncOutcome
}

/** How an account is connected without a browser: `api-key`. */
export interface KeyClient<P extends ProviderDefinition> {
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
