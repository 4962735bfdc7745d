import { postgresStore } from 'latchkey/stores/postgres'
import pg from 'pg'
import { clientsFromEnvironment, type MoveClient } from '../migrate-shared/clients.ts'
import { needed } from '../migrate-shared/command.ts'
import { sealFernet } from './fernet.ts'

/**
 * The way back: gives the old table the tokens that latchkey has now, under the newest Fernet key where there is one. One
 * row of each tenant and integration is updated, or made; run it with every process of latchkey stopped, and start the old
 * refresher after it.
 */
export async function writeBack(
  database: pg.ClientBase,
  clients: readonly MoveClient[],
  {
    fernetKey,
    timeZone = 'UTC',
  }: { readonly fernetKey?: string | undefined; readonly timeZone?: string | undefined } = {},
): Promise<number> {
  const sealed = (token: string | undefined) =>
    token && fernetKey ? sealFernet(token, fernetKey) : (token ?? null)
  let written = 0
  for (const client of clients) {
    const { id, aliases = [] } = client.provider
    const names = [id, ...aliases].map((name) => name.replaceAll('-', '_'))
    for await (const connection of client.list()) {
      const { tenantId, connectionId, userId = null, status, scopes } = connection
      // The old table has room for one.
      if (connectionId !== 'default') continue
      const { accessToken, refreshToken, expiresAt } = await client.getTokens(connection)
      const values = [
        tenantId,
        names,
        sealed(accessToken || undefined),
        sealed(refreshToken),
        expiresAt ?? new Date('2099-12-31T00:00:00Z'),
        status === 'active' ? 'active' : 'needs_reauth',
        connection.refreshedAt,
        timeZone,
      ]
      const { rowCount } = await database.query(
        `UPDATE integration_tokens
         SET access_token = $3, refresh_token = $4, expires_at = $5::timestamptz AT TIME ZONE $8, status = $6,
             updated_at = $7::timestamptz AT TIME ZONE $8
         WHERE id = (SELECT id FROM integration_tokens
                     WHERE tenant_id = $1 AND replace(lower(provider), '-', '_') = ANY($2)
                     ORDER BY updated_at DESC NULLS LAST, id DESC LIMIT 1)`,
        values,
      )
      if (rowCount === 0)
        await database.query(
          `INSERT INTO integration_tokens (tenant_id, provider, access_token, refresh_token, expires_at, status, updated_at,
                                           user_id, scopes)
           VALUES ($1, ($2::text[])[1], $3, $4, $5::timestamptz AT TIME ZONE $8, $6, $7::timestamptz AT TIME ZONE $8, $9, $10)`,
          [...values, userId, scopes.join(' ')],
        )
      written += 1
    }
  }
  return written
}

/** `npx tsx examples/migrate-hand-written/write-back.ts` */
if (import.meta.filename === process.argv[1]) {
  const connectionString = needed('DATABASE_URL')
  const database = new pg.Client({ connectionString })
  const store = postgresStore({ connectionString })
  await database.connect()
  try {
    const clients = clientsFromEnvironment(store)
    const written = await writeBack(database, clients, {
      fernetKey: process.env.FERNET_KEYS?.split(',')[0],
      timeZone: process.env.OLD_TIME_ZONE,
    })
    console.log(JSON.stringify({ written }))
  } finally {
    await database.end()
    await store.close?.()
  }
}
