import { describe, expect, it } from 'vitest'
import { createOAuthHandler } from '../../src/handler/oauth-handler.ts'
import { fakeClient } from './fake-client.ts'
import { setUp } from './handler-under-test.ts'

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
