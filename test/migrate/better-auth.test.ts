import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { genericOAuth } from 'better-auth/plugins'
import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { googleDrive } from '../../providers/google-drive.ts'
import { hubspot } from '../../providers/hubspot.ts'
import { describeWithPostgres } from '../support/servers.ts'
import { type OldApplication, oldApplication, patience } from './old-application.ts'
import { type SignInServer, signInServer } from './sign-in-server.ts'

const secret = 'the secret of better-auth itself and no other'
const drive = 'https://www.googleapis.com/auth/drive.readonly'

describeWithPostgres('an application with better-auth', () => {
  let app: OldApplication
  let server: SignInServer
  let pool: pg.Pool
  beforeAll(async () => {
    server = await signInServer()
    app = await oldApplication()
    pool = new pg.Pool({ connectionString: app.url })
  }, patience)
  afterAll(async () => {
    await pool.end()
    await app.dispose()
    await server.close()
  })

  /** better-auth itself, with a provider of this id at a server on loopback. */
  async function signIn(
    providerId: string,
    grant: Parameters<SignInServer['signIn']>[0],
    secrets: { secret?: string; secrets?: { version: number; value: string }[] },
    encryptOAuthTokens: boolean,
  ): Promise<void> {
    const options = {
      database: pool,
      ...secrets,
      baseURL: 'http://localhost:3000',
      account: { encryptOAuthTokens },
      telemetry: { enabled: false },
      plugins: [
        genericOAuth({
          config: [
            {
              providerId,
              discoveryUrl: `${server.origin}/.well-known/openid-configuration`,
              clientId: 'client-1',
              clientSecret: 'client-secret',
              scopes: grant.scope.split(' '),
            },
          ],
        }),
      ],
    }
    await (await getMigrations(options)).runMigrations()
    const auth = betterAuth(options)
    await server.signIn(
      grant,
      async () => {
        const response = await auth.handler(
          new Request('http://localhost:3000/api/auth/sign-in/social', {
            method: 'POST',
            headers: { 'content-type': 'application/json', origin: 'http://localhost:3000' },
            body: JSON.stringify({ provider: providerId, callbackURL: '/home' }),
          }),
        )
        const answer: unknown = await response.clone().json()
        if (typeof answer !== 'object' || answer === null || !('url' in answer))
          throw new Error(`better-auth answered HTTP ${response.status}`)
        return { url: String(answer.url), response }
      },
      (request) => auth.handler(request),
    )
  }

  it('moves accounts, plain and as better-auth has encrypted them', { timeout: patience }, async () => {
    const openid = 'openid email profile'
    const plain = { accessToken: 'secret-at-1', refreshToken: 'secret-rt-1', scope: `${openid} ${drive}` }
    await signIn('google', { accountId: 'google-1', ...plain }, { secret }, false)
    const sealed = { accessToken: 'secret-at-2', refreshToken: 'secret-rt-2', scope: `${openid} ${drive}` }
    await signIn('google', { accountId: 'google-2', ...sealed }, { secret }, true)
    const versioned = { secret, secrets: [{ version: 2, value: `${secret} again` }] }
    const crm = { accessToken: 'secret-at-3', refreshToken: 'secret-rt-3', scope: `${openid} crm.read` }
    await signIn('hubspot', { accountId: 'hub-1', ...crm }, versioned, true)
    const gone = { accessToken: 'secret-at-4', scope: `${openid} crm.read` }
    await signIn(
      'hubspot',
      { accountId: 'hub-2', ...gone },
      { secret: 'a secret that nobody has any more' },
      true,
    )

    const { rows } = await app.database.query('SELECT * FROM account ORDER BY "createdAt"')
    expect(rows.map((row) => row.accountId)).toEqual(['google-1', 'google-2', 'hub-1', 'hub-2'])
    expect(rows[0].accessToken).toBe('secret-at-1')
    expect(rows[1].accessToken).toMatch(/^[0-9a-f]+$/)
    expect(rows[2].refreshToken).toMatch(/^\$ba\$2\$/)
    // An account with a password has no tokens, and is none of ours.
    await app.database.query(
      `INSERT INTO account (id, "accountId", "providerId", "userId", password, "createdAt", "updatedAt")
       VALUES ('password-1', $1, 'credential', $1, 'hash', now(), now())`,
      [rows[0].userId],
    )

    const env = {
      BETTER_AUTH_ENCRYPTED: '1',
      BETTER_AUTH_SECRET: secret,
      BETTER_AUTH_SECRETS: `2:${secret} again`,
    }
    const integrations = ['google-drive', 'hubspot']
    const moved = await app.migrate('migrate-better-auth', integrations, { args: ['--write'], env })
    expect(moved).toMatchObject({ read: 4, imported: 3, alreadyThere: 0 })
    expect(moved.leftBehind).toEqual([
      { source: `account ${rows[3].id}`, why: 'its tokens do not open under the secrets of better-auth' },
    ])
    for (const [index, definition] of [googleDrive, googleDrive, hubspot].entries()) {
      const client = app.client(definition)
      const ref = { tenantId: rows[index].userId }
      expect(await client.getTokens(ref)).toMatchObject({
        accessToken: `secret-at-${index + 1}`,
        refreshToken: `secret-rt-${index + 1}`,
        expiresAt: rows[index].accessTokenExpiresAt,
      })
      expect(await client.getConnection(ref)).toMatchObject({
        connectedAt: rows[index].createdAt,
        scopes: expect.arrayContaining([index < 2 ? drive : 'crm.read']),
      })
    }
    expect(app.said()).not.toMatch(/secret-|the secret of better-auth itself/)
  })
})
