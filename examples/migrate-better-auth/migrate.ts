import { type SecretConfig, symmetricDecrypt } from 'better-auth/crypto'
import { migrate } from '../migrate-shared/command.ts'
import { eachRow, groupedBy } from '../migrate-shared/each-row.ts'
import type { OldRow } from '../migrate-shared/old-connection.ts'
import { connectionsOf, type SignInAccount, userIsTenant } from '../migrate-shared/sign-in-accounts.ts'
import { readScopes } from '../migrate-shared/token-answer.ts'

/** The `account` table of better-auth. */
interface Row {
  readonly id: string
  readonly userId: string
  readonly providerId: string
  readonly accountId: string
  readonly accessToken: string | null
  readonly refreshToken: string | null
  readonly accessTokenExpiresAt: Date | null
  readonly refreshTokenExpiresAt: Date | null
  readonly scope: string | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** `BETTER_AUTH_SECRETS` as better-auth has it, `2:new,1:old`, and `BETTER_AUTH_SECRET` for what was stored before versions. */
function readKey(): SecretConfig | string | undefined {
  const legacySecret = process.env.BETTER_AUTH_SECRET
  const keys = new Map<number, string>()
  for (const entry of (process.env.BETTER_AUTH_SECRETS ?? '').split(',')) {
    const [, version, secret] = /^\s*(\d+):(.+?)\s*$/.exec(entry) ?? []
    if (secret) keys.set(Number(version), secret)
  }
  const [currentVersion] = keys.keys()
  if (currentVersion === undefined) return legacySecret
  return { keys, currentVersion, ...(legacySecret && { legacySecret }) }
}

/** Only where `account.encryptOAuthTokens` is on. */
const key = process.env.BETTER_AUTH_ENCRYPTED === '1' ? readKey() : undefined

/** As better-auth reads them: what was stored before encryption was switched on is still as it was. */
async function openToken(stored: string | null): Promise<string | undefined> {
  if (!stored) return undefined
  const isEncrypted = stored.startsWith('$ba$') || (stored.length % 2 === 0 && /^[0-9a-f]+$/i.test(stored))
  return key !== undefined && isEncrypted ? symmetricDecrypt({ key, data: stored }) : stored
}

async function readAccount(row: Row): Promise<SignInAccount> {
  return {
    source: `account ${row.id}`,
    provider: row.providerId,
    accountId: row.accountId,
    userId: row.userId,
    accessToken: await openToken(row.accessToken),
    refreshToken: await openToken(row.refreshToken),
    expiresAt: row.accessTokenExpiresAt ?? undefined,
    refreshTokenExpiresAt: row.refreshTokenExpiresAt ?? undefined,
    scopes: readScopes(row.scope),
    connectedAt: row.createdAt,
    refreshedAt: row.updatedAt,
  }
}

async function* oldRows(databaseUrl: string): AsyncGenerator<OldRow> {
  const rows = eachRow<Row>(
    databaseUrl,
    `SELECT id, "userId", "providerId", "accountId", "accessToken", "refreshToken",
            "accessTokenExpiresAt"::timestamptz, "refreshTokenExpiresAt"::timestamptz, scope,
            "createdAt"::timestamptz, "updatedAt"::timestamptz
     FROM account WHERE "providerId" <> 'credential' ORDER BY "userId", "createdAt", id`,
  )
  for await (const user of groupedBy(rows, ({ userId }) => userId)) {
    const accounts: SignInAccount[] = []
    for (const row of user) {
      try {
        accounts.push(await readAccount(row))
      } catch {
        // What the error says is about the cipher, and nobody's to repeat.
        yield { source: `account ${row.id}`, why: 'its tokens do not open under the secrets of better-auth' }
      }
    }
    yield* connectionsOf(accounts, userIsTenant)
  }
}

await migrate(oldRows)
