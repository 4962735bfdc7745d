import { describe, expect, it } from 'vitest'
import type { ProviderDefinition } from '../../src/provider/definition.ts'
import { cookiesOf, fakeClient, shop } from './fake-client.ts'
import { setUp } from './handler-under-test.ts'

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
      authorization: { ...shop.authorization, responseMode: 'form_post' as const },
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
