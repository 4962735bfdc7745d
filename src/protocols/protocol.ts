import type { AuthorizeResult } from '../client-types.ts'
import type { ClientContext } from '../context.ts'
import type { OAuthError } from '../errors/oauth-error.ts'
import type { ProviderDefinition } from '../provider/definition.ts'
import type { Params } from '../provider/params.ts'
import type { ConnectionTokens } from '../types.ts'
import type { Flow, FlowDraft } from './flow.ts'

/** What a provider has granted, before anything about it is learnt or stored. */
export interface Granted {
  readonly tokens: ConnectionTokens
  /** The answer with the tokens, for captures and identity. Never kept. */
  readonly body: unknown
  /** The answer of the identity request, where it was asked already. */
  readonly identity?: unknown
  /** What must not come back in any words. */
  readonly secrets: readonly (string | undefined)[]
  /** A connection was mended rather than made: what was learnt when it was made still holds. */
  readonly mended?: true
}

/** A callback that has been judged. Nothing has been sent anywhere by then. */
export interface Judged {
  /** The user or the provider said no. */
  readonly denial?: OAuthError | undefined
  /** What the flow knows by now, captures of the callback included. */
  readonly params: Params
}

/** How one protocol takes a user to the provider and back (DESIGN §3). */
export interface FlowProtocol<P extends ProviderDefinition> {
  /** `existing`: the tokens that this connection has already, for a protocol that can mend them. */
  begin(
    context: ClientContext<P>,
    flow: FlowDraft,
    existing: () => Promise<ConnectionTokens | undefined>,
  ): Promise<AuthorizeResult>
  /** Steps 2 and 4, before the nonce is claimed. */
  judge(context: ClientContext<P>, query: URLSearchParams, flow: Flow): Promise<Judged>
  /** Steps 5 and 6. */
  exchange(
    context: ClientContext<P>,
    query: URLSearchParams,
    flow: Flow,
    params: Params,
    existing: () => Promise<ConnectionTokens | undefined>,
  ): Promise<Granted>
}
