import {
  Events,
  type MutableRedirectUri,
  type MutableResponse,
  type MutableToken,
  OAuth2Server,
} from 'oauth2-mock-server'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createOAuthClient } from '../../src/client.ts'
import { isOAuthError, type OAuthError } from '../../src/errors/oauth-error.ts'
import { defineProvider } from '../../src/provider/define.ts'
import { memoryStore } from '../../src/stores/memory-store.ts'
import type { Connection, OAuthClientOptions } from '../../src/types.ts'

const ref = { tenantId: 'tenant-1' }
const hour = 3_600_000
const began = Date.UTC(2026, 10, 21)
/** What oidc-provider does not take: a secret beyond ASCII, as some providers' consoles let people set. */
const credentials = { clientId: 'mock client:+/%', clientSecret: 's:+/% ä&="' } as const

let server: OAuth2Server
let origin: string
beforeAll(async () => {
  server = new OAuth2Server()
  await server.issuer.keys.generate('RS256')
  await server.start(0, '127.0.0.1')
  origin = `http://127.0.0.1:${server.address().port}`
})
afterAll(() => server.stop())
let serial = 0
beforeEach(() => {
  // Its tokens hold nothing but the second: two of one second would be the same.
  server.service.on(Events.BeforeTokenSigning, ({ payload }: MutableToken) => {
    payload.jti = `token-${++serial}`
  })
})
afterEach(() => {
  for (const event of Object.values(Events)) server.service.removeAllListeners(event)
})

type Authentication = 'client_secret_basic' | 'client_secret_post'

function setUp(
  authentication: Authentication = 'client_secret_post',
  options: Partial<OAuthClientOptions> = {},
) {
  const definition = defineProvider({
    id: 'mock',
    name: 'Mock',
    category: 'dev-tools',
    docs: ['https://github.com/axa-group/oauth2-mock-server'],
    checked: '2026-11-21',
    protocol: 'oauth2',
    authorization: { url: `${origin}/authorize`, scopes: { default: ['read', 'write'] } },
    token: { url: `${origin}/token`, authentication },
    refresh: { rotates: true },
    revocation: { url: `${origin}/revoke`, authentication, token: 'refresh_token' },
    identity: { request: { url: `${origin}/userinfo` }, id: 'sub', name: 'name' },
    api: { baseUrl: origin },
  })
  const time = { ahead: 0 }
  const ended: OAuthError[] = []
  const reported: OAuthError[] = []
  const refreshed: Connection[] = []
  const client = createOAuthClient(definition, {
    ...credentials,
    redirectUri: 'https://app.example.com/oauth/mock/callback',
    secret: 'a secret of at least thirty-two bytes, for tests',
    store: memoryStore(),
    clock: () => began + time.ahead,
    hooks: {
      onReconnectRequired: ({ error }) => ended.push(error),
      onRefreshed: ({ connection }) => refreshed.push(connection),
      onError: ({ error }) => reported.push(error),
    },
    ...options,
  })
  const callbackUrl = async () => {
    const { url } = await client.authorize({ ...ref, redirectPath: '/back' })
    const response = await fetch(url, { redirect: 'manual' })
    return new URL(response.headers.get('location') ?? '')
  }
  const connect = async () => client.callback(await callbackUrl())
  return { client, time, ended, reported, refreshed, callbackUrl, connect }
}

/** The next answer of the token endpoint. The server writes JSON, whatever the value. */
function answerNext(status: number, body?: unknown): void {
  server.service.once(Events.BeforeResponse, (response: MutableResponse) => {
    response.statusCode = status
    if (body !== undefined) Object.assign(response, { body })
  })
}

/** Changes the next answer that would have been good. */
function changeNext(change: (body: Record<string, unknown>) => void): void {
  server.service.once(Events.BeforeResponse, (response: MutableResponse) => {
    if (response.body !== '') change(response.body)
  })
}

/** Every token request, as the server saw it. */
function watchTokenRequests() {
  const seen: { authorization: string | undefined; form: Readonly<Record<string, unknown>> }[] = []
  server.service.on(Events.BeforeResponse, (_response, request) => {
    seen.push({ authorization: request.headers.authorization, form: { ...request.body } })
  })
  return seen
}

async function refused(promise: Promise<unknown>): Promise<OAuthError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!isOAuthError(error)) throw new Error('expected an OAuthError', { cause: error })
  return error
}

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

interface OddAnswer {
  readonly name: string
  readonly status: number
  readonly body: unknown
  readonly expected: Partial<OAuthError>
}

const failures: readonly OddAnswer[] = [
  {
    name: 'an error of RFC 6749 §5.2',
    status: 400,
    body: { error: 'invalid_request', error_description: 'redirect_uri differs' },
    expected: {
      code: 'provider_error',
      error: 'invalid_request',
      errorDescription: 'redirect_uri differs',
      status: 400,
    },
  },
  {
    name: 'an error under HTTP 200',
    status: 200,
    body: { error: 'bad_verification_code' },
    expected: { code: 'provider_error', error: 'bad_verification_code', status: 200 },
  },
  {
    name: 'an error object',
    status: 401,
    body: { error: { code: 'AUTH-7', message: 'No.' } },
    expected: { code: 'provider_error', error: 'AUTH-7', errorDescription: 'No.' },
  },
  { name: 'an unnamed 4xx', status: 418, body: {}, expected: { code: 'provider_error', error: 'http_418' } },
  {
    name: 'an OAuth error under a 5xx',
    status: 503,
    body: { error: 'invalid_grant' },
    expected: { code: 'provider_error', error: 'invalid_grant', status: 503, retryable: true },
  },
  { name: 'a 429', status: 429, body: {}, expected: { code: 'rate_limited', status: 429, retryable: true } },
  { name: 'a 307', status: 307, body: {}, expected: { code: 'unexpected_redirect', status: 307 } },
  {
    name: 'an empty JSON string',
    status: 200,
    body: '',
    expected: { code: 'malformed_response', status: 200 },
  },
  { name: 'null', status: 200, body: null, expected: { code: 'malformed_response' } },
  { name: 'an array', status: 200, body: [{ access_token: 'a' }], expected: { code: 'malformed_response' } },
  { name: 'a number', status: 200, body: 7, expected: { code: 'malformed_response' } },
  {
    name: 'no access token',
    status: 200,
    body: { token_type: 'Bearer' },
    expected: { code: 'malformed_response' },
  },
  {
    name: 'an access token that is an object',
    status: 200,
    body: { access_token: { value: 'a' } },
    expected: { code: 'malformed_response' },
  },
  {
    name: 'a refresh token that is a number',
    status: 200,
    body: { access_token: 'a', refresh_token: 12345 },
    expected: { code: 'malformed_response' },
  },
  {
    name: 'more than 1 MiB',
    status: 200,
    body: { access_token: 'a', padding: 'x'.repeat(1024 * 1024) },
    expected: { code: 'response_too_large' },
  },
]

describe('oauth2-mock-server: answers to the exchange', () => {
  it.each(failures)('$name', async ({ status, body, expected }) => {
    const { client, callbackUrl } = setUp()
    const url = await callbackUrl()
    answerNext(status, body)
    const error = await refused(client.callback(url))
    expect(error).toMatchObject({ provider: 'mock', redirectPath: '/back', ...expected })
    expect(error.message).toMatch(/^Mock OAuth failed: /)
    expect(await client.getConnection(ref)).toBeUndefined()
    // A code is single use, so a failed exchange is not tried again.
    expect((await refused(client.callback(url))).code).toBe('state_replayed')
  })

  it('a lifetime in words of digits counts, an absurd one does not, and none means no known end', async () => {
    const expiries: (Date | undefined)[] = []
    for (const value of ['1800', -5, 'soon', 0, undefined]) {
      const { connect } = setUp()
      changeNext((body) => {
        if (value === undefined) delete body.expires_in
        else body.expires_in = value
      })
      expiries.push((await connect()).connection.expiresAt)
    }
    expect(expiries).toEqual([new Date(began + 1_800_000), undefined, undefined, undefined, undefined])
  })

  it('scopes as an array, as an empty string, or left out', async () => {
    const granted: (readonly string[])[] = []
    for (const value of [['a', 'b'], 'a,b c', '', undefined]) {
      const { connect } = setUp()
      changeNext((body) => {
        if (value === undefined) delete body.scope
        else body.scope = value
      })
      granted.push((await connect()).connection.scopes)
    }
    expect(granted).toEqual([['a', 'b'], ['a', 'b', 'c'], [], ['read', 'write']])
  })

  it('names of the prototype change nothing', async () => {
    const { connect } = setUp()
    changeNext((body) => {
      Object.defineProperty(body, '__proto__', { value: { polluted: true }, enumerable: true })
      Object.assign(body, { constructor: { prototype: { polluted: true } } })
    })
    expect((await connect()).connection.status).toBe('active')
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })

  it('an identity request that fails costs no connection, and is told', async () => {
    const { client, reported, connect } = setUp()
    server.service.once(Events.BeforeUserinfo, (response: MutableResponse) => {
      response.statusCode = 500
      response.body = { error: 'server_error' }
    })
    const { connection } = await connect()
    expect(connection).not.toHaveProperty('account')
    expect(reported).toMatchObject([{ code: 'provider_error', error: 'server_error', status: 500 }])
    expect(await client.getAccessToken(ref)).toBeTruthy()
  })
})

describe('oauth2-mock-server: answers to the refresh', () => {
  it.each([400, 401, 403])('invalid_grant under %i ends the grant, and no more is asked', async (status) => {
    const { client, time, ended, connect } = setUp()
    await connect()
    time.ahead = hour
    const seen = watchTokenRequests()
    answerNext(status, { error: 'invalid_grant', error_description: 'expired' })
    const error = await refused(client.getAccessToken(ref))
    expect(error).toMatchObject({ code: 'reconnect_required', error: 'invalid_grant', status })
    expect(error.message).toBe('Mock OAuth failed: invalid_grant - expired')
    for (let i = 0; i < 3; i++)
      expect((await refused(client.getAccessToken(ref))).code).toBe('reconnect_required')
    expect(seen).toHaveLength(1)
    expect(ended).toHaveLength(1)
    expect((await client.getConnection(ref))?.status).toBe('reconnect_required')
  })

  const transient: readonly OddAnswer[] = failures
  it.each(transient)(
    '$name is no end of the grant: the token that lives is used',
    async ({ status, body, expected }) => {
      const { client, time, ended, connect } = setUp()
      await connect()
      const before = await client.getTokens(ref)
      time.ahead = hour - 60_000
      const seen = watchTokenRequests()
      answerNext(status, body)
      expect(await client.getAccessToken(ref)).toBe(before.accessToken)
      expect(await client.getAccessToken(ref)).toBe(before.accessToken)
      expect(seen).toHaveLength(1)

      time.ahead = hour + 1
      answerNext(status, body)
      expect(await refused(client.getAccessToken(ref))).toMatchObject(expected)
      expect(ended).toEqual([])
      expect((await client.getConnection(ref))?.status).toBe('active')
      expect((await client.getTokens(ref)).refreshToken).toBe(before.refreshToken)

      // Well again, and asked with the refresh token that was held all along.
      time.ahead += 10 * 60_000
      const fresh = await client.getAccessToken(ref)
      expect(fresh).not.toBe(before.accessToken)
      expect(seen.at(-1)?.form).toMatchObject({
        grant_type: 'refresh_token',
        refresh_token: before.refreshToken,
      })
    },
  )

  it('keeps the refresh token where the answer has none', async () => {
    const { client, connect } = setUp()
    await connect()
    const before = await client.getTokens(ref)
    changeNext((body) => {
      delete body.refresh_token
    })
    await client.refresh(ref)
    const after = await client.getTokens(ref)
    expect(after.refreshToken).toBe(before.refreshToken)
    expect(after.expiresAt).toEqual(new Date(began + hour))
  })

  it('refreshes and repeats a call that was answered with 401, once', async () => {
    const { client, connect } = setUp()
    await connect()
    const seen = watchTokenRequests()
    server.service.once(Events.BeforeUserinfo, (response: MutableResponse) => {
      response.statusCode = 401
    })
    expect((await client.fetch(ref, '/userinfo')).status).toBe(200)
    expect(seen).toHaveLength(1)
    server.service.on(Events.BeforeUserinfo, (response: MutableResponse) => {
      response.statusCode = 401
    })
    expect((await client.fetch(ref, '/userinfo')).status).toBe(401)
    expect(seen).toHaveLength(2)
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
