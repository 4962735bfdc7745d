import { afterEach, describe, expect, it } from 'vitest'
import { basic, plain, posted, regions, shops, workspace } from './definitions.ts'
import { clientId, clientSecret, closeAll, listening } from './plain-client.ts'

afterEach(closeAll)

const text = (value: unknown) => String(value)

describe('the API', () => {
  it('takes a live token in its header, on any path and on further hosts', async () => {
    const simulator = await listening(plain)
    const { access_token: token } = await simulator.tokens()
    const base = simulator.definition.api.baseUrl
    const answered = await simulator.client.get(`${base}/things/1?x=2`, text(token))
    expect(answered).toMatchObject({ status: 200, json: { ok: true, path: '/things/1' } })
    const file = await simulator.client.get(`${simulator.origin}/files.plain.example/a.pdf`, text(token))
    expect(file).toMatchObject({ status: 200, json: { ok: true, path: '/a.pdf' } })
  })

  it.each([
    ['no token', undefined, {}],
    ['an unknown token', 'nonsense', {}],
    ['the token in another scheme', undefined, { authorization: 'Token TOKEN' }],
    ['the token in another header', undefined, { 'x-token': 'TOKEN' }],
  ])('refuses %s with 401', async (_what, token, headers) => {
    const simulator = await listening(plain)
    const { access_token: live } = await simulator.tokens()
    const init = {
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name, value.replace('TOKEN', text(live))]),
      ),
    }
    const answered = await simulator.client.get(`${simulator.definition.api.baseUrl}/x`, token, init)
    expect(answered).toMatchObject({ status: 401, body: { error: 'invalid_token' } })
    expect(answered.headers.get('www-authenticate')).toMatch(/^Bearer/)
  })

  it('refuses a token in the query', async () => {
    const simulator = await listening(plain)
    const { access_token: token } = await simulator.tokens()
    const url = `${simulator.definition.api.baseUrl}/x?access_token=${text(token)}`
    expect((await simulator.client.get(url, undefined)).status).toBe(401)
  })

  it('refuses an expired token, as the definition says where it does', async () => {
    const usual = await listening(plain)
    const { access_token: token } = await usual.tokens()
    usual.clock.pass(3599)
    expect((await usual.client.get(`${usual.definition.api.baseUrl}/x`, text(token))).status).toBe(200)
    usual.clock.pass(1)
    expect((await usual.client.get(`${usual.definition.api.baseUrl}/x`, text(token))).status).toBe(401)
    const own = await listening(workspace)
    const { access_token: other } = await own.tokens()
    own.mock.expireAccessTokens()
    const answered = await own.client.get(`${own.definition.api.baseUrl}/x`, text(other))
    expect(answered).toMatchObject({ status: 200, body: { ok: false, error: 'token_expired' } })
  })

  it('knows a lifetime that was never told', async () => {
    const simulator = await listening(basic)
    const { data } = await simulator.tokens()
    const url = `${simulator.definition.api.baseUrl}/x`
    simulator.clock.pass(599)
    expect((await simulator.client.get(url, Object(data).token)).status).toBe(200)
    simulator.clock.pass(1)
    expect((await simulator.client.get(url, Object(data).token)).status).toBe(401)
  })

  it('refuses a token after the user removed the app', async () => {
    const simulator = await listening(plain)
    const { access_token: token } = await simulator.tokens()
    simulator.mock.revokeGrants()
    expect((await simulator.client.get(`${simulator.definition.api.baseUrl}/x`, text(token))).status).toBe(
      401,
    )
  })

  it('demands its fixed headers', async () => {
    const simulator = await listening(plain)
    const { access_token: token } = await simulator.tokens()
    const init = { headers: { 'x-version': '6' } }
    const answered = await simulator.client.get(`${simulator.definition.api.baseUrl}/x`, text(token), init)
    expect(answered).toMatchObject({ status: 400, body: { error: 'invalid_request' } })
  })

  it('demands its query on calls, with this account’s value, but not on discovery', async () => {
    const simulator = await listening(regions)
    const { access_token: token } = await simulator.tokens()
    simulator.client.learn({ apiDomain: `${simulator.origin}/api.regions.eu` })
    const found = await simulator.client.get('{apiDomain}/v3/organizations?per_page=5', text(token))
    expect(found.json).toEqual({ organizations: [{ is_default: true, id: '4711' }] })
    expect((await simulator.client.get('{apiDomain}/v3/x?organization_id=4711', text(token))).status).toBe(
      200,
    )
    expect((await simulator.client.get('{apiDomain}/v3/x', text(token))).status).toBe(400)
    expect((await simulator.client.get('{apiDomain}/v3/x?organization_id=1', text(token))).status).toBe(400)
  })

  it('takes no token of another tenant or data center', async () => {
    const simulator = await listening(shops, {}, { shop: 'acme' })
    const { access_token: token } = await simulator.tokens()
    const url = simulator.definition.api.baseUrl
    expect((await simulator.client.get(`${url}/x`, text(token))).status).toBe(200)
    simulator.client.learn({ shop: 'other' })
    expect((await simulator.client.get(`${url}/x`, text(token))).status).toBe(401)
    const away = await listening(regions)
    const { access_token: other } = await away.tokens()
    const elsewhere = `${away.origin}/api.regions.com/v3/x?organization_id=4711`
    expect((await away.client.get(elsewhere, text(other))).status).toBe(401)
  })

  it('says who was connected, where the definition looks', async () => {
    const simulator = await listening(plain, { account: { id: '42', name: 'ada@example.com' } })
    const { access_token: token } = await simulator.tokens()
    const answered = await simulator.client.get(text(simulator.definition.identity.request?.url), text(token))
    expect(answered.json).toEqual({ user: { id: '42', emails: [{ value: 'ada@example.com' }] } })
  })

  it('wants the documented body of a request that has one', async () => {
    const simulator = await listening(shops, {}, { shop: 'acme' })
    const { access_token: token } = await simulator.tokens()
    const url = text(simulator.definition.identity.request?.url)
    const good = { method: 'POST', body: JSON.stringify({ query: '{ shop { id } }' }) }
    expect((await simulator.client.get(url, text(token), good)).json).toEqual({
      data: { shop: { id: 'account-acme' } },
    })
    const bad = { method: 'POST', body: JSON.stringify({ query: '{ shop }' }) }
    expect((await simulator.client.get(url, text(token), bad)).status).toBe(400)
  })

  it('lists a history inside the window', async () => {
    const simulator = await listening(plain)
    const { access_token: token } = await simulator.tokens()
    const from = simulator.clock() - 3 * 86_400_000
    const url = `${simulator.definition.api.baseUrl}/items?limit=10`
    const { body } = await simulator.client.get(`${url}&since=${new Date(from).toISOString()}`, text(token))
    const times = Object(body.items).map((item: { created_at: string }) => Date.parse(item.created_at))
    expect(times).toHaveLength(3)
    expect(times.filter((time: number) => time < from || time > simulator.clock())).toEqual([])
    expect((await simulator.client.get(`${url}&since=yesterday`, text(token))).status).toBe(400)
    expect(Object((await simulator.client.get(url, text(token))).body.items)).toHaveLength(5)
  })

  it('reads the window from a JSON body, too', async () => {
    const simulator = await listening(posted, {}, { companyId: '123456' })
    const { access_token: token } = await simulator.tokens()
    const url = `${simulator.definition.api.baseUrl}/search`
    const ask = (after: string) =>
      simulator.client.get(url, text(token), { method: 'POST', body: JSON.stringify({ filter: { after } }) })
    const from = simulator.clock() - 4 * 86_400_000
    const { body } = await ask(`since:${from / 1000}`)
    expect(Object(body.items)).toHaveLength(4)
    expect(Date.parse(Object(body.items)[0].created_at) - from).toBeLessThan(2 * 86_400_000)
    expect((await ask('since:2026-01-01')).status).toBe(400)
    expect((await ask('1763683200')).status).toBe(400)
  })
})

describe('revocation', () => {
  it('ends the grant, answers twice alike, and is authenticated', async () => {
    const simulator = await listening(plain)
    const tokens = await simulator.tokens()
    const wrong = await simulator.client.revoke(text(tokens.refresh_token), {
      params: { client_secret: 'wrong' },
    })
    expect(wrong).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
    const basicToo = {
      headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
    }
    expect((await simulator.client.revoke(text(tokens.refresh_token), basicToo)).status).toBe(401)
    expect(await simulator.client.revoke(text(tokens.refresh_token))).toMatchObject({ status: 200, text: '' })
    expect((await simulator.client.revoke(text(tokens.refresh_token))).status).toBe(200)
    expect((await simulator.client.refresh(text(tokens.refresh_token))).body.error).toBe('invalid_grant')
    expect(
      (await simulator.client.get(`${simulator.definition.api.baseUrl}/x`, text(tokens.access_token))).status,
    ).toBe(401)
  })

  it('takes the declared token only, with its fixed parameters', async () => {
    const simulator = await listening(plain)
    const tokens = await simulator.tokens()
    expect((await simulator.client.revoke(text(tokens.access_token))).body.error).toBe(
      'unsupported_token_type',
    )
    const unhinted = await simulator.client.revoke(text(tokens.refresh_token), {
      params: { token_type_hint: undefined },
    })
    expect(unhinted.body.error).toBe('invalid_request')
    const without = await simulator.client.revoke('x', { params: { token: undefined } })
    expect(without.body.error).toBe('invalid_request')
  })

  it('takes the access token where there is no refresh token', async () => {
    const simulator = await listening(plain, { refreshTokens: false })
    const { access_token: token } = await simulator.tokens()
    expect((await simulator.client.revoke(text(token))).status).toBe(200)
    expect((await simulator.client.get(`${simulator.definition.api.baseUrl}/x`, text(token))).status).toBe(
      401,
    )
  })

  it('in the provider’s own way: DELETE, JSON, the client in the URL, 404 afterwards', async () => {
    const simulator = await listening(basic)
    const { data } = await simulator.tokens()
    const token = text(Object(data).token)
    simulator.client.learn({ clientId: encodeURIComponent(clientId) })
    expect((await simulator.client.revoke(token, { method: 'POST' })).status).toBe(405)
    expect((await simulator.client.revoke(token, { format: 'form' })).status).toBe(400)
    expect((await simulator.client.revoke(token)).status).toBe(200)
    expect((await simulator.client.revoke(token)).status).toBe(404)
  })

  it('by the token itself', async () => {
    const simulator = await listening(workspace)
    const tokens = await simulator.tokens({ user_scope: 'chat:write' })
    const revoked = await simulator.client.revoke(text(tokens.access_token))
    expect(revoked).toMatchObject({ status: 200, json: { ok: true } })
    const again = await simulator.client.revoke(text(tokens.access_token))
    expect(again).toMatchObject({ status: 200, body: { ok: false, error: 'token_revoked' } })
    const other = text(Object(tokens.authed_user).access_token)
    expect((await simulator.client.get(`${simulator.definition.api.baseUrl}/x`, other)).status).toBe(200)
    const bare = await simulator.client.revoke(other, { headers: { Authorization: undefined } })
    expect(bare.status).toBe(401)
  })

  it('without authentication refuses a secret that nobody asked for', async () => {
    const simulator = await listening(regions)
    const { refresh_token: token } = await simulator.tokens()
    const withSecret = await simulator.client.revoke(text(token), { params: { client_secret: clientSecret } })
    expect(withSecret.body.error).toBe('invalid_client')
    expect((await simulator.client.revoke(text(token))).status).toBe(200)
  })
})
