import type { ClientContext } from '../context.ts'
import { isOAuthError, type OAuthError } from '../errors/oauth-error.ts'
import type { Mutable } from '../mutable.ts'
import type { Connection, ConnectionTokens, StoredConnection } from '../types.ts'
import { isSealedByNewest, sealAnew, sealTokens } from './sealed-tokens.ts'

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
  return context.opened.tokensOf(record, record.sealed)
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
  const record: Mutable<StoredConnection> = {
    provider: base.provider,
    tenantId: base.tenantId,
    connectionId: base.connectionId,
    status: base.status,
    scopes: tokens.scopes,
    tokenType: tokens.tokenType,
    params: base.params,
    createdAt: base.createdAt,
    connectedAt: base.connectedAt,
    updatedAt: now,
    refreshedAt: now,
    version: base.version + 1,
    sealed: sealTokens(context.keyring, base, tokens, context.clientMark),
  }
  if (base.userId !== undefined) record.userId = base.userId
  if (base.account) record.account = base.account
  if (base.choices) record.choices = base.choices
  const more = Object.values(tokens.additional ?? {})
  const scopes = new Set(tokens.scopes)
  for (const chain of more) for (const scope of chain.scopes) scopes.add(scope)
  record.scopes = [...scopes]
  for (const { expiresAt, refreshTokenExpiresAt } of [tokens, ...more]) {
    if (isEarlier(expiresAt, record.expiresAt)) record.expiresAt = expiresAt
    if (isEarlier(refreshTokenExpiresAt, record.refreshTokenExpiresAt))
      record.refreshTokenExpiresAt = refreshTokenExpiresAt
  }
  return record
}

function isEarlier(date: Date | undefined, than: Date | undefined): date is Date {
  return date !== undefined && (than === undefined || date < than)
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
