import type { ClientContext } from '../context.ts'
import { isOAuthError } from '../errors/oauth-error.ts'
import { reportError } from '../hooks.ts'
import { toConnection } from '../tokens/connection-record.ts'
import type { Connection, StoredConnection } from '../types.ts'

/**
 * The tenant's other connections that a revocation of this one would end: those of the same account at a provider that
 * takes the whole grant (google: one for all its products) or the whole installation (hubspot).
 */
export async function siblingsOf(context: ClientContext, record: StoredConnection): Promise<Connection[]> {
  const { ends = 'token', sharedWith = [] } = context.provider.revocation ?? {}
  const { account, tenantId } = record
  if (ends === 'token' || account === undefined) return []
  const siblings: Connection[] = []
  try {
    for (const provider of new Set([context.provider.id, ...sharedWith]))
      for await (const other of context.store.list({ provider, tenantId, status: 'active' })) {
        const isSelf = provider === record.provider && other.connectionId === record.connectionId
        if (!isSelf && other.account?.id === account.id) siblings.push(toConnection(other))
      }
  } catch (error) {
    // A disconnect does not fail for somebody else's damaged record.
    if (!isOAuthError(error)) throw error
    reportError(context, error)
  }
  return siblings
}
