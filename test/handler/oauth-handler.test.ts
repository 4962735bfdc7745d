import { describe, expect, it } from 'vitest'
import { OAuthError } from '../../src/errors/oauth-error.ts'
import { createOAuthHandler, type OAuthHandlerOptions } from '../../src/handler/oauth-handler.ts'
import type { ProviderDefinition } from '../../src/provider/definition.ts'
import { connectionOf, cookieHeader, cookiesOf, fakeClient, origin, shop } from './fake-client.ts'

function setUp(options: Partial<OAuthHandlerOptions> = {}, client = fakeClient()) {
  const failures: { error: unknown; reference: string; provider?: string }[] = []
  const handler = createOAuthHandler({
    clients: [client],
    session: () => ({ tenantId: 't1', userId: 'u1' }),
    onError: (failure) => failures.push(failure),
    ...options,
  })
  const call = (path: string, init?: RequestInit) => handler(new Request(origin + path, init))
  const connect = (query = '') => call(`/oauth/shop/connect${query}`)
  const comeBack = (state: string | undefined, cookie?: string, query = '&code=c') =>
    call(`/oauth/shop/callback?state=${state}${query}`, cookie ? { headers: { cookie } } : {})
  return { client, handler, call, connect, comeBack, failures }
}

const stateOf = (response: Response) =>
  new URL(response.headers.get('location') ?? '').searchParams.get('state') ?? ''

describe('connect', () => {
  it('sends the browser to the provider with what the query and the session say', async () => {
    const { client, connect } = setUp()
    const response = await connect(
      '?redirectPath=%2Fsettings%3Ftab%3D1&connectionId=second&store=mine&other=x',
    )
    expect(response.status).toBe(303)
    expect(response.headers.get('location')).toBe(
      `https://shop.example/authorize?state=${client.begun[0]?.state}`,
    )
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('referrer-policy')).toBe('no-referrer')
    const { binding, ...input } = client.begun[0]?.input ?? { binding: '' }
    expect(binding).toMatch(/^[\w-]{43}$/)
    expect(input).toEqual({
      tenantId: 't1',
      userId: 'u1',
      connectionId: 'second',
      redirectPath: '/settings?tab=1',
      params: { store: 'mine' },
    })
  })

  it('lets the client judge trusted params, and takes a blank field for none', async () => {
    const { client, connect } = setUp()
    await connect('?host=evil.example&store=&connectionId=')
    expect(client.begun[0]?.input).toMatchObject({
      params: { host: 'evil.example' },
      connectionId: undefined,
    })
  })

  it('ties the flow to the browser with a cookie for that callback only', async () => {
    const { client, connect } = setUp()
    const response = await connect()
    const [cookie, ...more] = cookiesOf(response)
    expect(more).toEqual([])
    expect(cookie?.name).toMatch(/^latchkey_[\w-]{16}$/)
    expect(cookie?.value).toBe(client.begun[0]?.input.binding)
    expect(cookie?.attributes).toEqual([
      'Path=/oauth/shop/callback',
      'Max-Age=600',
      'HttpOnly',
      'SameSite=Lax',
      'Secure',
    ])
  })

  it('leaves Secure out on plain http, and takes the path from the redirect URI', async () => {
    const client = fakeClient({ redirectUri: 'http://localhost:3000/api/oauth/shop/callback' })
    const { connect } = setUp({ cookie: { prefix: 'mine_', domain: 'app.example' } }, client)
    const [cookie] = cookiesOf(await connect())
    expect(cookie?.name).toMatch(/^mine_/)
    expect(cookie?.attributes).toEqual([
      'Path=/api/oauth/shop/callback',
      'Domain=app.example',
      'Max-Age=600',
      'HttpOnly',
      'SameSite=Lax',
    ])
  })

  it('needs SameSite=None where the provider answers by form_post', async () => {
    const provider: ProviderDefinition = {
      ...shop,
      authorization: { ...shop.authorization, responseMode: 'form_post' },
    }
    const client = fakeClient({ provider, redirectUri: 'http://localhost/oauth/shop/callback' })
    const [cookie] = cookiesOf(await setUp({}, client).connect())
    expect(cookie?.attributes).toContain('SameSite=None')
    expect(cookie?.attributes).toContain('Secure')
  })

  it('never takes the redirect URI from the request', async () => {
    const { handler } = setUp()
    const headers = {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      forwarded: 'host=evil.example',
    }
    const response = await handler(new Request('http://evil.example/oauth/shop/connect', { headers }))
    expect(JSON.stringify([...response.headers])).not.toContain('evil.example')
  })

  it('answers { url } for format=json, bound to the browser by default', async () => {
    const { client, connect } = setUp()
    const response = await connect('?format=json')
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({
      url: `https://shop.example/authorize?state=${client.begun[0]?.state}`,
    })
    expect(cookiesOf(response)).toHaveLength(1)
  })

  it('begins an unbound flow only where it is allowed and only for format=json', async () => {
    const { client, connect, comeBack } = setUp({ unboundFlows: true })
    expect(cookiesOf(await connect('?format=json'))).toEqual([])
    expect((await comeBack(client.begun[0]?.state)).headers.get('location')).toBe('/?connected=shop')
    expect(cookiesOf(await connect())).toHaveLength(1)
    expect((await comeBack(client.begun[1]?.state)).status).toBe(400)
  })

  it('is refused without a session, and where the session names no tenant', async () => {
    const nobody = await setUp({ session: async () => undefined }).connect()
    expect(nobody.status).toBe(401)
    expect(await nobody.json()).toMatchObject({ error: { code: 'unauthenticated' } })
    const { call, failures } = setUp({ session: () => ({ tenantId: '' }) })
    expect((await call('/oauth')).status).toBe(500)
    expect(failures[0]?.error).toMatchObject({ code: 'config_invalid' })
  })

  it('lets the application refuse an attempt', async () => {
    const thrown = setUp({
      beforeAuthorize: ({ provider, tenantId }) => {
        throw new Error(`secret words about ${provider} ${tenantId}`)
      },
    })
    const refused = await thrown.connect('?format=json')
    expect(refused.status).toBe(403)
    const text = await refused.text()
    expect(text).toContain('connect_refused')
    expect(text).not.toContain('secret words')
    expect(thrown.client.begun).toEqual([])
    const limited = await setUp({ beforeAuthorize: () => new Response(null, { status: 429 }) }).connect()
    expect(limited.status).toBe(429)
  })

  it('shows a hostile redirectPath as a failure, not as a redirect', async () => {
    const { connect, failures } = setUp()
    const response = await connect('?redirectPath=//evil.example')
    expect(response.status).toBe(400)
    expect(response.headers.has('location')).toBe(false)
    expect(failures[0]?.error).toMatchObject({ code: 'params_invalid' })
  })
})

describe('callback', () => {
  it('goes on to where the flow began, and takes the cookie back', async () => {
    const { client, connect, comeBack } = setUp()
    const begun = await connect('?redirectPath=%2Fsettings%3Fa%3D1%2B2%23frag')
    const response = await comeBack(stateOf(begun), `other=1; ${cookieHeader(begun)}`)
    expect(response.status).toBe(303)
    expect(response.headers.get('location')).toBe('/settings?a=1+2&connected=shop#frag')
    expect(response.headers.get('referrer-policy')).toBe('no-referrer')
    const [taken] = cookiesOf(response)
    expect(taken?.name).toBe(cookiesOf(begun)[0]?.name)
    expect(taken?.value).toBe('')
    expect(taken?.attributes).toEqual([
      'Path=/oauth/shop/callback',
      'Max-Age=0',
      'HttpOnly',
      'SameSite=Lax',
      'Secure',
    ])
    expect(client.connections).toHaveLength(1)
  })

  it('finishes any number of tabs, in any order', async () => {
    const { client, connect, comeBack } = setUp()
    const tabs = [
      await connect('?connectionId=a'),
      await connect('?connectionId=b'),
      await connect('?connectionId=c'),
    ]
    const jar = cookieHeader(...tabs)
    for (const tab of tabs.reverse()) expect((await comeBack(stateOf(tab), jar)).status).toBe(303)
    expect(client.connections.map(({ connectionId }) => connectionId)).toEqual(['c', 'b', 'a'])
  })

  it('refuses another browser, also one with a flow of its own', async () => {
    const { client, connect, comeBack, failures } = setUp()
    const victim = await connect()
    const attacker = await connect()
    expect((await comeBack(stateOf(attacker), cookieHeader(victim))).status).toBe(400)
    expect((await comeBack(stateOf(attacker))).status).toBe(400)
    expect(failures.map(({ error }) => error)).toMatchObject([
      { code: 'state_mismatch' },
      { code: 'state_mismatch' },
    ])
    expect(client.connections).toEqual([])
  })

  it('needs no session, but refuses the session of somebody else', async () => {
    let session: { tenantId: string; userId?: string } | undefined = { tenantId: 't1', userId: 'u1' }
    const { client, connect, comeBack } = setUp({ session: () => session })
    const first = await connect()
    const second = await connect()
    session = { tenantId: 't1', userId: 'u2' }
    expect((await comeBack(stateOf(first), cookieHeader(first))).status).toBe(400)
    session = undefined
    expect((await comeBack(stateOf(second), cookieHeader(second))).status).toBe(303)
    expect(client.connections).toHaveLength(1)
  })

  it('brings a failure back to the application, in place of the marks of an earlier one', async () => {
    const { connect, comeBack, failures } = setUp()
    const earlier = encodeURIComponent('/settings?oauth_error=timeout&provider=x&tab=2#top')
    const begun = await connect(`?redirectPath=${earlier}`)
    const response = await comeBack(stateOf(begun), cookieHeader(begun), '&error=access_denied')
    expect(response.status).toBe(303)
    expect(response.headers.get('location')).toBe(
      '/settings?tab=2&oauth_error=authorization_denied&provider=shop#top',
    )
    expect(cookiesOf(response)[0]?.attributes).toContain('Max-Age=0')
    expect(failures).toMatchObject([{ error: { code: 'authorization_denied' }, provider: 'shop' }])
  })

  it.each([
    ['/a\r\nset-cookie: x=1', '/'],
    ['//evil.example', '/'],
    ['/\\evil.example', '/'],
    ['/.//evil.example', '/'],
    ['/é ü', '/%C3%A9%20%C3%BC'],
    ['/lone\ud800', '/lone%EF%BF%BD'],
  ])('keeps the way back %j inside the site', async (redirectPath, expected) => {
    const client = fakeClient()
    client.callback = async () => ({ connection: connectionOf(), redirectPath, sync: { status: 'skipped' } })
    const response = await setUp({}, client).comeBack('s')
    expect(response.headers.get('location')).toBe(`${expected}?connected=shop`)
    expect(cookiesOf(response)).toEqual([])
    client.callback = () => Promise.reject(new OAuthError({ code: 'timeout', redirectPath }))
    const failed = await setUp({}, client).comeBack('s')
    if (expected === '/') expect(failed.status).toBe(502)
    else expect(failed.headers.get('location')).toBe(`${expected}?oauth_error=timeout&provider=shop`)
  })

  it('reads a form_post, and nothing else that is posted', async () => {
    const { call, client, connect, failures } = setUp()
    const begun = await connect()
    const post = (body: string, type = 'application/x-www-form-urlencoded') =>
      call('/oauth/shop/callback', {
        method: 'POST',
        body,
        headers: { 'content-type': type, cookie: cookieHeader(begun) },
      })
    const form = `state=${stateOf(begun)}&code=c`
    expect((await post(JSON.stringify({ state: stateOf(begun) }), 'application/json')).status).toBe(400)
    expect((await post(`${form}&filler=${'x'.repeat(64 * 1024)}`)).status).toBe(400)
    expect(failures).toMatchObject([
      { error: { code: 'callback_invalid' } },
      { error: { code: 'callback_invalid' } },
    ])
    expect(client.connections).toEqual([])
    expect(
      (await post(form, 'application/x-www-form-urlencoded; charset=utf-8')).headers.get('location'),
    ).toBe('/?connected=shop')
  })

  it('does not use up a flow for HEAD', async () => {
    const { call, client, connect, comeBack } = setUp()
    const begun = await connect()
    const headers = { cookie: cookieHeader(begun) }
    const head = await call(`/oauth/shop/callback?code=c&state=${stateOf(begun)}`, {
      method: 'HEAD',
      headers,
    })
    expect([head.status, await head.text()]).toEqual([200, ''])
    expect(client.connections).toEqual([])
    expect((await comeBack(stateOf(begun), headers.cookie)).status).toBe(303)
  })
})

describe('list', () => {
  it("shows each integration with the tenant's connections and no secret", async () => {
    const client = fakeClient()
    const stored = { ...connectionOf({ expiresAt: new Date(0) }), sealed: 'k.secret', accessToken: 'secret' }
    client.connections.push(stored, connectionOf({ tenantId: 't2' }))
    const ignoresFilter = fakeClient({ provider: { ...shop, id: 'second', name: 'Second' } })
    ignoresFilter.list = async function* () {
      yield connectionOf({ tenantId: 't2' })
    }
    const { call } = setUp({ clients: { anyKey: client, other: ignoresFilter } })
    const response = await call('/oauth')
    expect(response.headers.get('content-type')).toContain('application/json')
    const text = await response.text()
    expect(text).not.toContain('secret')
    expect(JSON.parse(text)).toEqual([
      {
        id: 'shop',
        name: 'Shop & Co',
        category: 'e-commerce',
        connections: [
          {
            connectionId: 'default',
            status: 'active',
            account: { id: 'a1', name: 'Account One' },
            scopes: ['read'],
            tokenType: 'Bearer',
            params: {},
            expiresAt: '1970-01-01T00:00:00.000Z',
            createdAt: '2026-01-02T03:04:05.000Z',
            connectedAt: '2026-01-02T03:04:05.000Z',
            updatedAt: '2026-01-02T03:04:05.000Z',
            refreshedAt: '2026-01-02T03:04:05.000Z',
          },
        ],
      },
      { id: 'second', name: 'Second', category: 'e-commerce', connections: [] },
    ])
  })

  it('says that the store is down, not that nothing is connected', async () => {
    const client = fakeClient()
    client.list = () => {
      throw new OAuthError({ code: 'store_failed', detail: 'redis://10.0.0.7 is down' })
    }
    const { call, failures } = setUp({}, client)
    const response = await call('/oauth/')
    expect(response.status).toBe(503)
    const text = await response.text()
    expect(text).toContain('store_failed')
    expect(text).not.toContain('10.0.0.7')
    expect(text).toContain(failures[0]?.reference)
  })

  it('has no body for HEAD', async () => {
    const { call } = setUp()
    const response = await call('/oauth', { method: 'HEAD' })
    expect([response.status, await response.text()]).toEqual([200, ''])
    expect(response.headers.get('content-type')).toContain('application/json')
  })
})

describe('disconnect', () => {
  const remove = (headers: Record<string, string>, client = fakeClient()) =>
    setUp({}, client).call('/oauth/shop?connectionId=second', { method: 'DELETE', headers })

  it("removes the session's own connection and says what happened", async () => {
    const client = fakeClient()
    const response = await remove({ 'sec-fetch-site': 'same-origin', cookie: 'sid=1' }, client)
    expect([response.status, await response.json()]).toEqual([200, { revoked: true }])
    expect(client.disconnected).toEqual([{ tenantId: 't1', connectionId: 'second' }])
  })

  it('reports that the provider did not revoke', async () => {
    const client = fakeClient()
    const error = new OAuthError({ code: 'timeout', provider: 'shop', cause: new Error('hidden') })
    client.disconnect = async () => ({ revoked: false, error })
    const { code, message, hint } = error
    expect(await (await remove({}, client)).json()).toEqual({
      revoked: false,
      error: { code, message, hint },
    })
  })

  it.each<[string, Record<string, string>, number]>([
    ['same origin', { 'sec-fetch-site': 'same-origin' }, 200],
    ['typed by the user', { 'sec-fetch-site': 'none' }, 200],
    ['cross-site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['cross-site with a fitting Origin', { 'sec-fetch-site': 'cross-site', origin }, 403],
    ['a sibling site', { 'sec-fetch-site': 'same-site', origin: 'https://blog.app.example' }, 403],
    ['a sibling site that says nothing', { 'sec-fetch-site': 'same-site' }, 403],
    ['the public origin behind a proxy', { 'sec-fetch-site': 'same-site', origin }, 200],
    ['an older browser, own page', { origin, cookie: 'sid=1' }, 200],
    ['an older browser, foreign page', { origin: 'https://evil.example', cookie: 'sid=1' }, 403],
    ['an opaque origin', { origin: 'null' }, 403],
    ['a cookie without an origin', { cookie: 'sid=1' }, 403],
    ['a server', { authorization: 'Bearer x' }, 200],
  ])('%s', async (_name, headers, status) => {
    const client = fakeClient()
    const response = await remove(headers, client)
    expect(response.status).toBe(status)
    expect(client.disconnected).toHaveLength(status === 200 ? 1 : 0)
  })

  it('knows its public origin where a proxy ends TLS', async () => {
    const { handler } = setUp()
    const headers = { origin, cookie: 'sid=1' }
    const response = await handler(new Request('http://10.0.0.7/oauth/shop', { method: 'DELETE', headers }))
    expect(response.status).toBe(200)
  })
})

describe('routes', () => {
  it.each([
    ['/oauth/shop/connect', 'POST', 'GET, HEAD'],
    ['/oauth/shop/callback', 'PUT', 'GET, HEAD, POST'],
    ['/oauth/shop', 'GET', 'DELETE'],
    ['/oauth', 'DELETE', 'GET, HEAD'],
    ['/oauth', 'OPTIONS', 'GET, HEAD'],
  ])('%s refuses %s', async (path, method, allow) => {
    const response = await setUp().call(path, { method })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe(allow)
    expect(await response.json()).toMatchObject({ error: { code: 'method_not_allowed' } })
  })

  it.each([
    '/',
    '/oauthx',
    '/xoauth',
    '/oauth/nope/connect',
    '/oauth/shop/connect/more',
    '/oauth/__proto__/connect',
  ])('%s is not found', async (path) => {
    const response = await setUp().call(path)
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ error: { code: 'not_found' } })
  })

  it.each(['/oauth', 'oauth/', '/a/oauth'])('works under a prefix, with the base %s', async (basePath) => {
    const { call } = setUp({ basePath })
    expect((await call('/prefix/a/oauth/shop/connect')).status).toBe(303)
    expect((await call('/prefix/a/oauth')).status).toBe(200)
  })

  it('works at the root', async () => {
    const { call } = setUp({ basePath: '/' })
    expect((await call('/shop/connect')).status).toBe(303)
    expect((await call('/')).status).toBe(200)
    expect((await call('/x/shop/connect')).status).toBe(404)
  })

  it('refuses two clients with one id, and a cookie that cannot be', () => {
    const session = () => undefined
    expect(() => createOAuthHandler({ clients: [fakeClient(), fakeClient()], session })).toThrow(
      /two clients/,
    )
    expect(() => createOAuthHandler({ clients: [], session, cookie: { prefix: 'a;b' } })).toThrow(
      /cookie.prefix/,
    )
    expect(() => createOAuthHandler({ clients: [], session, cookie: { domain: 'a; Path=/' } })).toThrow(
      /domain/,
    )
  })
})
