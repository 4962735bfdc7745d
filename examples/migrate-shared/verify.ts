import { isOAuthError } from 'latchkey'
import type { MoveClient } from './clients.ts'

/** Of one integration, how many connections there are and how many of them have a token that lives. */
export interface Verified {
  readonly provider: string
  connections: number
  reconnectRequired: number
  usable: number
  readonly failed: { readonly tenantId: string; readonly connectionId: string; readonly why: string }[]
}

/**
 * Asks each connection for a token that lives. What has ended is refreshed, so this ends the old system's refresh tokens
 * where the provider rotates them: run it once the old refresher is off for good.
 */
export async function verify(clients: readonly MoveClient[]): Promise<Verified[]> {
  const results: Verified[] = []
  for (const client of clients) {
    const result: Verified = {
      provider: client.provider.id,
      connections: 0,
      reconnectRequired: 0,
      usable: 0,
      failed: [],
    }
    for await (const { tenantId, connectionId, status } of client.list()) {
      result.connections += 1
      try {
        if (status === 'active') await client.getAccessToken({ tenantId, connectionId })
        if (status === 'active') result.usable += 1
        else result.reconnectRequired += 1
      } catch (error) {
        if (!isOAuthError(error)) throw error
        if (error.code === 'reconnect_required') result.reconnectRequired += 1
        else result.failed.push({ tenantId, connectionId, why: error.message })
      }
    }
    if (result.connections > 0) results.push(result)
  }
  return results
}
