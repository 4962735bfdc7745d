import { readFileSync } from 'node:fs'
import { type AccessToken, AuthorizationCode } from 'simple-oauth2'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { storeTokens } from '../../examples/migrate-simple-oauth2/store-tokens.ts'
import { dropbox } from '../../providers/dropbox.ts'
import { linear } from '../../providers/linear.ts'
import type { OAuth2Definition } from '../../src/provider/definition.ts'
import { type MockProvider, mockProvider } from '../../src/testing/index.ts'
import { describeWithPostgres } from '../support/servers.ts'
import { type OldApplication, oldApplication, patience } from './old-application.ts'

const schema = readFileSync(
  new URL('../../examples/migrate-shared/oauth-tokens.sql', import.meta.url),
  'utf8',
)
const redirectUri = 'https://app.example.com/callback'
const registration = { clientId: 'client-1', clientSecret: 'client-secret', redirectUri }

describeWithPostgres('an application with simple-oauth2', () => {
  let app: OldApplication
  const dropboxApp = mockProvider(dropbox, registration)
  const linearApp = mockProvider(linear, registration)
  const close: (() => Promise<void>)[] = []
  beforeAll(async () => {
    app = await oldApplication(schema)
  }, patience)
  afterAll(async () => {
    await Promise.all(close.map((each) => each()))
    await app.dispose()
  })

  /** simple-oauth2 itself, over HTTP against a simulator. */
  async function connect(mock: MockProvider<OAuth2Definition>): Promise<AccessToken> {
    const server = await mock.listen()
    close.push(server.close)
    const { token, authorization } = server.definition
    const [tokenUrl, authorizeUrl] = [new URL(token.url), new URL(authorization.url)]
    const client = new AuthorizationCode({
      client: { id: 'client-1', secret: 'client-secret' },
      auth: {
        tokenHost: tokenUrl.origin,
        tokenPath: tokenUrl.pathname,
        authorizeHost: authorizeUrl.origin,
        authorizePath: authorizeUrl.pathname,
      },
      options: {
        authorizationMethod: token.authentication === 'client_secret_basic' ? 'header' : 'body',
      },
    })
    const url = new URL(
      client.authorizeURL({ redirect_uri: redirectUri, scope: 'read', state: 'a-state-of-it' }),
    )
    for (const [name, value] of Object.entries(mock.definition.authorization.params ?? {}))
      url.searchParams.set(name, value)
    const { scopes } = mock.definition.authorization
    url.searchParams.set('scope', scopes?.default.join(' ') ?? '')
    const callback = new URL(await mock.approve(url.href))
    return client.getToken({ code: callback.searchParams.get('code') ?? '', redirect_uri: redirectUri })
  }

  it('moves what JSON.stringify has made of its tokens', { timeout: patience }, async () => {
    const [files, issues] = [await connect(dropboxApp), await connect(linearApp)]
    await storeTokens(app.database, 't1', 'dropbox', files)
    await storeTokens(app.database, 't1', 'linear', issues)
    // Long after: an end that was stated as a time does not move with the row.
    await app.database.query(`UPDATE oauth_tokens SET stored_at = stored_at - interval '1 day'`)

    const moved = await app.migrate('migrate-simple-oauth2', ['dropbox', 'linear'], { args: ['--write'] })
    expect(moved).toMatchObject({ imported: 2, leftBehind: [] })
    for (const [definition, { token }] of [
      [dropbox, files],
      [linear, issues],
    ] as const)
      expect(await app.client(definition).getTokens({ tenantId: 't1' })).toMatchObject({
        accessToken: token.access_token,
        refreshToken: token.refresh_token,
        expiresAt: token.expires_at,
      })
  })

  it('finds refresh tokens that simple-oauth2 has lost, and says what the row still is', {
    timeout: patience,
  }, async () => {
    const refreshed = await (await connect(dropboxApp)).refresh()
    // 5.1.0: where a refresh answers without a new refresh token, the old one is not kept (Dropbox never sends one).
    expect(refreshed.token.refresh_token).toBeUndefined()
    await storeTokens(app.database, 'lost', 'dropbox', refreshed)
    await app.migrate('migrate-simple-oauth2', ['dropbox', 'linear'], { args: ['--write'] })
    expect(await app.client(dropbox).getTokens({ tenantId: 'lost' })).not.toHaveProperty('refreshToken')
  })
})
