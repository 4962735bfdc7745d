import { createHmac } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import { basic, plain, posted, regions, shops, workspace } from './definitions.ts'
import {
  challenge,
  clientSecret,
  closeAll,
  listening,
  plainClient,
  redirectUri,
  state,
} from './plain-client.ts'

afterEach(closeAll)

const query = (url: string) => Object.fromEntries(new URL(url).searchParams)

describe('what goes back on the callback', () => {
  it('is the state, a code and the issuer, added to what the redirect URI has', async () => {
    const { mock, client, origin } = await listening(plain)
    const callback = query(await mock.approve(client.authorizationUrl()))
    expect(callback).toEqual({
      kept: '1',
      state,
      code: expect.any(String),
      iss: `${origin}/auth.plain.example`,
    })
  })

  it('names the real issuer to a client that came to the real host', async () => {
    const { mock } = await listening(plain)
    expect(query(await mock.approve(plainClient(plain).authorizationUrl())).iss).toBe(
      'https://auth.plain.example',
    )
  })

  it('has captured params under their parameters, behind the loopback server', async () => {
    const { mock, client, origin } = await listening(regions)
    const callback = query(await mock.approve(client.authorizationUrl()))
    expect(callback['accounts-server']).toBe(`${origin}/accounts.regions.eu`)
  })

  it('has what must match and a signature over the rest', async () => {
    const { mock, client, clock } = await listening(shops, {}, { shop: 'acme' })
    const { hmac, ...signed } = query(await mock.approve(client.authorizationUrl()))
    expect(signed.shop).toBe('acme.shops.example')
    expect(signed.timestamp).toBe(String(clock() / 1000))
    const { kept: _kept, ...fromProvider } = signed
    const text = new URLSearchParams(Object.entries(fromProvider).sort()).toString()
    expect(hmac).toBe(createHmac('sha256', clientSecret).update(text).digest('hex'))
  })

  it('is access_denied when the user refuses, with nothing that was captured', async () => {
    const { mock, client } = await listening(regions)
    const callback = query(await mock.deny(client.authorizationUrl()))
    expect(callback).toMatchObject({ error: 'access_denied', state })
    expect(callback.code).toBeUndefined()
    expect(callback['accounts-server']).toBeUndefined()
  })

  it('reports the params and the account that were asked for', async () => {
    const { mock, client } = await listening(posted, { params: { companyId: '5555' } })
    expect(query(await mock.approve(client.authorizationUrl())).companyId).toBe('5555')
    const both = await listening(posted, { params: { companyId: '5555' }, account: { id: '8888' } })
    expect(query(await both.mock.approve(both.client.authorizationUrl())).companyId).toBe('5555')
    const other = await mock.approve(client.authorizationUrl(), { params: { companyId: '6666' } })
    expect(query(other).companyId).toBe('6666')
    const named = await mock.approve(client.authorizationUrl(), { account: { id: '777777' } })
    expect(query(named).companyId).toBe('777777')
  })

  it('takes no param that the definition would not', async () => {
    await expect(listening(posted, { params: { companyId: 'no number' } })).rejects.toMatchObject({
      code: 'params_invalid',
    })
  })
})

describe('what is never sent back to the client', () => {
  it.each([
    ['another redirect URI', { redirect_uri: 'https://evil.example/cb' }],
    ['the redirect URI with a slash more', { redirect_uri: `${redirectUri}/` }],
    ['no redirect URI', { redirect_uri: undefined }],
    ['an unknown client', { client_id: 'somebody' }],
    ['no client', { client_id: undefined }],
  ])('%s', async (_what, overrides) => {
    const { mock, client } = await listening(plain)
    const url = client.authorizationUrl(overrides)
    await expect(mock.approve(url)).rejects.toThrow(/redirect_uri|client_id/)
    const page = await fetch(url, { redirect: 'manual' })
    expect(page.status).toBe(400)
    expect(page.headers.get('location')).toBeNull()
  })

  it('a URL of somebody else', async () => {
    const { mock } = await listening(plain)
    await expect(mock.approve('https://other.example/authorize')).rejects.toThrow(/no authorization URL/)
  })

  it('any of several registered redirect URIs is good', async () => {
    const second = 'https://app.example.com/second'
    const { mock, client } = await listening(plain, { redirectUri: [redirectUri, second] })
    expect(await mock.approve(client.authorizationUrl({ redirect_uri: second }))).toContain(`${second}?code=`)
  })
})

describe('what is refused on the callback', () => {
  it.each([
    ['no response type', plain, { response_type: undefined }, 'invalid_request'],
    ['another response type', plain, { response_type: 'token' }, 'unsupported_response_type'],
    ['no fixed parameter', plain, { access_type: undefined }, 'invalid_request'],
    ['another fixed parameter', plain, { access_type: 'online' }, 'invalid_request'],
    ['no state', plain, { state: undefined }, 'invalid_request'],
    ['a state longer than the provider gives back', plain, { state: 's'.repeat(201) }, 'invalid_request'],
    [
      'no challenge where PKCE is required',
      plain,
      { code_challenge: undefined, code_challenge_method: undefined },
      'invalid_request',
    ],
    ['a plain challenge', plain, { code_challenge_method: 'plain' }, 'invalid_request'],
    ['a challenge without its method', plain, { code_challenge_method: undefined }, 'invalid_request'],
    ['a challenge that is no digest', plain, { code_challenge: 'short' }, 'invalid_request'],
    [
      'a challenge where PKCE is unsupported',
      basic,
      { code_challenge: challenge, code_challenge_method: 'S256' },
      'invalid_request',
    ],
    ['commas between scopes', plain, { scope: 'read,write' }, 'invalid_scope'],
    ['spaces between scopes', workspace, { scope: 'channels:read files:read' }, 'invalid_scope'],
    ['spaces between further scopes', workspace, { user_scope: 'a b' }, 'invalid_scope'],
    ['no form_post', posted, { response_mode: undefined }, 'invalid_request'],
    ['a form_post that was not declared', plain, { response_mode: 'form_post' }, 'invalid_request'],
  ] as const)('%s', async (_what, definition, overrides, error) => {
    const { mock, client } = await listening(definition)
    const callback = query(await mock.approve(client.authorizationUrl(overrides)))
    expect(callback).toMatchObject({ error, error_description: expect.stringMatching(/./) })
    expect(callback.code).toBeUndefined()
  })

  it('a repeated parameter', async () => {
    const { mock, client } = await listening(plain)
    const callback = query(await mock.approve(`${client.authorizationUrl()}&state=second`))
    expect(callback.error).toBe('invalid_request')
  })

  it('nothing of what PKCE would add, where it is only supported', async () => {
    const { mock, client } = await listening(regions)
    const callback = query(
      await mock.approve(
        client.authorizationUrl({ code_challenge: undefined, code_challenge_method: undefined }),
      ),
    )
    expect(callback.code).toMatch(/^code-/)
  })

  it('no response type where it is not sent', async () => {
    const { mock, client } = await listening(shops, {}, { shop: 'acme' })
    expect(query(await mock.approve(client.authorizationUrl())).code).toMatch(/^code-/)
  })

  it('a tenant value that does not match its pattern is no address of the provider', async () => {
    const { mock, client } = await listening(shops, {}, { shop: 'UPPER_case' })
    await expect(mock.approve(client.authorizationUrl())).rejects.toThrow(/no authorization URL/)
  })
})

describe('the page in a browser', () => {
  const decide = (url: string, decision: string) =>
    fetch(url, { method: 'POST', body: new URLSearchParams({ decision }), redirect: 'manual' })

  it('says who asks for what, escaped, and loads nothing', async () => {
    const { client } = await listening(plain, {
      account: { id: '1', name: '<b>Ada</b>' },
    })
    const response = await fetch(client.authorizationUrl({ scope: 'read <img>' }))
    const page = await response.text()
    expect(response.headers.get('content-type')).toMatch(/^text\/html/)
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(page).toContain('Plain &amp; &quot;Simple&quot;')
    expect(page).toContain('&lt;b&gt;Ada&lt;/b&gt;')
    expect(page).toContain('client/1')
    expect(page).toContain('<li>&lt;img&gt;</li>')
    expect(page).not.toMatch(/<img|<b>|src=|href=/)
  })

  it('redirects to the callback with a code that is good', async () => {
    const { client } = await listening(plain)
    const response = await decide(client.authorizationUrl(), 'approve')
    expect(response.status).toBe(302)
    const callback = new URL(response.headers.get('location') ?? '')
    expect(`${callback.origin}${callback.pathname}`).toBe('https://app.example.com/cb')
    expect((await client.exchange(callback.searchParams.get('code') ?? '')).status).toBe(200)
  })

  it('redirects with access_denied', async () => {
    const { client } = await listening(plain)
    const response = await decide(client.authorizationUrl(), 'deny')
    expect(query(response.headers.get('location') ?? '')).toMatchObject({ error: 'access_denied', state })
  })

  it('redirects a wrong request at once', async () => {
    const { client } = await listening(plain)
    const response = await fetch(client.authorizationUrl({ response_type: 'token' }), { redirect: 'manual' })
    expect(query(response.headers.get('location') ?? '')).toMatchObject({
      error: 'unsupported_response_type',
    })
  })

  it('answers form_post with a form that posts itself', async () => {
    const { client } = await listening(posted)
    const response = await decide(client.authorizationUrl(), 'approve')
    const page = await response.text()
    expect(page).toContain('<form method="post" action="https://app.example.com/cb?kept=1">')
    expect(page).toMatch(/name="code" value="[\w-]+"/)
    expect(page).toContain(`name="state" value="${state}"`)
    expect(page).toContain('document.forms[0].submit()')
    expect(response.headers.get('content-security-policy')).toMatch(/script-src 'sha256-[\w+/=]+'/)
  })
})
