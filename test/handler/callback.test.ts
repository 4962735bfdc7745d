import { describe, expect, it } from 'vitest'
import { OAuthError } from '../../src/errors/oauth-error.ts'
import { connectionOf, cookieHeader, cookiesOf, fakeClient } from './fake-client.ts'
import { setUp, stateOf } from './handler-under-test.ts'

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
