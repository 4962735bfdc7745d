import type { OAuth2Tokens } from 'arctic'
import type pg from 'pg'

/** What an application with arctic has: it keeps `data`, the answer as it came, and when that was. */
export async function storeTokens(
  database: pg.ClientBase,
  tenantId: string,
  provider: string,
  tokens: OAuth2Tokens,
): Promise<void> {
  await database.query('INSERT INTO oauth_tokens (tenant_id, provider, tokens) VALUES ($1, $2, $3)', [
    tenantId,
    provider,
    JSON.stringify(tokens.data),
  ])
}
