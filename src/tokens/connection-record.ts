import type { ClientContext } from '../context.ts'
import { isOAuthError, type OAuthError } from '../errors/oauth-error.ts'
import type { Connection, ConnectionTokens, StoredConnection, TokenChain } from '../types.ts'
import { clientOf, isSealedByNewest, openTokens, sealAnew, sealTokens } from './sealed-tokens.ts'

/** A connection without what follows from its tokens. */
export type ConnectionBase = Pick<
  Connection,
  | 'provider'
  | 'tenantId'
  | 'connectionId'
  | 'userId'
  | 'status'
  | 'account'
  | 'params'
  | 'choices'
  | 'createdAt'
  | 'connectedAt'
  | 'version'
>

/** A record's tokens. Throws `record_unreadable`. */
export function tokensOf(context: ClientContext, record: StoredConnection): ConnectionTokens {
  return openTokens(context.keyring, record, record.sealed)
}

/**
 * Whether the provider gave the tokens to another client id than this client's: to it they are nobody's, and a refresh
 * would be answered as if the grant were over (RFC 6749 §5.2, "issued to another client").
 */
export function isOfAnotherClient(context: ClientContext, record: StoredConnection): boolean {
  try {
    const client = clientOf(context.keyring, record, record.sealed)
    return client !== undefined && client !== context.clientMark
  } catch (error) {
    // Whoever goes on with it is told.
    if (isOAuthError(error)) return false
    throw error
  }
}

/** The sealed part under the newest secret, for any write of a record; as it is where it cannot be opened. */
export function newestSeal(context: ClientContext, record: StoredConnection): string {
  if (isSealedByNewest(context.keyring, record.sealed)) return record.sealed
  try {
    return sealAnew(context.keyring, record, record.sealed)
  } catch (error) {
    if (isOAuthError(error)) return record.sealed
    throw error
  }
}

/** The record with these tokens, one version on: what follows from them is kept in clear beside them. */
export function withTokens(
  context: ClientContext,
  base: ConnectionBase,
  tokens: ConnectionTokens,
): StoredConnection {
  const now = new Date(context.clock())
  const chains = [tokens, ...Object.values(tokens.additional ?? {})]
  const expiresAt = earliest(chains, 'expiresAt')
  const refreshTokenExpiresAt = earliest(chains, 'refreshTokenExpiresAt')
  return {
    provider: base.provider,
    tenantId: base.tenantId,
    connectionId: base.connectionId,
    ...(base.userId !== undefined && { userId: base.userId }),
    status: base.status,
    scopes: [...new Set(chains.flatMap((chain) => chain.scopes))],
    tokenType: tokens.tokenType,
    ...(expiresAt && { expiresAt }),
    ...(refreshTokenExpiresAt && { refreshTokenExpiresAt }),
    ...(base.account && { account: base.account }),
    params: base.params,
    ...(base.choices && { choices: base.choices }),
    createdAt: base.createdAt,
    connectedAt: base.connectedAt,
    updatedAt: now,
    refreshedAt: now,
    version: base.version + 1,
    sealed: sealTokens(context.keyring, base, tokens, context.clientMark),
  }
}

function earliest(
  chains: readonly TokenChain[],
  end: 'expiresAt' | 'refreshTokenExpiresAt',
): Date | undefined {
  return chains
    .map((chain) => chain[end])
    .filter((date) => date !== undefined)
    .sort((a, b) => a.getTime() - b.getTime())[0]
}

/** What leaves the library: the record without its sealed part. */
export function toConnection(record: StoredConnection): Connection {
  const { sealed: _sealed, ...connection } = record
  return connection
}

/** How often a change is tried against records that others keep changing. */
export const mostSaves = 5

/** Others were first each time. */
export function contested(context: ClientContext): OAuthError {
  return context.fail({
    code: 'store_failed',
    detail: 'the connection was changed by others each time it was to be saved',
    retryable: true,
  })
}
