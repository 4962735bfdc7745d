import type { StoredConnection } from 'latchkey'
import { z } from 'zod'

/** pg gives `timestamptz` as a `Date`; what went through JSON is text. */
const date = z.coerce.date()

const choice = z.object({ id: z.string(), name: z.string().exactOptional() })

const details = z.object({
  userId: z.string().exactOptional(),
  scopes: z.array(z.string()),
  tokenType: z.string(),
  refreshTokenExpiresAt: date.exactOptional(),
  account: z.object({ id: z.string(), name: z.string().exactOptional() }).exactOptional(),
  params: z.record(z.string(), z.string()),
  choices: z.record(z.string(), z.array(choice)).exactOptional(),
  createdAt: date,
  connectedAt: date,
  updatedAt: date,
})

/** A row as the connection it holds; refuses one that is not what `save` wrote. */
export const connectionRow = z
  .object({
    workspace_id: z.string(),
    integration: z.string(),
    slot: z.string(),
    state: z.enum(['active', 'reconnect_required']),
    expires: z.date().nullable(),
    refreshed: z.date(),
    details,
    tokens: z.string(),
    version: z.number(),
  })
  .transform(
    (row): StoredConnection => ({
      ...row.details,
      provider: row.integration,
      tenantId: row.workspace_id,
      connectionId: row.slot,
      status: row.state,
      ...(row.expires && { expiresAt: row.expires }),
      refreshedAt: row.refreshed,
      sealed: row.tokens,
      version: row.version,
    }),
  )
