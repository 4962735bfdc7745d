import type { ProviderDefinition } from '../../src/provider/definition.ts'
import type { Connection, ConnectionTokens } from '../../src/types.ts'

/** One request as the provider's documentation wants it. `undefined` in `headers`: must not be sent. */
export interface DocumentedRequest {
  /** Method and URL without the query. */
  readonly endpoint: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string | undefined>>
  /** The whole body: form fields, or a JSON value. Absent: no body. */
  readonly body?: unknown
}

/** A request with the name of the documented response that answers it. */
export interface AnsweredRequest extends DocumentedRequest {
  readonly answer: string
}

/**
 * What one provider's documentation says about every step of DESIGN §3, in literals. Nothing here is computed from the
 * definition, so that a mistake in the definition shows. The client is `client-id` with `client-secret`, and the clock
 * stands at 2026-11-21T12:00:00Z.
 */
export interface FlowRow {
  readonly definition: ProviderDefinition
  readonly redirectUri: string
  /** Given to `authorize`. */
  readonly params?: Readonly<Record<string, string>>
  readonly authorization: {
    readonly url: string
    /** All of it but `state` and, with PKCE, `code_challenge`. */
    readonly query: Readonly<Record<string, string>>
    readonly pkce: boolean
  }
  /** What the browser comes back with, besides `state`. */
  readonly callback: Readonly<Record<string, string>>
  /** The redirect is signed with the client secret (shopify). */
  readonly signed?: true
  /** `code_verifier` comes on top where there is PKCE. Answered by token.json. */
  readonly exchange: DocumentedRequest
  /** Requests after the exchange, in this order. */
  readonly learning: readonly AnsweredRequest[]
  readonly tokens: ConnectionTokens
  readonly connection: Pick<
    Connection,
    'scopes' | 'tokenType' | 'expiresAt' | 'refreshTokenExpiresAt' | 'account' | 'params' | 'choices'
  >
  /** The message after error.json. */
  readonly error: string
  /** The message after denied.json. */
  readonly denied: string
  /** Absent: the provider has no refresh tokens. */
  readonly refresh?: {
    /** The token response it begins from, where token.json brings no refresh token. */
    readonly from?: string
    /** `end`: the token ends, and it is the next day. `rejected`: it never ends; an API has refused it. */
    readonly because: 'end' | 'rejected'
    readonly accessToken: string
    readonly requests: readonly AnsweredRequest[]
    readonly tokens: ConnectionTokens
  }
  /** The message after refresh-error.json. */
  readonly refreshError?: string
  /** Empty: the provider has no way. */
  readonly revocation: readonly AnsweredRequest[]
  readonly api: {
    readonly path: string
    readonly request: DocumentedRequest
    /** The credential header after a refresh, where there is one. */
    readonly renewed?: Readonly<Record<string, string>>
  }
}
