import type { ClientContext } from '../context.ts'
import { isOAuthError } from '../errors/oauth-error.ts'
import type { Params } from '../provider/params.ts'
import {
  type ConnectionBase,
  contested,
  mostSaves,
  toConnection,
  tokensOf,
  withTokens,
} from '../tokens/connection-record.ts'
import type { Connection, ConnectionKey, ConnectionTokens, StoredConnection } from '../types.ts'

/** What one connect has learnt. */
export interface Connected {
  readonly key: ConnectionKey
  readonly userId: string | undefined
  readonly tokens: ConnectionTokens
  readonly params: Params
  readonly choices: Connection['choices']
  readonly account: Connection['account']
}

/**
 * Upserts the connection by (provider, tenantId, connectionId), after `beforeConnect` has had its say (DESIGN §3 steps
 * 8 and 9). Two connects at once both count, the later write stands.
 */
export async function persistConnection(
  context: ClientContext,
  connected: Connected,
): Promise<{ readonly connection: Connection; readonly reconnected: boolean }> {
  for (let attempt = 1; ; attempt++) {
    const previous = await context.store.load(connected.key)
    const record = connectedRecord(context, connected, previous)
    const connection = toConnection(record)
    if (attempt === 1) await askBeforeConnect(context, connection, previous)
    if (await context.store.save(record, { expectedVersion: previous?.version ?? null }))
      return { connection, reconnected: previous !== undefined }
    if (attempt >= mostSaves) throw contested(context)
  }
}

function connectedRecord(
  context: ClientContext,
  { key, userId, tokens, params, choices, account }: Connected,
  previous: StoredConnection | undefined,
): StoredConnection {
  const now = new Date(context.clock())
  const base: ConnectionBase = {
    ...key,
    ...(userId !== undefined && { userId }),
    status: 'active',
    ...(account && { account }),
    params,
    ...(choices && { choices }),
    createdAt: previous?.createdAt ?? now,
    connectedAt: now,
    version: previous?.version ?? 0,
  }
  return withTokens(context, base, keepRefreshToken(context, tokens, account, previous))
}

/**
 * Google gives a refresh token with the first consent only. The stored one stays good for the same account; for
 * another, or one nobody knows, it would quietly turn this connection into that account's at the next refresh.
 */
function keepRefreshToken(
  context: ClientContext,
  tokens: ConnectionTokens,
  account: Connection['account'],
  previous: StoredConnection | undefined,
): ConnectionTokens {
  const sameAccount = account !== undefined && previous?.account?.id === account.id
  if (tokens.refreshToken !== undefined || !previous || !sameAccount || !context.provider.refresh)
    return tokens
  try {
    const { refreshToken, refreshTokenExpiresAt } = tokensOf(context, previous)
    if (refreshToken === undefined) return tokens
    return { ...tokens, refreshToken, ...(refreshTokenExpiresAt && { refreshTokenExpiresAt }) }
  } catch (error) {
    // Sealed by a secret that is gone: connecting again is how such a record is mended.
    if (isOAuthError(error)) return tokens
    throw error
  }
}

async function askBeforeConnect(
  context: ClientContext,
  connection: Connection,
  previous: StoredConnection | undefined,
): Promise<void> {
  const { beforeConnect } = context.hooks
  if (!beforeConnect) return
  try {
    await beforeConnect({ connection, ...(previous && { previous: toConnection(previous) }) })
  } catch (cause) {
    throw context.fail({ code: 'connect_refused', detail: 'the application refused this connection', cause })
  }
}
