import { readFileSync } from 'node:fs'
import { Google, generateCodeVerifier, generateState, Linear, type OAuth2Tokens } from 'arctic'
import { setupServer } from 'msw/node'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { storeTokens } from '../../examples/migrate-arctic/store-tokens.ts'
import { googleCalendar } from '../../providers/google-calendar.ts'
import { linear } from '../../providers/linear.ts'
import { slack } from '../../providers/slack.ts'
import { mockProvider } from '../../src/testing/index.ts'
import { describeWithPostgres } from '../support/servers.ts'
import { type OldApplication, oldApplication, patience } from './old-application.ts'

const schema = readFileSync(
  new URL('../../examples/migrate-shared/oauth-tokens.sql', import.meta.url),
  'utf8',
)
const redirectUri = 'https://app.example.com/callback'
const registration = { clientId: 'client-1', clientSecret: 'client-secret', redirectUri }
const calendarScope = 'https://www.googleapis.com/auth/calendar.readonly'

/** arctic itself, against simulators of the providers at their real addresses. Google takes Basic too, as arctic sends it. */
const basic = { authentication: 'client_secret_basic' } as const
const google = mockProvider({ ...googleCalendar, token: { ...googleCalendar.token, ...basic } }, registration)
const linearApp = mockProvider(linear, registration)
const network = setupServer(...google.handlers, ...linearApp.handlers)

async function codeOf(mock: { approve(url: string): Promise<string> }, url: URL): Promise<string> {
  const callback = new URL(await mock.approve(url.href))
  const code = callback.searchParams.get('code')
  if (!code) throw new Error(callback.search)
  return code
}

async function withGoogle(): Promise<OAuth2Tokens> {
  const client = new Google('client-1', 'client-secret', redirectUri)
  const verifier = generateCodeVerifier()
  const url = client.createAuthorizationURL(generateState(), verifier, [
    'openid',
    'email',
    'profile',
    calendarScope,
  ])
  // What the simulator wants to see, since the definition sends it.
  for (const [name, value] of Object.entries(googleCalendar.authorization.params))
    url.searchParams.set(name, value)
  return client.validateAuthorizationCode(await codeOf(google, url), verifier)
}

async function withLinear(): Promise<OAuth2Tokens> {
  const client = new Linear('client-1', 'client-secret', redirectUri)
  const url = client.createAuthorizationURL(generateState(), ['read'])
  return client.validateAuthorizationCode(await codeOf(linearApp, url))
}

describeWithPostgres('an application with arctic', () => {
  let app: OldApplication
  beforeAll(async () => {
    network.listen({ onUnhandledRequest: 'error' })
    app = await oldApplication(schema)
  }, patience)
  afterAll(async () => {
    network.close()
    await app.dispose()
  })

  it('moves what OAuth2Tokens.data holds, as arctic itself has obtained it', {
    timeout: patience,
  }, async () => {
    const [calendar, issues] = [await withGoogle(), await withLinear()]
    await storeTokens(app.database, 't1', 'google_calendar', calendar)
    await storeTokens(app.database, 't1', 'linear', issues)
    // What slack answers: the bot's tokens, and a user's beside them (docs.slack.dev, oauth.v2.access).
    const withUser = {
      ok: true,
      access_token: 'xoxb-old',
      scope: 'channels:read,users:read',
      authed_user: { id: 'U1', scope: 'search:read', access_token: 'xoxp-old', token_type: 'user' },
    }
    await app.database.query(
      `INSERT INTO oauth_tokens (tenant_id, provider, tokens) VALUES ('t1', 'slack', $1), ('t2', 'myspace', '{}'),
       ('t2', 'slack', '"xoxb"'), ('t3', 'slack', '{"ok": true}')`,
      [JSON.stringify(withUser)],
    )
    const stored = await app.database.query('SELECT stored_at FROM oauth_tokens ORDER BY id')
    const storedAt: Date = stored.rows[0].stored_at

    const integrations = ['google-calendar', 'linear', 'slack']
    const moved = await app.migrate('migrate-arctic', integrations, { args: ['--write'] })
    expect(moved).toEqual({
      dryRun: false,
      read: 6,
      imported: 3,
      alreadyThere: 0,
      leftBehind: [
        { source: 'oauth_tokens 4', why: 'no integration is called "myspace"' },
        { source: 'oauth_tokens 5', why: 'its tokens are no JSON object' },
        { source: 'oauth_tokens 6', why: expect.stringMatching(/needs an accessToken or a refreshToken/) },
      ],
    })
    expect(await app.client(googleCalendar).getTokens({ tenantId: 't1' })).toMatchObject({
      accessToken: calendar.accessToken(),
      refreshToken: calendar.refreshToken(),
      // `expires_in` counts from when the answer was stored, not from now.
      expiresAt: new Date(storedAt.getTime() + calendar.accessTokenExpiresInSeconds() * 1000),
      scopes: calendar.scopes(),
    })
    expect(await app.client(linear).getTokens({ tenantId: 't1' })).toMatchObject({
      accessToken: issues.accessToken(),
      refreshToken: issues.refreshToken(),
    })
    const slackClient = app.client(slack)
    expect(await slackClient.getTokens({ tenantId: 't1' })).toEqual({
      accessToken: 'xoxb-old',
      scopes: ['channels:read', 'users:read'],
      tokenType: 'Bearer',
      additional: { user: { accessToken: 'xoxp-old', scopes: ['search:read'], tokenType: 'Bearer' } },
    })
    for (const secret of [calendar.accessToken(), issues.refreshToken(), 'xoxb', 'xoxp'])
      expect(app.said()).not.toContain(secret)
  })
})
