import { Events, type MutableRedirectUri } from 'oauth2-mock-server'
import { describe, expect, it } from 'vitest'
import { began, credentials, hour, mockServer, ref, refused } from './server.ts'

const { server, setUp, watchTokenRequests } = mockServer()

describe('oauth2-mock-server: the flow', () => {
  it('connects, calls the API, refreshes when due and disconnects', async () => {
    const { client, time, refreshed, connect } = setUp()
    const { connection, redirectPath } = await connect()
    expect(redirectPath).toBe('/back')
    expect(connection).toMatchObject({
      account: { id: 'johndoe' },
      // It grants what the token request names, which names none.
      scopes: ['dummy'],
      expiresAt: new Date(began + hour),
      status: 'active',
      version: 1,
    })
    const before = await client.getTokens(ref)
    const response = await client.fetch(ref, '/userinfo')
    expect(await response.json()).toEqual({ sub: 'johndoe' })

    time.ahead = hour - 4 * 60_000
    await client.getAccessToken(ref)
    const after = await client.getTokens(ref)
    expect(after.refreshToken).not.toBe(before.refreshToken)
    expect(after.expiresAt).toEqual(new Date(began + time.ahead + hour))
    expect(refreshed).toHaveLength(1)
    expect(await client.disconnect(ref)).toEqual({ revoked: true })
  })

  it('shows the server the same client in either style of authentication, beyond ASCII too', async () => {
    const seen = watchTokenRequests()
    await setUp('client_secret_post').connect()
    await setUp('client_secret_basic').connect()
    expect(seen).toHaveLength(2)
    const [post, basic] = seen
    expect(post?.authorization).toBeUndefined()
    expect(post?.form).toMatchObject({
      grant_type: 'authorization_code',
      client_id: credentials.clientId,
      client_secret: credentials.clientSecret,
      redirect_uri: 'https://app.example.com/oauth/mock/callback',
    })
    expect(basic?.form).not.toHaveProperty('client_id')
    expect(basic?.form).not.toHaveProperty('client_secret')
    // RFC 6749 §2.3.1: form-encoded, joined with a colon, then Base64.
    const pair = Buffer.from(basic?.authorization?.replace(/^Basic /, '') ?? '', 'base64').toString('utf8')
    const halves = pair.split(':').map((half) => new URLSearchParams(`x=${half}`).get('x'))
    expect(halves).toEqual([credentials.clientId, credentials.clientSecret])
  })

  it('fails where the verifier is of another flow', async () => {
    const { client, callbackUrl } = setUp()
    const url = await callbackUrl()
    url.searchParams.set('state', (await client.authorize(ref)).state)
    expect((await refused(client.callback(url))).status).toBeGreaterThanOrEqual(400)
    expect(await client.getConnection(ref)).toBeUndefined()
  })

  it('takes a denial for one', async () => {
    const { client, callbackUrl } = setUp()
    server.service.once(Events.BeforeAuthorizeRedirect, ({ url }: MutableRedirectUri) => {
      url.searchParams.delete('code')
      url.searchParams.set('error', 'access_denied')
      url.searchParams.set('error_description', 'The user\u0000said\r\nno')
    })
    expect(await refused(client.callback(await callbackUrl()))).toMatchObject({
      code: 'authorization_denied',
      error: 'access_denied',
      errorDescription: 'The user said no',
      redirectPath: '/back',
    })
  })

  it('takes a callback with neither code nor error, or with a repeated code, for invalid', async () => {
    const { client, callbackUrl } = setUp()
    for (const change of [
      (url: URL) => url.searchParams.delete('code'),
      (url: URL) => url.searchParams.append('code', 'another'),
    ]) {
      server.service.once(Events.BeforeAuthorizeRedirect, ({ url }: MutableRedirectUri) => change(url))
      expect((await refused(client.callback(await callbackUrl()))).code).toBe('callback_invalid')
    }
  })
})

describe('oauth2-mock-server: disconnect', () => {
  it('says that the provider did not revoke, and forgets all the same', async () => {
    const { client, connect } = setUp()
    await connect()
    server.service.once(Events.BeforeRevoke, (response) => {
      response.statusCode = 503
    })
    const result = await client.disconnect(ref)
    expect(result).toMatchObject({ revoked: false, error: { status: 503, retryable: true } })
    expect(await client.getConnection(ref)).toBeUndefined()
  })
})
