import type { ClientContext } from '../context.ts'
import { isOAuthError } from '../errors/oauth-error.ts'
import type { Mutable } from '../mutable.ts'
import type { Params } from '../provider/params.ts'
import { encodeConnectionKey } from '../stores/connection-key.ts'
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
  let attempted: StoredConnection | undefined
  let reconnected = false
  for (let attempt = 1; ; attempt++) {
    const previous = await context.store.load(connected.key)
    // A write whose answer was lost had worked.
    if (attempted && previous?.sealed === attempted.sealed) return stored(attempted)
    attempted = connectedRecord(context, connected, previous)
    reconnected = previous !== undefined
    if (attempt === 1) await askBeforeConnect(context, toConnection(attempted), previous)
    try {
      if (await context.store.save(attempted, { expectedVersion: previous?.version ?? null }))
        return stored(attempted)
    } catch (error) {
      // The code is spent: a store that stumbles once must not cost the user another consent.
      if (!isOAuthError(error) || error.code !== 'store_failed' || attempt > 1) throw error
    }
    if (attempt >= mostSaves) throw contested(context)
  }

  function stored(record: StoredConnection) {
    // What an outage had left in this process belongs to the grant before.
    context.unsaved.drop(encodeConnectionKey(record))
    return { connection: toConnection(record), reconnected }
  }
}

function connectedRecord(
  context: ClientContext,
  { key, userId, tokens, params, choices, account }: Connected,
  previous: StoredConnection | undefined,
): StoredConnection {
  const now = new Date(context.clock())
  const base: Mutable<ConnectionBase> = {
    provider: key.provider,
    tenantId: key.tenantId,
    connectionId: key.connectionId,
    status: 'active',
    params,
    createdAt: previous?.createdAt ?? now,
    connectedAt: now,
    version: previous?.version ?? 0,
  }
  if (userId !== undefined) base.userId = userId
  if (account) base.account = account
  if (choices) base.choices = choices
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
