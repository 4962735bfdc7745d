import type { DisconnectResult } from '../client-types.ts'
import { type ClientContext, inContext, templateParams } from '../context.ts'
import { isOAuthError, type OAuthError } from '../errors/oauth-error.ts'
import { runHook } from '../hooks.ts'
import { encodeConnectionKey } from '../stores/connection-key.ts'
import { toConnection } from '../tokens/connection-record.ts'
import { findRecord, open } from '../tokens/held.ts'
import type { Lease } from '../tokens/refresh-lease.ts'
import { revokeTokens } from '../tokens/revoke.ts'
import type { TokenKeeper } from '../tokens/token-keeper.ts'
import type { ConnectionKey, StoredConnection } from '../types.ts'
import { warn } from '../warnings.ts'
import { siblingsOf } from './siblings.ts'

/** In the lease of refreshes, so that none can bring back what is being taken away. */
export function disconnect(
  context: ClientContext,
  keeper: TokenKeeper,
  key: ConnectionKey,
  { revoke = true }: { readonly revoke?: boolean | undefined } = {},
): Promise<DisconnectResult> {
  const id = encodeConnectionKey(key)
  return keeper.exclusively(id, async (lease) => {
    const record = await findOrRemoveDamaged(context, key)
    if (!record) return { revoked: false }
    if (isOAuthError(record)) return { revoked: false, error: record }
    const result: DisconnectResult = revoke ? await end(context, keeper, lease, record) : { revoked: false }
    await context.store.remove(key)
    context.unsaved.drop(id)
    context.opened.forget(key)
    const connection = toConnection(record)
    const { revoked } = result
    await runHook(
      context,
      'onDisconnected',
      () => context.hooks.onDisconnected?.({ connection, revoked }),
      connection,
    )
    return result
  })
}

/** A record whose tokens cannot be opened is removed all the same; that it was not revoked is told. */
async function end(
  context: ClientContext,
  keeper: TokenKeeper,
  lease: Lease,
  record: StoredConnection,
): Promise<DisconnectResult> {
  const { provider } = context
  if (!provider.revocation) return { revoked: false }
  const siblings = await siblingsOf(context, record)
  if (siblings.length > 0)
    await warn(context, {
      code: 'revokes_siblings',
      message: `Revoking this ${provider.name} connection also ends ${siblings.map((each) => `${each.provider} (connection "${each.connectionId}")`).join(', ')}: they share one grant. Pass { revoke: false } to keep it.`,
      connections: siblings,
    })
  try {
    // Where the access token is what revokes, one that has ended would leave the refresh token alive (dropbox).
    const { authentication, lookup } = provider.revocation
    const held = open(context, record)
    // An imported connection may have none yet.
    const hasToken = held.tokens.accessToken !== ''
    const usesToken = authentication === 'access_token' || lookup !== undefined || !hasToken
    const current = usesToken ? await keeper.renewHeld(record, lease) : held
    const result = await revokeTokens(context, current.tokens, templateParams(context, current.record))
    return result.revoked && siblings.length > 0 ? { ...result, alsoEnded: siblings } : result
  } catch (error) {
    const known = inContext(context, error)
    if (!isOAuthError(known)) throw known
    return { revoked: false, error: known }
  }
}

/** A record that cannot even be parsed goes too: nothing else could be done with it. */
async function findOrRemoveDamaged(
  context: ClientContext,
  key: ConnectionKey,
): Promise<StoredConnection | OAuthError | undefined> {
  try {
    return await findRecord(context, key)
  } catch (error) {
    if (!isOAuthError(error) || error.code !== 'record_unreadable') throw error
    await context.store.remove(key)
    return error
  }
}
