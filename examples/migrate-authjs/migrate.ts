import { migrate } from '../migrate-shared/command.ts'
import { eachRow, groupedBy } from '../migrate-shared/each-row.ts'
import type { OldRow } from '../migrate-shared/old-connection.ts'
import { connectionsOf, type SignInAccount, userIsTenant } from '../migrate-shared/sign-in-accounts.ts'
import { readScopes } from '../migrate-shared/token-answer.ts'

/** The `accounts` table of @auth/pg-adapter; those of other adapters have the same columns. */
interface Row {
  readonly id: number
  readonly userId: number | string
  readonly provider: string
  readonly providerAccountId: string
  readonly access_token: string | null
  readonly refresh_token: string | null
  /** Seconds since 1970, as text, since it is a `bigint`. */
  readonly expires_at: string | null
  readonly scope: string | null
}

function readAccount(row: Row): SignInAccount {
  const seconds = Number(row.expires_at)
  return {
    source: `accounts ${row.id}`,
    provider: row.provider,
    accountId: row.providerAccountId,
    userId: String(row.userId),
    accessToken: row.access_token ?? undefined,
    refreshToken: row.refresh_token ?? undefined,
    expiresAt: seconds > 0 ? new Date(seconds * 1000) : undefined,
    scopes: readScopes(row.scope),
  }
}

async function* oldRows(databaseUrl: string): AsyncGenerator<OldRow> {
  const rows = eachRow<Row>(
    databaseUrl,
    `SELECT id, "userId", provider, "providerAccountId", access_token, refresh_token, expires_at::text, scope
     FROM accounts WHERE type IN ('oauth', 'oidc') ORDER BY "userId", id`,
  )
  for await (const user of groupedBy(rows, ({ userId }) => String(userId)))
    yield* connectionsOf(user.map(readAccount), userIsTenant)
}

await migrate(oldRows)
