import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createOAuthClient } from '../../src/create-client.ts'
import { isOAuthError, type OAuthError } from '../../src/errors/oauth-error.ts'
import { defineProvider } from '../../src/provider/define.ts'
import { memoryStore } from '../../src/stores/memory-store.ts'
import type { Connection, OAuthClientOptions } from '../../src/types.ts'
import { type OidcClientSettings, type OidcServer, oidcRedirectUri, startOidcServer } from './oidc-server.ts'

/** Everything that URL and Base64 treat specially, and that oidc-provider takes: it allows printable ASCII only. */
const clients = [
  { id: 'basic client:+/%', secret: 'b:+/% &="~?', authentication: 'client_secret_basic' },
  { id: 'post client:+/%', secret: 'p:+/% &="~{}', authentication: 'client_secret_post' },
] as const satisfies readonly OidcClientSettings[]

const ref = { tenantId: 'tenant-1' }
const hour = 3_600_000

let server: OidcServer
beforeAll(async () => {
  server = await startOidcServer(clients)
})
afterAll(() => server.close())

function definitionFor(settings: OidcClientSettings, change: { pkce?: 'unsupported'; issuer?: string } = {}) {
  const { origin } = server
  return defineProvider({
    id: 'foreign',
    name: 'Foreign',
    category: 'dev-tools',
    docs: ['https://github.com/panva/node-oidc-provider'],
    checked: '2026-11-21',
    protocol: 'oauth2',
    authorization: {
      url: `${origin}/auth`,
      params: { prompt: 'consent' },
      scopes: { default: ['openid', 'offline_access'] },
      pkce: change.pkce ?? 'required',
      issuer: { value: change.issuer ?? origin, required: true },
    },
    token: { url: `${origin}/token`, authentication: settings.authentication },
    refresh: { rotates: true },
    revocation: {
      url: `${origin}/token/revocation`,
      authentication: settings.authentication,
      token: 'refresh_token',
    },
    identity: { request: { url: `${origin}/me` }, id: 'sub' },
    api: { baseUrl: origin },
  })
}

interface Setup extends Omit<OAuthClientOptions, 'store'> {
  readonly settings: OidcClientSettings
  readonly change?: { readonly pkce?: 'unsupported'; readonly issuer?: string }
}

/** A client of its own with its own store, a clock that stands where the test puts it, and what the hooks were told. */
function setUp({ settings, change = {}, ...options }: Setup) {
  const store = memoryStore()
  const time = { ahead: 0 }
  const began = Date.now()
  const ended: { connection: Connection; error: OAuthError }[] = []
  const client = createOAuthClient(definitionFor(settings, change), {
    clientId: settings.id,
    clientSecret: settings.secret,
    redirectUri: oidcRedirectUri,
    secret: 'a secret of at least thirty-two bytes, for tests',
    clock: () => began + time.ahead,
    hooks: { onReconnectRequired: (event) => ended.push(event) },
    ...options,
    store,
  })
  const connect = async (login: string) => {
    const { url } = await client.authorize(ref)
    const { callbackUrl } = await server.browse(url, { login })
    return { callbackUrl, ...(await client.callback(callbackUrl)) }
  }
  return { client, store, time, ended, connect }
}

async function refused(promise: Promise<unknown>): Promise<OAuthError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!isOAuthError(error)) throw new Error('expected an OAuthError', { cause: error })
  return error
}

describe.each(clients)('oidc-provider, $authentication', (settings) => {
  it('authorizes with PKCE, checks iss, exchanges the code and learns who was connected', async () => {
    const { client, connect } = setUp({ settings })
    const { callbackUrl, connection, redirectPath, sync } = await connect('ada')
    expect(callbackUrl.searchParams.get('iss')).toBe(server.origin)
    expect(connection).toMatchObject({
      provider: 'foreign',
      tenantId: 'tenant-1',
      connectionId: 'default',
      status: 'active',
      tokenType: 'Bearer',
      account: { id: 'ada' },
      version: 1,
    })
    expect([...connection.scopes].sort()).toEqual(['offline_access', 'openid'])
    expect(redirectPath).toBe('/')
    expect(sync).toEqual({ status: 'skipped' })
    const lifetime = (connection.expiresAt?.getTime() ?? 0) - connection.connectedAt.getTime()
    expect(lifetime).toBe(hour)
    const tokens = await client.getTokens(ref)
    expect(tokens.accessToken.length).toBeGreaterThan(20)
    expect(tokens.refreshToken?.length).toBeGreaterThan(20)
  })

  it('calls the API with the token it hands out', async () => {
    const { client, connect } = setUp({ settings })
    await connect('grace')
    const response = await client.fetch(ref, '/me')
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ sub: 'grace' })
  })

  it('refreshes an expired token, and the provider rotates the refresh token', async () => {
    const { client, time, connect } = setUp({ settings })
    await connect('ada')
    const before = await client.getTokens(ref)
    expect(await client.getAccessToken(ref)).toBe(before.accessToken)
    time.ahead = hour
    const accessToken = await client.getAccessToken(ref)
    const after = await client.getTokens(ref)
    expect(accessToken).not.toBe(before.accessToken)
    expect(after.accessToken).toBe(accessToken)
    expect(after.refreshToken).not.toBe(before.refreshToken)
    expect((await client.getConnection(ref))?.version).toBe(2)
    const response = await client.fetch(ref, '/me')
    expect(await response.json()).toMatchObject({ sub: 'ada' })
  })

  it('refreshes once for many callers, of a provider that takes a refresh token once', async () => {
    const { client, time, connect } = setUp({ settings })
    await connect('ada')
    time.ahead = hour
    const before = server.count('POST /token')
    const tokens = await Promise.all(Array.from({ length: 20 }, () => client.getAccessToken(ref)))
    expect(new Set(tokens).size).toBe(1)
    expect(server.count('POST /token')).toBe(before + 1)
  })

  it('refreshes and repeats a call that the API refused', async () => {
    const { client, connect } = setUp({ settings })
    await connect('ada')
    const before = await client.getTokens(ref)
    await server.forget(before.accessToken)
    const response = await client.fetch(ref, '/me')
    expect(response.status).toBe(200)
    expect((await client.getTokens(ref)).refreshToken).not.toBe(before.refreshToken)
  })

  it('reports a reused refresh token as reconnect_required, tells the hook once, and the family is dead', async () => {
    const first = setUp({ settings })
    const second = setUp({ settings })
    await first.connect('ada')
    const copy = await first.store.load({
      provider: 'foreign',
      tenantId: 'tenant-1',
      connectionId: 'default',
    })
    if (!copy) throw new Error('nothing was stored')
    expect(await second.store.save(copy, { expectedVersion: null })).toBe(true)
    await first.client.refresh(ref)

    second.time.ahead = hour
    const error = await refused(second.client.getAccessToken(ref))
    expect(error).toMatchObject({
      code: 'reconnect_required',
      error: 'invalid_grant',
      status: 400,
      retryable: false,
    })
    expect(error.message).toContain('Foreign OAuth failed: invalid_grant - ')
    expect(second.ended).toHaveLength(1)
    expect(second.ended[0]?.connection.status).toBe('reconnect_required')
    expect(second.ended[0]?.error).toMatchObject({ code: 'reconnect_required', error: 'invalid_grant' })

    const asked = server.requests.length
    expect((await refused(second.client.getAccessToken(ref))).code).toBe('reconnect_required')
    expect((await refused(second.client.fetch(ref, '/me'))).code).toBe('reconnect_required')
    expect(server.requests.length).toBe(asked)
    expect((await refused(second.client.refresh(ref))).code).toBe('reconnect_required')
    expect(second.ended).toHaveLength(1)

    // RFC 9700 §4.14.2: the provider ended the whole family, so the rightful holder's next refresh fails too.
    expect(await refused(first.client.refresh(ref))).toMatchObject({
      code: 'reconnect_required',
      error: 'invalid_grant',
    })
    expect(first.ended).toHaveLength(1)
  })

  it('is mended by connecting again', async () => {
    const { client, ended, connect } = setUp({ settings })
    await connect('ada')
    await revokeAtProvider(settings, (await client.getTokens(ref)).refreshToken ?? '')
    expect((await refused(client.refresh(ref))).code).toBe('reconnect_required')
    const { connection } = await connect('ada')
    expect(connection.status).toBe('active')
    expect((await client.fetch(ref, '/me')).status).toBe(200)
    expect(ended).toHaveLength(1)
  })

  it('refuses a callback in another browser before any request', async () => {
    const { client } = setUp({ settings })
    const { url } = await client.authorize({ ...ref, binding: 'browser-1', redirectPath: '/settings' })
    const { callbackUrl } = await server.browse(url, { login: 'ada' })
    const asked = server.requests.length
    for (const binding of ['browser-2', undefined])
      expect(await refused(client.callback(callbackUrl, { binding }))).toMatchObject({
        code: 'state_mismatch',
        redirectPath: '/settings',
      })
    expect(server.requests.length).toBe(asked)
    const { connection } = await client.callback(callbackUrl, { binding: 'browser-1' })
    expect(connection.status).toBe('active')
  })

  it('refuses a callback link that was used before, without asking the provider', async () => {
    const { client, connect } = setUp({ settings })
    const { callbackUrl } = await connect('ada')
    const asked = server.requests.length
    expect((await refused(client.callback(callbackUrl))).code).toBe('state_replayed')
    expect(server.requests.length).toBe(asked)
    expect((await client.fetch(ref, '/me')).status).toBe(200)
  })

  it('reports a code that is injected into another flow, and the flow it was stolen from still works', async () => {
    const victim = setUp({ settings })
    const { callbackUrl } = await victim.connect('ada')
    const other = setUp({ settings })
    const { state } = await other.client.authorize(ref)
    const injected = new URL(callbackUrl)
    injected.searchParams.set('state', state)
    const error = await refused(other.client.callback(injected))
    expect(error).toMatchObject({ code: 'provider_error', error: 'invalid_grant', status: 400 })
    expect(await other.client.getConnection(ref)).toBeUndefined()
    expect((await victim.client.refresh(ref)).status).toBe('active')
  })

  it('reports a code that a process without a shared coordinator sends again; the provider ends the grant', async () => {
    const victim = setUp({ settings })
    const { callbackUrl } = await victim.connect('ada')
    const other = setUp({ settings })
    const error = await refused(other.client.callback(callbackUrl))
    expect(error).toMatchObject({ code: 'provider_error', error: 'invalid_grant', status: 400 })
    // RFC 6749 §4.1.2: tokens issued from a code that is used twice should be revoked.
    expect(await refused(victim.client.refresh(ref))).toMatchObject({
      code: 'reconnect_required',
      error: 'invalid_grant',
    })
    expect(victim.ended).toHaveLength(1)
  })

  it('does not exchange a code whose flow the provider never saw with our verifier', async () => {
    const { client } = setUp({ settings })
    const { url } = await client.authorize(ref)
    const { callbackUrl } = await server.browse(url, { login: 'ada' })
    const { state } = await client.authorize(ref)
    callbackUrl.searchParams.set('state', state)
    expect(await refused(client.callback(callbackUrl))).toMatchObject({
      code: 'provider_error',
      error: 'invalid_grant',
    })
  })

  it('revokes at the provider on disconnect, and forgets', async () => {
    const { client, connect } = setUp({ settings })
    await connect('ada')
    const { accessToken } = await client.getTokens(ref)
    expect(await client.disconnect(ref)).toEqual({ revoked: true })
    expect(await client.getConnection(ref)).toBeUndefined()
    expect((await refused(client.getAccessToken(ref))).code).toBe('connection_not_found')
    const me = await fetch(`${server.origin}/me`, { headers: { authorization: `Bearer ${accessToken}` } })
    expect(me.status).toBe(401)
    expect(await client.disconnect(ref)).toEqual({ revoked: false })
  })

  it("reports a denial in the provider's words, with the way back", async () => {
    const { client } = setUp({ settings })
    const { url } = await client.authorize({ ...ref, redirectPath: '/integrations' })
    const { callbackUrl } = await server.browse(url, 'abort')
    const asked = server.count('POST /token')
    const error = await refused(client.callback(callbackUrl))
    expect(error).toMatchObject({
      code: 'authorization_denied',
      error: 'access_denied',
      errorDescription: 'End-User aborted interaction',
      redirectPath: '/integrations',
      message: 'Foreign OAuth failed: access_denied - End-User aborted interaction',
    })
    expect(server.count('POST /token')).toBe(asked)
  })

  it('reports a wrong client secret, and a second attempt with the spent state is a replay', async () => {
    const { client } = setUp({ settings, clientSecret: `${settings.secret}x` })
    const { url } = await client.authorize(ref)
    const { callbackUrl } = await server.browse(url, { login: 'ada' })
    const error = await refused(client.callback(callbackUrl))
    expect(error).toMatchObject({ code: 'provider_error', error: 'invalid_client', status: 401 })
    expect((await refused(client.callback(callbackUrl))).code).toBe('state_replayed')
  })

  it('is refused by the provider without PKCE', async () => {
    const { client } = setUp({ settings, change: { pkce: 'unsupported' } })
    const { url } = await client.authorize(ref)
    const { callbackUrl } = await server.browse(url, { login: 'ada' })
    expect(await refused(client.callback(callbackUrl))).toMatchObject({
      code: 'authorization_denied',
      error: 'invalid_request',
    })
  })

  it('stops at an issuer that is not the declared one', async () => {
    const { client } = setUp({ settings, change: { issuer: 'https://another.example' } })
    const { url } = await client.authorize(ref)
    const { callbackUrl } = await server.browse(url, { login: 'ada' })
    const asked = server.requests.length
    expect((await refused(client.callback(callbackUrl))).code).toBe('issuer_mismatch')
    expect(server.requests.length).toBe(asked)
  })
})

async function revokeAtProvider(settings: OidcClientSettings, token: string): Promise<void> {
  const { origin } = server
  const form = new URLSearchParams({ token })
  const headers: Record<string, string> = {}
  if (settings.authentication === 'client_secret_post') {
    form.set('client_id', settings.id)
    form.set('client_secret', settings.secret)
  } else {
    const [id, secret] = [settings.id, settings.secret].map((text) =>
      new URLSearchParams({ '': text }).toString().slice(1),
    )
    headers.authorization = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`
  }
  const response = await fetch(`${origin}/token/revocation`, { method: 'POST', headers, body: form })
  if (response.status !== 200) throw new Error(`the provider did not revoke: HTTP ${response.status}`)
}
