import type { OAuthError } from './errors/oauth-error.ts'
import type { ProviderDefinition } from './provider/definition.ts'

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

/** What a store keeps a connection by. Each id is 1 to 255 characters without control characters. */
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
  /** The record, or `undefined` where there is none. */
  load(key: ConnectionKey): Promise<StoredConnection | undefined>
  /** Compare-and-set on `version`; `null` means "must not exist". `false`: somebody else got there first. */
  save(record: StoredConnection, options: { readonly expectedVersion: number | null }): Promise<boolean>
  /** `true` when a record was removed. */
  remove(key: ConnectionKey, options?: { readonly expectedVersion?: number }): Promise<boolean>
  /** Every record that fits, in any order, none twice. */
  list(filter: ConnectionFilter): AsyncIterable<StoredConnection>
  /** Where the backend can be atomic across processes; without it, latchkey coordinates this process only. */
  readonly coordinator?: Coordinator
  /** Where `latchkey/sync` keeps its checkpoints, beside the connections. */
  readonly syncs?: SyncStore
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

/** Where a run of a historical sync stands. */
export type SyncStatus = 'pending' | 'running' | 'paused' | 'completed' | 'failed' | 'cancelled'

/** What `latchkey/sync` keeps: one document a connection, and a few of its own without `status`. No secret is in it. */
export interface SyncDocument {
  /** 1 to 100 of `A-Za-z0-9_-`. */
  readonly id: string
  /** Raised by one on every write. */
  readonly version: number
  readonly provider?: string
  readonly tenantId?: string
  readonly status?: SyncStatus
  /** ms since 1970 from which on a worker should take it up; absent: not by itself. */
  readonly dueAt?: number
  /** JSON. */
  readonly data: string
}

/** What `list` selects by; `dueBefore` is ms since 1970, exclusive. */
export interface SyncFilter {
  readonly provider?: string | undefined
  readonly tenantId?: string | undefined
  readonly status?: SyncStatus | undefined
  readonly dueBefore?: number | undefined
}

/**
 * Where a historical sync keeps windows and checkpoints. Every store of latchkey has one; write your own in four methods.
 * A method that cannot do its work throws; it never answers "not there" for "not reached".
 */
export interface SyncStore {
  /** The document, or `undefined` where there is none. */
  load(id: string): Promise<SyncDocument | undefined>
  /** Compare-and-set on `version`; `null` means "must not exist". `false`: somebody else got there first. */
  save(document: SyncDocument, options: { readonly expectedVersion: number | null }): Promise<boolean>
  /** `true` when a document was removed. */
  remove(id: string, options?: { readonly expectedVersion?: number }): Promise<boolean>
  /**
   * Documents that have a `status`, in any order, none twice; with `dueBefore` those that are due earliest come
   * first.
   */
  list(filter: SyncFilter): AsyncIterable<SyncDocument>
}

/** The shape of a Keyv instance that latchkey needs; any Keyv 5 fits. */
export interface KeyvLike {
  /** As Keyv has it. */
  get(key: string): Promise<unknown>
  /** As Keyv has it; `ttl` in ms. */
  set(key: string, value: unknown, ttl?: number): Promise<boolean>
  /** As Keyv has it. */
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
  /** Stands for the account and site behind the connection: what was synced of another one does not count. */
  readonly source?: string
}

/** How the backfill of a connect began. A failure does not touch the connection, and is told to `onError` too. */
export type SyncOutcome =
  | { readonly status: 'started'; readonly jobId?: string }
  | { readonly status: 'failed'; readonly error: OAuthError }
  | { readonly status: 'skipped'; readonly jobId?: string; readonly reason?: string }

/** How the backfill begins after a connect. */
export interface SyncOptions {
  /** Calendar months to look back; default 3. */
  readonly months?: number | undefined
  /** Hand the job to your queue; return its id. Must settle within `timeout`. */
  // biome-ignore lint/suspicious/noConfusingVoidType: a function without a return is typed so
  start(job: HistoricalSyncJob): Promise<StartedSync | string | void> | StartedSync | string | void
}

/** What `sync.start` may answer besides a job's id; the engine of `latchkey/sync` does. */
export interface StartedSync {
  readonly id: string
  /** Why there was nothing to start. */
  readonly nothingToDo?: string
}

/** What `onWarning` is told. */
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

/**
 * Functions of the application that are told what happens. What they throw goes to `onError` (`hook_failed`) and
 * changes nothing, but for `beforeConnect`.
 */
export interface Hooks {
  /** May refuse: what it throws becomes `connect_refused`, and nothing is stored. */
  beforeConnect?(event: { readonly connection: Connection; readonly previous?: Connection }): unknown
  /** A connection is stored; `reconnected`: there was one before. */
  onConnected?(event: { readonly connection: Connection; readonly reconnected: boolean }): unknown
  /** New tokens are stored. */
  onRefreshed?(event: { readonly connection: Connection }): unknown
  /** The grant has ended and the user must connect again. Told once, by the process that finds out. */
  onReconnectRequired?(event: { readonly connection: Connection; readonly error: OAuthError }): unknown
  /** The record is removed; `revoked`: the provider has ended the grant too. */
  onDisconnected?(event: { readonly connection: Connection; readonly revoked: boolean }): unknown
  /** Failures that did not reach a caller: a sync that did not start, a hook that threw, an unsaved token. */
  onError?(event: { readonly error: OAuthError; readonly connection?: Connection }): unknown
  /**
   * What works today and needs somebody's attention: an integration that is coming to its end, a revocation that takes
   * other connections with it. Without this hook each is said once a process and provider by `process.emitWarning`.
   */
  onWarning?(event: Warning): unknown
}

/**
 * How an integration is configured. What is not given comes from the environment; what is missing is named in one
 * `config_invalid`.
 */
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
  /** What begins after every connect; default nothing. The engine of `latchkey/sync` fits as it is. */
  readonly sync?: false | SyncOptions | undefined
  /** Functions of the application that are told what happens. */
  readonly hooks?: Hooks | undefined
  /** ms before its end at which a token counts as expired; default: the smaller of 5 min and a tenth of its life. */
  readonly refreshSkew?: number | undefined
  /** ms for one request to the provider; default 15 000. */
  readonly timeout?: number | undefined
  /** A dispatcher of undici 6, 7 or 8 (proxy, mock agent). `fetch` wins where both are given. */
  readonly dispatcher?:
    | {
        /** Sends one request and calls the handler (undici.nodejs.org, "Dispatcher"). */
        dispatch(options: object, handler: object): boolean
      }
    | undefined
  /** Your own transport. */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** ms since 1970; for tests. */
  readonly clock?: (() => number) | undefined
}
