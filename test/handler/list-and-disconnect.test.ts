import { describe, expect, it } from 'vitest'
import { OAuthError } from '../../src/errors/oauth-error.ts'
import { connectionOf, fakeClient, origin, shop } from './fake-client.ts'
import { setUp } from './handler-under-test.ts'

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
