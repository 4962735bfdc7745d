import type { HttpHandler } from 'msw'
import type { ProviderDefinition } from '../provider/definition.ts'
import type { Fault } from './faults.ts'
import type { Account, Choice } from './grants.ts'
import type { Endpoint } from './routes.ts'

/** The one client that is registered with the simulated provider, and how the provider behaves. */
export interface MockProviderOptions {
  readonly clientId: string
  readonly clientSecret: string
  /** Registered redirect URIs; compared exactly (RFC 9700 §2.1). */
  readonly redirectUri: string | readonly string[]
  /** ms since 1970; drives every lifetime. Default `Date.now`. */
  readonly clock?: () => number
  /**
   * s an access token lives; default what the definition says, else 3600 with OAuth 2.0 and no end elsewhere. `false`:
   * tokens without an end.
   */
  readonly expiresIn?: number | false
  /** `false`: none are issued, as an app without token rotation sees it. Default: as the definition says. */
  readonly refreshTokens?: boolean
  /** s a refresh token lives without use; default the definition's, else without end. */
  readonly refreshTokenLifetime?: number
  /** Whether each refresh gives a new refresh token; default as the definition says. */
  readonly rotate?: boolean
  /** s a code lives (or a request token, a public token); default the definition's, else 60 (600, 1800). */
  readonly codeLifetime?: number
  /** Who approves; `approve` can name somebody else. */
  readonly account?: Account
  /**
   * Values of the definition's params. Trusted ones choose the deployment that is simulated (gitlab `host`; default the
   * definition's own). Captured ones are what it reports (quickbooks `realmId`; default the param's example).
   * Throws `params_invalid` for a value that does not match its pattern.
   */
  readonly params?: Readonly<Record<string, string>>
}

/** The options of `mockProvider`: no client is registered where users copy a key. */
export type MockOptionsOf<P extends ProviderDefinition> = P extends { readonly protocol: 'api-key' }
  ? Partial<MockProviderOptions>
  : MockProviderOptions

/** What the user decides on the consent page. */
export interface ApproveOptions {
  /** What the user grants; default all that was asked for. */
  readonly scopes?: readonly string[]
  /** Default: the simulator's. */
  readonly account?: Account
  /** What is reported of this account, over the simulator's own. */
  readonly params?: Readonly<Record<string, string>>
  /**
   * The sites this account reaches, by the param that the definition chooses among them (jira `cloudId`); default one,
   * the param's example.
   */
  readonly choices?: Readonly<Record<string, readonly Choice[]>>
}

/** One request as it arrived. */
export interface RecordedRequest {
  readonly endpoint: Endpoint
  readonly method: string
  /** At the provider's real host. */
  readonly url: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** The parameters of a form or JSON body. */
  readonly body: Readonly<Record<string, unknown>>
  /** What was answered; 0 where the connection was broken, absent while the answer is under way. */
  readonly status?: number
}

/** A simulator that serves real HTTP. */
export interface ListeningProvider<P extends ProviderDefinition> {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string
  /** The definition with every URL at this server. Give it to `createOAuthClient`. */
  readonly definition: P
  /** Ends the server and its connections. */
  close(): Promise<void>
}

/** An authorization server and a small API, made from a definition. */
export interface MockProvider<P extends ProviderDefinition = ProviderDefinition> {
  readonly definition: P
  /** Handlers for MSW 2 on the provider's real hosts: `setupServer(...mock.handlers)`. Needs `msw` installed. */
  readonly handlers: HttpHandler[]
  /** Serves the same over real HTTP on 127.0.0.1, with a consent page for browsers. `port` defaults to a free one. */
  listen(options?: { readonly port?: number }): Promise<ListeningProvider<P>>
  /**
   * Plays the user who approves, and returns the callback URL (with `form_post`, the same parameters in its query).
   * A request that the provider would send back gives a callback with `error`; one that it shows on a page of its own
   * (unknown client, unregistered redirect URI) rejects.
   */
  approve(url: string, options?: ApproveOptions): Promise<string>
  /** Plays the user who refuses. */
  deny(url: string): Promise<string>
  /** Plays the user who copies a key, which the API then takes. Throws where the protocol is not `api-key`. */
  issueKey(options?: Pick<ApproveOptions, 'account' | 'params'>): string
  /**
   * Spoils the next answers (`times`, default 1) of one endpoint (`on`, default any but the consent page). Throws for an
   * answer that the definition does not know (`refresh-transient` without `refresh.transient`).
   */
  fault(fault: Fault): void
  /** Takes back the faults that have not happened yet. */
  clearFaults(): void
  /** The user removes the app at the provider: every grant and all its tokens end. */
  revokeGrants(): void
  /**
   * Every grant waits for its user, who must go through the provider's page again: the API says so, a refresh is
   * dead.
   */
  requireReconnect(): void
  /** Every code issued so far ends now. */
  expireCodes(): void
  /** Every access token issued so far ends now; refresh tokens live on. */
  expireAccessTokens(): void
  /** What arrived, in order. */
  readonly requests: readonly RecordedRequest[]
}
