import { Auth, type AuthConfig, skipCSRFCheck } from '@auth/core'
import Google from '@auth/core/providers/google'
import PostgresAdapter from '@auth/pg-adapter'
import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { gmail } from '../../providers/gmail.ts'
import { googleCalendar } from '../../providers/google-calendar.ts'
import { outlook } from '../../providers/outlook.ts'
import { describeWithPostgres } from '../support/servers.ts'
import { type OldApplication, oldApplication, patience } from './old-application.ts'
import { type SignInServer, signInServer } from './sign-in-server.ts'

/** The tables of @auth/pg-adapter (authjs.dev/getting-started/adapters/pg, "Schema"). */
const tables = `
CREATE TABLE verification_token (identifier TEXT NOT NULL, expires TIMESTAMPTZ NOT NULL, token TEXT NOT NULL,
  PRIMARY KEY (identifier, token));
CREATE TABLE accounts (id SERIAL, "userId" INTEGER NOT NULL, type VARCHAR(255) NOT NULL, provider VARCHAR(255) NOT NULL,
  "providerAccountId" VARCHAR(255) NOT NULL, refresh_token TEXT, access_token TEXT, expires_at BIGINT, id_token TEXT,
  scope TEXT, session_state TEXT, token_type TEXT, PRIMARY KEY (id));
CREATE TABLE sessions (id SERIAL, "userId" INTEGER NOT NULL, expires TIMESTAMPTZ NOT NULL,
  "sessionToken" VARCHAR(255) NOT NULL, PRIMARY KEY (id));
CREATE TABLE users (id SERIAL, name VARCHAR(255), email VARCHAR(255), "emailVerified" TIMESTAMPTZ, image TEXT,
  PRIMARY KEY (id));`

const calendar = 'https://www.googleapis.com/auth/calendar.readonly'
const mail = 'https://www.googleapis.com/auth/gmail.readonly'

describeWithPostgres('an application with Auth.js', () => {
  let app: OldApplication
  let server: SignInServer
  let pool: pg.Pool
  beforeAll(async () => {
    server = await signInServer()
    app = await oldApplication(tables)
    pool = new pg.Pool({ connectionString: app.url })
  }, patience)
  afterAll(async () => {
    await pool.end()
    await app.dispose()
    await server.close()
  })

  /** Auth.js itself, with its Google provider at a server on loopback. */
  async function signIn(grant: Parameters<SignInServer['signIn']>[0]): Promise<void> {
    const config: AuthConfig = {
      adapter: PostgresAdapter(pool),
      providers: [
        Google({
          clientId: 'client-1',
          clientSecret: 'client-secret',
          issuer: server.origin,
          authorization: { params: { scope: grant.scope, access_type: 'offline', prompt: 'consent' } },
        }),
      ],
      secret: 'the secret of Auth.js, which is of no use here',
      trustHost: true,
      basePath: '/auth',
      skipCSRFCheck,
    }
    await server.signIn(
      grant,
      async () => {
        const request = new Request('http://localhost:3000/auth/signin/google', { method: 'POST' })
        const response = await Auth(request, config)
        return { url: response.headers.get('location') ?? '', response }
      },
      (request) => Auth(request, config),
    )
  }

  it('moves accounts: a Google account becomes one connection an integration', {
    timeout: patience,
  }, async () => {
    const both = {
      accessToken: 'secret-at-1',
      refreshToken: 'secret-rt-1',
      scope: `openid email ${calendar} ${mail}`,
    }
    await signIn({ accountId: 'google-1', ...both })
    await signIn({ accountId: 'google-2', accessToken: 'secret-at-2', scope: 'openid email profile' })
    const { rows } = await app.database.query('SELECT * FROM accounts ORDER BY id')
    expect(rows).toHaveLength(2)
    const seconds = Number(rows[0].expires_at)
    // Seconds, and not milliseconds: what the migration must not take for a time in 1970.
    expect(Math.abs(seconds - Date.now() / 1000 - 3600)).toBeLessThan(300)
    // What other adapters and years have left: no end, another account of the first user, a passkey.
    const first = rows[0].userId
    await app.database.query(
      `INSERT INTO accounts ("userId", type, provider, "providerAccountId", access_token, refresh_token, expires_at, scope)
       VALUES ($1, 'oidc', 'google', 'google-3', 'secret-at-3', 'secret-rt-3', NULL, $2),
              ($1, 'oidc', 'microsoft-entra-id', 'ms-1', 'secret-at-4', 'secret-rt-4', 1795000000, 'openid Mail.Read User.Read'),
              ($1, 'webauthn', 'passkey', 'key-1', NULL, NULL, NULL, NULL),
              ($1, 'oauth', 'github', 'gh-1', NULL, NULL, NULL, 'repo')`,
      [first, `openid ${calendar}`],
    )

    const integrations = ['google-calendar', 'gmail', 'outlook', 'github']
    const moved = await app.migrate('migrate-authjs', integrations, { args: ['--write'] })
    expect(moved).toEqual({
      dryRun: false,
      read: 6,
      imported: 4,
      alreadyThere: 0,
      leftBehind: [
        { source: 'accounts 6', why: 'it has no token' },
        { source: 'accounts 2', why: expect.stringContaining('signs the user in') },
      ],
    })
    const ref = { tenantId: String(first) }
    for (const definition of [googleCalendar, gmail]) {
      const client = app.client(definition)
      expect(await client.getTokens(ref)).toMatchObject({
        accessToken: 'secret-at-1',
        refreshToken: 'secret-rt-1',
        expiresAt: new Date(seconds * 1000),
      })
      // The same account id as a connect would read: a revocation of the one names the other.
      expect((await client.getConnection(ref))?.account).toEqual({ id: 'google-1' })
    }
    const second = { ...ref, connectionId: 'google-3' }
    expect(await app.client(googleCalendar).getTokens(second)).toMatchObject({ refreshToken: 'secret-rt-3' })
    expect((await app.client(outlook).getConnection(ref))?.expiresAt).toEqual(new Date(1_795_000_000_000))
    expect((await app.client(outlook).getConnection(ref))?.account).toBeUndefined()

    const again = await app.migrate('migrate-authjs', integrations, { args: ['--write'] })
    expect(again).toMatchObject({ imported: 0, alreadyThere: 4 })
    expect(app.said()).not.toContain('secret-')
  })
})
