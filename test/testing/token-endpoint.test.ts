import { afterEach, describe, expect, it } from 'vitest'
import type { OAuth2Definition } from '../../src/provider/definition.ts'
import { basic, plain, posted, regions, shops, workspace } from './definitions.ts'
import { clientId, clientSecret, closeAll, type Exchange, listening } from './plain-client.ts'

afterEach(closeAll)

const basicOf = (id: string, secret: string) =>
  `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`

describe('a correct exchange', () => {
  it('answers as RFC 6749 has it', async () => {
    const simulator = await listening(plain)
    expect(await simulator.tokens()).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 3600,
      refresh_token: expect.any(String),
      scope: 'read write',
    })
  })

  it('puts values where the definition looks, with the account where no request tells it', async () => {
    const simulator = await listening(basic, { account: { id: 'w-1', name: 'Wörk' } })
    expect(await simulator.tokens()).toEqual({
      data: { token: expect.any(String) },
      token_type: 'Bearer',
      refresh_token: expect.any(String),
      workspace: { id: 'w-1', name: 'Wörk' },
    })
  })

  it('marks success where failure comes under HTTP 200, and gives one token where one was asked for', async () => {
    const simulator = await listening(workspace)
    const body = await simulator.tokens()
    expect(body).toMatchObject({ ok: true, scope: 'channels:read,files:read', team: { id: 'account-1' } })
    expect(body.authed_user).toBeUndefined()
  })

  it('gives a second token with a chain of its own where its scopes were asked for', async () => {
    const simulator = await listening(workspace)
    const body = await simulator.tokens({ user_scope: 'chat:write' })
    expect(body.authed_user).toMatchObject({ scope: 'chat:write', refresh_token: expect.any(String) })
    expect(Object(body.authed_user).access_token).not.toBe(body.access_token)
  })

  it('gives the second token alone where only its scopes were asked for', async () => {
    const simulator = await listening(workspace)
    const body = await simulator.tokens({ scope: undefined, user_scope: 'chat:write' })
    expect(body.access_token).toBeUndefined()
    expect(body.authed_user).toMatchObject({ access_token: expect.any(String) })
  })

  it('reports captures behind the loopback server, scopes as a list, and lifetimes under their first name', async () => {
    const simulator = await listening(regions)
    expect(await simulator.tokens()).toMatchObject({
      api_domain: `${simulator.origin}/api.regions.eu`,
      scopes: ['https://scopes.regions.example/read'],
      expires_in_sec: 3600,
    })
  })

  it('is form-encoded where the provider does so, and JSON where that is asked for', async () => {
    const simulator = await listening(posted)
    const form = await simulator.client.exchange(await simulator.code(), { headers: { accept: '*/*' } })
    expect(form.headers.get('content-type')).toContain('x-www-form-urlencoded')
    expect(Object.fromEntries(new URLSearchParams(form.text))).toMatchObject({
      expires_in: '3600',
      x_refresh_expires_in: String(90 * 86_400),
    })
    expect((await simulator.client.exchange(await simulator.code())).body.access_token).toMatch(/^access-/)
  })

  it('grants what the user left of the scopes', async () => {
    const simulator = await listening(plain)
    expect((await simulator.tokens({}, { scopes: ['read'] })).scope).toBe('read')
  })

  it('tells other lifetimes, none, and no refresh token, as an option says', async () => {
    const short = await listening(plain, { expiresIn: 60, refreshTokenLifetime: 500 })
    expect(await short.tokens()).toMatchObject({ expires_in: 60, refresh_token_expires_in: 500 })
    const endless = await (await listening(plain, { expiresIn: false, refreshTokens: false })).tokens()
    expect(Object.keys(endless).sort()).toEqual(['access_token', 'scope', 'token_type'])
  })
})

describe('a wrong exchange', () => {
  type Case = readonly [string, OAuth2Definition, Exchange, string, number]
  const json = {
    params: {},
    headers: { 'content-type': 'application/json' },
    rawBody: '{"grant_type":"authorization_code"}',
  }
  const cases: readonly Case[] = [
    ['a wrong secret', plain, { params: { client_secret: 'wrong' } }, 'invalid_client', 401],
    ['no secret', plain, { params: { client_secret: undefined } }, 'invalid_client', 401],
    ['another client', plain, { params: { client_id: 'other' } }, 'invalid_client', 401],
    ['no client', plain, { params: { client_id: undefined } }, 'invalid_client', 401],
    [
      'Basic besides the body',
      plain,
      { headers: { authorization: basicOf(clientId, clientSecret) } },
      'invalid_client',
      401,
    ],
    [
      'Basic instead of the body',
      plain,
      {
        headers: { authorization: basicOf(clientId, clientSecret) },
        params: { client_id: undefined, client_secret: undefined },
      },
      'invalid_client',
      401,
    ],
    [
      'a secret where there is none',
      posted,
      { params: { client_secret: clientSecret } },
      'invalid_client',
      401,
    ],
    [
      'another redirect URI',
      plain,
      { params: { redirect_uri: 'https://app.example.com/cb' } },
      'invalid_grant',
      400,
    ],
    ['no redirect URI', plain, { params: { redirect_uri: undefined } }, 'invalid_grant', 400],
    ['another verifier', plain, { params: { code_verifier: 'w'.repeat(50) } }, 'invalid_grant', 400],
    ['no verifier', plain, { params: { code_verifier: undefined } }, 'invalid_grant', 400],
    ['no grant type', plain, { params: { grant_type: undefined } }, 'invalid_request', 400],
    ['another grant type', plain, { params: { grant_type: 'password' } }, 'unsupported_grant_type', 400],
    ['an unknown code', plain, { params: { code: 'nonsense' } }, 'invalid_grant', 400],
    ['no code', plain, { params: { code: undefined } }, 'invalid_request', 400],
    ['JSON where a form is due', plain, json, 'invalid_request', 400],
    [
      'a form labelled as something else',
      plain,
      { headers: { 'content-type': 'text/plain' } },
      'invalid_request',
      400,
    ],
    [
      'a body where the query is due',
      { ...posted, token: { ...posted.token, method: 'POST' } },
      { rawBody: 'code=1' },
      'invalid_request',
      400,
    ],
    [
      'a verifier where PKCE is unsupported',
      shops,
      { params: { code_verifier: 'v'.repeat(50) } },
      'invalid_request',
      400,
    ],
    ['no Accept where it is fixed', shops, { headers: { accept: 'text/html' } }, 'invalid_request', 400],
  ]
  it.each(cases)('%s', async (_what, definition, overrides, error, status) => {
    const simulator = await listening(definition, {}, { shop: 'acme' })
    const answered = await simulator.client.exchange(await simulator.code(), overrides)
    expect(answered.body).toMatchObject({ error, error_description: expect.stringMatching(/./) })
    expect(answered.status).toBe(status)
    expect(answered.body.access_token).toBeUndefined()
  })

  it.each([
    [
      'the secret in the body besides Basic',
      { params: { client_secret: clientSecret } },
      'invalid_client',
      401,
    ],
    [
      'the body instead of Basic',
      { headers: { authorization: undefined }, params: { client_id: clientId, client_secret: clientSecret } },
      'invalid_client',
      401,
    ],
    ['a wrong secret', { headers: { authorization: basicOf(clientId, 'wrong') } }, 'invalid_client', 401],
    [
      'a secret that is not form-encoded',
      {
        headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
      },
      'invalid_client',
      401,
    ],
    ['another client', { headers: { authorization: basicOf('other', clientSecret) } }, 'invalid_client', 401],
    ['another client_id in the body', { params: { client_id: 'other' } }, 'invalid_client', 401],
    ['a form where JSON is due', { format: 'form' }, 'invalid_request', 400],
    [
      'JSON labelled as a form',
      { headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      'invalid_request',
      400,
    ],
    [
      'a fixed header of another value',
      { headers: { 'basic-version': '2020-01-01' } },
      'invalid_request',
      400,
    ],
    ['no fixed header', { headers: { 'basic-version': undefined } }, 'invalid_request', 400],
    ['no fixed parameter', { params: { expiring: undefined } }, 'invalid_request', 400],
    ['another fixed parameter', { params: { expiring: '0' } }, 'invalid_request', 400],
    [
      'a refresh at the exchange endpoint',
      { params: { grant_type: 'refresh_token' } },
      'unsupported_grant_type',
      400,
    ],
  ] satisfies [string, Exchange, string, number][])(
    'with Basic and JSON: %s, in the provider’s own words',
    async (_what, overrides, code, status) => {
      const simulator = await listening(basic)
      const answered = await simulator.client.exchange(await simulator.code(), overrides)
      expect(answered.json).toEqual({ status: code, message: expect.stringMatching(/./) })
      expect(answered.status).toBe(status)
    },
  )

  it('comes under HTTP 200 where the definition says so', async () => {
    const simulator = await listening(workspace)
    const answered = await simulator.client.exchange('nonsense')
    expect(answered.status).toBe(200)
    expect(answered.body).toMatchObject({ ok: false, error: 'invalid_grant' })
  })

  it('with a verifier, though no challenge was sent', async () => {
    const simulator = await listening(regions)
    const code = await simulator.code({ code_challenge: undefined, code_challenge_method: undefined })
    expect((await simulator.client.exchange(code)).body.error).toBe('invalid_grant')
  })

  it('by another method', async () => {
    const simulator = await listening(plain)
    const url = `${simulator.client.fill(simulator.definition.token.url)}?grant_type=authorization_code`
    expect((await fetch(url)).status).toBe(405)
    const inApi = await listening(workspace)
    expect((await fetch(inApi.client.fill(inApi.definition.token.url))).status, 'below the API’s base').toBe(
      405,
    )
    // Where exchange and refresh share an address, each still has its own method.
    const mixed = await listening(posted)
    const exchanged = await mixed.client.exchange(await mixed.code(), { method: 'POST', format: 'form' })
    expect(exchanged.status).toBe(405)
  })

  it('with a parameter twice', async () => {
    const simulator = await listening(plain)
    const code = await simulator.code()
    const rawBody = `grant_type=authorization_code&code=${code}&code=${code}`
    expect((await simulator.client.exchange(code, { rawBody })).body.error).toBe('invalid_request')
  })

  it('with the code in the URL', async () => {
    const simulator = await listening(plain)
    const code = await simulator.code()
    const url = `${simulator.client.fill(simulator.definition.token.url)}?code=${code}`
    expect((await simulator.client.exchange(code, { url })).body.error).toBe('invalid_request')
  })

  it('after the code has expired', async () => {
    const simulator = await listening(plain)
    const inTime = await simulator.code()
    simulator.clock.pass(59)
    expect((await simulator.client.exchange(inTime)).status).toBe(200)
    const late = await simulator.code()
    simulator.clock.pass(60)
    expect((await simulator.client.exchange(late)).body.error).toBe('invalid_grant')
    const short = await listening(plain, { codeLifetime: 10 })
    const code = await short.code()
    short.clock.pass(10)
    expect((await short.client.exchange(code)).body.error).toBe('invalid_grant')
  })

  it('after every code was expired by hand', async () => {
    const simulator = await listening(plain)
    const code = await simulator.code()
    simulator.mock.expireCodes()
    expect((await simulator.client.exchange(code)).body.error).toBe('invalid_grant')
  })

  it('for the second time, which ends what the first one gave', async () => {
    const simulator = await listening(plain)
    const code = await simulator.code()
    const { body } = await simulator.client.exchange(code)
    const me = 'https://api.plain.example/v1/me'
    const at = simulator.definition.identity.request?.url ?? me
    expect((await simulator.client.get(at, String(body.access_token))).status).toBe(200)
    expect((await simulator.client.exchange(code)).body.error).toBe('invalid_grant')
    expect((await simulator.client.get(at, String(body.access_token))).status).toBe(401)
    expect((await simulator.client.refresh(String(body.refresh_token))).body.error).toBe('invalid_grant')
  })

  it('at the server of another tenant', async () => {
    const simulator = await listening(shops, {}, { shop: 'acme' })
    const code = await simulator.code()
    simulator.client.learn({ shop: 'other' })
    expect((await simulator.client.exchange(code)).body.error).toBe('invalid_grant')
  })

  it('at another data center than the callback named', async () => {
    const simulator = await listening(regions)
    const code = await simulator.code()
    simulator.client.learn({ accountsServer: `${simulator.origin}/accounts.regions.com` })
    expect((await simulator.client.exchange(code)).body.error).toBe('invalid_grant')
  })

  it('at a deployment that is not the simulated one', async () => {
    const simulator = await listening(posted, { params: { host: 'posted.internal' } })
    const answered = await simulator.client.exchange('any')
    expect(answered.status).toBe(404)
    simulator.client.learn({ host: 'posted.internal' })
    expect((await simulator.client.exchange(await simulator.code())).status).toBe(200)
  })
})
