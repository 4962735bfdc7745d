import type pg from 'pg'
import type { AccessToken } from 'simple-oauth2'

/** What an application with simple-oauth2 has, as its README shows: `JSON.stringify` of the token. */
export async function storeTokens(
  database: pg.ClientBase,
  tenantId: string,
  provider: string,
  accessToken: AccessToken,
): Promise<void> {
  await database.query('INSERT INTO oauth_tokens (tenant_id, provider, tokens) VALUES ($1, $2, $3)', [
    tenantId,
    provider,
    JSON.stringify(accessToken),
  ])
}
