import type { Dispatcher } from 'undici'
import type { OAuthError } from './errors/oauth-error.ts'
import type { AuthorizeParams, ConnectCredentials, ProviderDefinition } from './provider/definition.ts'

/** Which connection: one tenant's grant at one provider. `connectionId` defaults to `'default'`. */
export interface ConnectionRef {
  readonly tenantId: string
  readonly connectionId?: string | undefined
}

/** `active`, or the provider has ended the grant and the user must connect again. */
export type ConnectionStatus = 'active' | 'reconnect_required'

/** One of several things a grant reaches (a site, an organisation), for the user to choose from. */
export interface Choice {
  /** The value of the param. */
  readonly id: string
  readonly name?: string
}

/** One persisted grant, without its secrets. */
export interface Connection {
  readonly provider: string
  readonly tenantId: string
  readonly connectionId: string
  readonly userId?: string
  readonly status: ConnectionStatus
  /** What the provider granted, which can be less or more than was asked for. */
  readonly scopes: readonly string[]
  readonly tokenType: string
  /** When the access token ends; absent: no known end. With several tokens, the first to end. */
  readonly expiresAt?: Date
  readonly refreshTokenExpiresAt?: Date
  /** The account at the provider. */
  readonly account?: { readonly id: string; readonly name?: string }
  readonly params: Readonly<Record<string, string>>
  /** What each chosen param can be (jira: the sites of the grant by `cloudId`). See `client.choose`. */
  readonly choices?: Readonly<Record<string, readonly Choice[]>>
  readonly createdAt: Date
  /** The latest connect. */
  readonly connectedAt: Date
  readonly updatedAt: Date
  /** When the tokens were last obtained: by connect or by refresh. */
  readonly refreshedAt: Date
  /** Raised by one on every write. */
  readonly version: number
}

/** A connection as a store holds it: in clear but for `sealed`, the tokens under AES-256-GCM. */
export interface StoredConnection extends Connection {
  /** `<key id>.<base64url>`; opens only under its own provider, tenant and connection. */
  readonly sealed: string
}

export interface ConnectionKey {
  readonly provider: string
  readonly tenantId: string
  readonly connectionId: string
}

/** What `list` selects by. Dates are exclusive upper bounds. */
export interface ConnectionFilter {
  readonly provider?: string | undefined
  readonly tenantId?: string | undefined
  readonly status?: ConnectionStatus | undefined
  readonly expiresBefore?: Date | undefined
  readonly refreshedBefore?: Date | undefined
}

/**
 * Where connections live. Write one for your own table in four methods.
 * A method that cannot do its work throws; it never answers "not there" for "not reached".
 */
export interface TokenStore {
  load(key: ConnectionKey): Promise<StoredConnection | undefined>
  /** Compare-and-set on `version`; `null` means "must not exist". `false`: somebody else got there first. */
  save(record: StoredConnection, options: { readonly expectedVersion: number | null }): Promise<boolean>
  /** `true` when a record was removed. */
  remove(key: ConnectionKey, options?: { readonly expectedVersion?: number }): Promise<boolean>
  list(filter: ConnectionFilter): AsyncIterable<StoredConnection>
  readonly coordinator?: Coordinator
  /** Releases what the store opened itself. Called by `client.close()` only for a store the client made. */
  close?(): Promise<void>
}

/** What must be atomic across processes. */
export interface Coordinator {
  /** `true` for exactly one caller of one key within `ttlMs`. */
  claim(key: string, ttlMs: number): Promise<boolean>
  /** Runs `run` while no other holder of `key` runs; a dead holder frees it after `ttlMs`. */
  withLease<T>(key: string, ttlMs: number, run: () => Promise<T>): Promise<T>
}

/** The shape of a Keyv instance that latchkey needs; any Keyv 5 fits. */
export interface KeyvLike {
  get(key: string): Promise<unknown>
  set(key: string, value: unknown, ttl?: number): Promise<boolean>
  delete(key: string): Promise<boolean>
  readonly opts: object
}

/** One token with its own refresh chain. */
export interface TokenChain {
  readonly accessToken: string
  readonly refreshToken?: string
  readonly expiresAt?: Date
  readonly refreshTokenExpiresAt?: Date
  readonly scopes: readonly string[]
  readonly tokenType: string
  /** OAuth 1.0a: what requests are signed with besides the client's own secret (RFC 5849 §3.4.2). */
  readonly tokenSecret?: string
}

/** The tokens of a connection. `additional` holds further tokens of the same consent by name (slack `user`). */
export interface ConnectionTokens extends TokenChain {
  /** The name under which the only token came, where it is an additional one (slack with user scopes alone). */
  readonly standsFor?: string
  readonly additional?: Readonly<Record<string, TokenChain>>
}

/** What the sync hook is given. `idempotencyKey` is the same for one connect, another after a reconnect. */
export interface HistoricalSyncJob {
  readonly provider: string
  readonly tenantId: string
  readonly userId?: string
  readonly connectionId: string
  readonly from: Date
  readonly to: Date
  readonly months: number
  readonly idempotencyKey: string
}

export type SyncOutcome =
  | { readonly status: 'started'; readonly jobId?: string }
  | { readonly status: 'failed'; readonly error: OAuthError }
  | { readonly status: 'skipped' }

/** How the backfill begins after a connect. */
export interface SyncOptions {
  /** Calendar months to look back; default 3. */
  readonly months?: number | undefined
  /** Hand the job to your queue; return its id. Must settle within `timeout`. */
  // biome-ignore lint/suspicious/noConfusingVoidType: a function without a return is typed so
  start(job: HistoricalSyncJob): Promise<string | void> | string | void
}

export interface Warning {
  readonly code: 'provider_ending' | 'revokes_siblings'
  /** The provider's id. */
  readonly provider: string
  readonly message: string
  /** With `provider_ending`: the definition's `lifecycle`. */
  readonly lifecycle?: NonNullable<ProviderDefinition['lifecycle']>
  /** With `revokes_siblings`: the connections that end too. */
  readonly connections?: readonly Connection[]
}

export interface Hooks {
  /** May refuse: what it throws becomes `connect_refused`, and nothing is stored. */
  beforeConnect?(event: { readonly connection: Connection; readonly previous?: Connection }): unknown
  onConnected?(event: { readonly connection: Connection; readonly reconnected: boolean }): unknown
  onRefreshed?(event: { readonly connection: Connection }): unknown
  onReconnectRequired?(event: { readonly connection: Connection; readonly error: OAuthError }): unknown
  onDisconnected?(event: { readonly connection: Connection; readonly revoked: boolean }): unknown
  /** Failures that did not reach a caller: a sync that did not start, a hook that threw, an unsaved token. */
  onError?(event: { readonly error: OAuthError; readonly connection?: Connection }): unknown
  /**
   * What works today and needs somebody's attention: an integration that is coming to its end, a revocation that takes
   * other connections with it. Without this hook each is said once a process by `process.emitWarning`.
   */
  onWarning?(event: Warning): unknown
}

export interface OAuthClientOptions {
  /** Default: `<ID>_CLIENT_ID` from the environment. */
  readonly clientId?: string | undefined
  /** Default: `<ID>_CLIENT_SECRET`. A function is asked once a request, so that a secret can rotate. */
  readonly clientSecret?: string | (() => string | Promise<string>) | undefined
  /** Default: `${LATCHKEY_BASE_URL}/oauth/<id>/callback`. */
  readonly redirectUri?: string | undefined
  /** Seals state and encrypts tokens. At least 32 bytes. The first seals, all open. Default: `LATCHKEY_SECRET`. */
  readonly secret?: string | readonly string[] | undefined
  /** Default: `fileStore(LATCHKEY_STORE ?? '.latchkey')`. */
  readonly store?: TokenStore | KeyvLike | undefined
  /** Default: the store's own, else in-process. */
  readonly coordinator?: Coordinator | undefined
  /** Default: the definition's. */
  readonly scopes?: readonly string[] | undefined
  /** Trusted values, fixed for this client: a self-managed host, an environment. */
  readonly params?: Readonly<Record<string, string>> | undefined
  readonly sync?: false | SyncOptions | undefined
  readonly hooks?: Hooks | undefined
  /** ms before its end at which a token counts as expired; default: the smaller of 5 min and a tenth of its life. */
  readonly refreshSkew?: number | undefined
  /** ms for one request to the provider; default 15 000. */
  readonly timeout?: number | undefined
  /** An undici dispatcher (proxy, mock agent). `fetch` wins where both are given. */
  readonly dispatcher?: Dispatcher | undefined
  /** Your own transport. */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** ms since 1970; for tests. */
  readonly clock?: (() => number) | undefined
}

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

/** What every client can do with a connection, however it was made. */
interface ConnectionClient<P extends ProviderDefinition> {
  readonly provider: P
  /** The redirect URI in force; empty where the protocol has none (`api-key`). */
  readonly redirectUri: string
  /**
   * A token that lives, refreshed where needed. `rejected`: the token an API just refused.
   * `token`: the name of an additional token (slack `user`).
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
   * Calls the provider's API with the connection's credential. Refuses origins outside the definition's hosts.
   * `token`: the name of an additional token (slack `user`).
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
  /** Closes what the client opened itself. */
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
