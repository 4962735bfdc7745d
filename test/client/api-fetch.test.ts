import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Acme, failure, json, startAcme } from '../support/connected.ts'
import { startProviderServer } from '../support/provider-server.ts'

let acme: Acme
beforeEach(async () => {
  acme = await startAcme()
})
afterEach(() => acme.close())

describe('client.fetch', () => {
  it('resolves a path on the API base and attaches the credential', async () => {
    acme.endpoints['/api/things'] = () => json({ things: [] })
    const { client } = await acme.connected()
    const response = await client.fetch(acme.ref, '/things?limit=2', { headers: { 'x-mine': '1' } })
    expect(response).toBeInstanceOf(Response)
    expect(await response.json()).toEqual({ things: [] })
    const [sent] = acme.server.requests
    expect(sent?.path).toBe('/api/things?limit=2')
    expect(sent?.headers).toMatchObject({
      authorization: 'Bearer at-1',
      accept: 'application/json',
      'x-mine': '1',
    })
  })

  it("uses the provider's own credential header, fixed headers and query", async () => {
    acme.endpoints['/api/things'] = () => json({})
    const params = { org: { description: 'org', pattern: '^\\d+$', example: '7', default: '7' } }
    const api = {
      baseUrl: acme.definition.api.baseUrl,
      credential: { header: 'X-Acme-Token', value: '{accessToken}' },
      headers: { 'Acme-Version': '2026-01-01' },
      query: { organization_id: '{org}' },
    }
    const { client } = await acme.connected({}, { api, params })
    await client.fetch(acme.ref, '/things')
    expect(acme.server.requests[0]?.path).toBe('/api/things?organization_id=7')
    expect(acme.server.requests[0]?.headers).toMatchObject({
      'x-acme-token': 'at-1',
      'acme-version': '2026-01-01',
    })
    expect(acme.server.requests[0]?.headers.authorization).toBeUndefined()
  })

  it.each([
    'https://evil.example/api',
    '//evil.example/x',
    '/\\evil.example/x',
    'http://127.0.0.1:1/api',
    'file:///etc/passwd',
  ])('refuses %s, and sends nothing', async (input) => {
    const { client } = await acme.connected()
    expect((await failure(client.fetch(acme.ref, input))).code).toBe('host_not_allowed')
    expect(acme.server.requests).toEqual([])
  })

  it('takes whole URLs of the API origin', async () => {
    acme.endpoints['/other'] = () => json({ ok: 1 })
    const { client } = await acme.connected()
    expect((await client.fetch(acme.ref, new URL('/other', acme.server.origin))).status).toBe(200)
  })

  it('refreshes and repeats once on 401, body included', async () => {
    const { client } = await acme.connected()
    acme.endpoints['/token'] = acme.rotating
    acme.endpoints['/api/things'] = ({ headers, body }) =>
      headers.authorization === 'Bearer at-2' ? json({ got: body }) : json({ error: 'expired' }, 401)
    const response = await client.fetch(acme.ref, '/things', { method: 'POST', body: 'hello' })
    expect(await response.json()).toEqual({ got: 'hello' })
    expect(acme.sentTo('/token')).toHaveLength(1)
  })

  it('returns a 401 that stays, after one refresh', async () => {
    const { client } = await acme.connected()
    acme.endpoints['/token'] = acme.rotating
    acme.endpoints['/api/things'] = () => json({ error: 'no' }, 401)
    expect((await client.fetch(acme.ref, '/things')).status).toBe(401)
    expect(acme.sentTo('/api/things')).toHaveLength(2)
  })

  it('rejects with reconnect_required after a 401 on a dead grant', async () => {
    const { client } = await acme.connected()
    acme.endpoints['/token'] = () => json({ error: 'invalid_grant' }, 400)
    acme.endpoints['/api/things'] = () => json({}, 401)
    expect((await failure(client.fetch(acme.ref, '/things'))).code).toBe('reconnect_required')
  })

  it('knows what expired looks like besides 401, and leaves the answer readable', async () => {
    const api = { ...acme.definition.api, expired: [{ status: 200, values: ['token_expired'] }] }
    const { client } = await acme.connected({}, { api })
    acme.endpoints['/token'] = acme.rotating
    acme.endpoints['/api/things'] = ({ headers }) =>
      headers.authorization === 'Bearer at-2'
        ? json({ ok: true })
        : json({ ok: false, error: 'token_expired' })
    expect(await (await client.fetch(acme.ref, '/things')).json()).toEqual({ ok: true })
    acme.endpoints['/api/big'] = () => json({ ok: true, pad: 'x'.repeat(200_000) })
    expect((await (await client.fetch(acme.ref, '/big')).text()).length).toBeGreaterThan(200_000)
  })

  it('sits out a short Retry-After of an idempotent request, and hands back a long one', async () => {
    const { client } = await acme.connected()
    let calls = 0
    acme.endpoints['/api/things'] = () =>
      calls++ === 0 ? json({}, 429, { 'retry-after': '0' }) : json({ ok: 1 })
    expect((await client.fetch(acme.ref, '/things')).status).toBe(200)
    acme.endpoints['/api/things'] = () => json({}, 503, { 'retry-after': '60' })
    expect((await client.fetch(acme.ref, '/things')).status).toBe(503)
    acme.endpoints['/api/things'] = () => json({}, 429, { 'retry-after': '0' })
    acme.server.requests.length = 0
    expect((await client.fetch(acme.ref, '/things', { method: 'POST' })).status).toBe(429)
    expect(acme.server.requests).toHaveLength(1)
  })

  it('follows redirects inside the hosts only, and takes no credential elsewhere', async () => {
    const elsewhere = await startProviderServer(() => json({ stolen: true }))
    const { client } = await acme.connected()
    acme.endpoints['/api/here'] = () => ({ status: 302, headers: { location: '/api/there' } })
    acme.endpoints['/api/there'] = () => json({ ok: 1 })
    expect(await (await client.fetch(acme.ref, '/here')).json()).toEqual({ ok: 1 })
    acme.endpoints['/api/away'] = () => ({ status: 302, headers: { location: `${elsewhere.origin}/x` } })
    expect((await client.fetch(acme.ref, '/away')).status).toBe(302)
    expect(elsewhere.requests).toEqual([])
    await elsewhere.close()
  })

  it('rejects with network and timeout in our words, and with the caller’s own reason when aborted', async () => {
    const { client } = await acme.connected()
    const impatient = acme.client({ timeout: 60 })
    acme.endpoints['/api/reset'] = () => 'reset'
    acme.endpoints['/api/hang'] = () => 'hang'
    expect((await failure(client.fetch(acme.ref, '/reset'))).code).toBe('network')
    expect((await failure(impatient.fetch(acme.ref, '/hang'))).code).toBe('timeout')
    const reason = new Error('mine')
    await expect(client.fetch(acme.ref, '/hang', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })
})

describe('what a definition knows of API answers', () => {
  const base = () => ({ baseUrl: acme.definition.api.baseUrl })

  it('waits and asks again on "too many requests" under another status', async () => {
    const answers = [
      json({}, 403, { 'x-remaining': '0', 'retry-after': '0' }),
      json({ error: 'busy' }, 200, { 'retry-after': '0' }),
      json({ ok: 1 }),
    ]
    acme.endpoints['/api/things'] = () => answers.shift() ?? json({}, 500)
    const rateLimited = [
      { status: 403, header: { name: 'X-Remaining', value: '0' } },
      { status: 200, values: ['busy'] },
    ]
    const { client } = await acme.connected({}, { api: { ...base(), rateLimited } })
    expect(await (await client.fetch(acme.ref, '/things')).json()).toEqual({ ok: 1 })
    expect(acme.server.requests).toHaveLength(3)
  })

  it('does not refresh for a 401 that no refresh cures', async () => {
    acme.endpoints['/api/things'] = () => json({ error: 'scope_missing' }, 401)
    const notExpired = [{ status: 401, values: ['scope_missing'] }]
    const { client } = await acme.connected({}, { api: { ...base(), notExpired } })
    expect((await client.fetch(acme.ref, '/things')).status).toBe(401)
    expect(acme.server.requests.map(({ path }) => path)).toEqual(['/api/things'])
  })

  it('marks a connection whose grant the API says has ended, and tells it once', async () => {
    acme.endpoints['/api/things'] = () => json({ error: 'revoked' }, 403)
    const told: string[] = []
    const { client } = await acme.connected(
      { hooks: { onReconnectRequired: ({ error }) => told.push(error.code) } },
      { api: { ...base(), ended: [{ status: 403, values: ['revoked'] }] } },
    )
    const answers = await Promise.all([1, 2, 3].map(() => client.fetch(acme.ref, '/things')))
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403])
    expect(await answers[0]?.json()).toEqual({ error: 'revoked' })
    expect(told).toEqual(['reconnect_required'])
    expect((await failure(client.fetch(acme.ref, '/things'))).code).toBe('reconnect_required')
  })

  it('does not take a late answer against a token that has been replaced', async () => {
    const { client } = await acme.connected({}, { api: { ...base(), ended: [{ status: 403 }] } })
    acme.endpoints['/token'] = () => acme.rotating()
    acme.endpoints['/api/things'] = async () => {
      await client.refresh(acme.ref)
      return json({}, 403)
    }
    expect((await client.fetch(acme.ref, '/things')).status).toBe(403)
    expect(await client.getConnection(acme.ref)).toMatchObject({ status: 'active' })
  })

  it('gives the token to a host of a pattern, and to none beside it', async () => {
    const elsewhere = await startProviderServer(() => json({ file: 1 }))
    const port = new URL(elsewhere.origin).port
    const hosts = [{ pattern: `^http://127\\.0\\.0\\.1:${port}$` }]
    const { client } = await acme.connected({}, { api: { ...base(), hosts } })
    expect((await client.fetch(acme.ref, `${elsewhere.origin}/file`)).status).toBe(200)
    expect(elsewhere.requests[0]?.headers.authorization).toBe('Bearer at-1')
    expect((await failure(client.fetch(acme.ref, `http://localhost:${port}/file`))).code).toBe(
      'host_not_allowed',
    )
    await elsewhere.close()
  })

  it('calls with an additional token by name, and renews that one', async () => {
    acme.endpoints['/token'] = ({ body }) =>
      new URLSearchParams(body).get('refresh_token') === 'user-rt'
        ? json({ access_token: 'user-2', refresh_token: 'user-rt-2', expires_in: 3600 })
        : json({ access_token: 'at-1', user: { access_token: 'user-1', refresh_token: 'user-rt' } })
    const tokenResponse = { additionalTokens: { user: { at: 'user' } } }
    const { client } = await acme.connected({}, { tokenResponse })
    const seen: unknown[] = []
    acme.endpoints['/api/things'] = ({ headers }) => {
      seen.push(headers.authorization)
      return json({}, headers.authorization === 'Bearer user-1' ? 401 : 200)
    }
    expect((await client.fetch({ ...acme.ref, token: 'user' }, '/things')).status).toBe(200)
    expect(seen).toEqual(['Bearer user-1', 'Bearer user-2'])
    expect((await client.fetch(acme.ref, '/things')).status).toBe(200)
    expect(seen[2]).toBe('Bearer at-1')
    const unknown = await failure(client.fetch({ ...acme.ref, token: 'bot' }, '/things'))
    expect(unknown.code).toBe('params_invalid')
  })

  it('lets a definition name the client, and an application overrule it', async () => {
    acme.endpoints['/api/things'] = () => json({})
    const api = { ...base(), headers: { 'User-Agent': 'acme-app/1' } }
    const { client } = await acme.connected({}, { api })
    await client.fetch(acme.ref, '/things')
    await client.fetch(acme.ref, '/things', { headers: { 'user-agent': 'mine' } })
    expect(acme.server.requests.map(({ headers }) => headers['user-agent'])).toEqual(['acme-app/1', 'mine'])
  })
})
