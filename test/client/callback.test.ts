import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { memoryStore } from '../../src/stores/memory-store.ts'
import { credentials } from '../support/acme.ts'
import { type Acme, failure, json, startAcme } from '../support/connected.ts'

let acme: Acme
beforeEach(async () => {
  acme = await startAcme()
})
afterEach(() => acme.close())

describe('callback', () => {
  it('exchanges, stores and returns the connection', async () => {
    const client = acme.client()
    const { url, state } = await client.authorize({ tenantId: 't1', userId: 'u1', redirectPath: '/back' })
    const result = await client.callback(
      `https://app.example.com/oauth/acme/callback?code=code-1&state=${state}`,
    )
    const [exchange] = acme.sentTo('/token')
    const sent = Object.fromEntries(new URLSearchParams(exchange?.body))
    const { code_verifier: verifier, ...rest } = sent
    expect(rest).toEqual({
      grant_type: 'authorization_code',
      code: 'code-1',
      redirect_uri: credentials.redirectUri,
      client_id: 'client-1',
      client_secret: 'client-secret-value',
    })
    const challenge = createHash('sha256')
      .update(verifier ?? '')
      .digest('base64url')
    expect(new URL(url).searchParams.get('code_challenge')).toBe(challenge)
    expect(result).toMatchObject({
      redirectPath: '/back',
      userId: 'u1',
      sync: { status: 'skipped' },
      connection: {
        provider: 'acme',
        tenantId: 't1',
        connectionId: 'default',
        userId: 'u1',
        status: 'active',
        scopes: ['read', 'offline'],
        tokenType: 'Bearer',
        account: { id: 'account-1', name: 'Una' },
        version: 1,
      },
    })
    expect(result.connection.expiresAt?.getTime()).toBe(acme.now() + 3_600_000)
    expect(JSON.stringify(result)).not.toMatch(/at-1|rt-1/)
    expect(await client.getConnection({ tenantId: 't1' })).toEqual(result.connection)
  })

  it('takes a Request, a form_post, a URL, a path, a query string and URLSearchParams', async () => {
    const client = acme.client()
    const forms: ((query: string) => Parameters<typeof client.callback>[0])[] = [
      (query) => new Request(`https://app.example.com/oauth/acme/callback?${query}`),
      (query) =>
        new Request('https://app.example.com/cb', { method: 'POST', body: new URLSearchParams(query) }),
      (query) => new URL(`https://app.example.com/cb?${query}#_=_`),
      (query) => `/cb?${query}#_=_`,
      (query) => query,
      (query) => new URLSearchParams(query),
    ]
    for (const form of forms) {
      const { state } = await client.authorize({ tenantId: 't1' })
      expect((await client.callback(form(`code=c&state=${state}`))).connection.status).toBe('active')
    }
  })

  const noRequest = () => expect(acme.server.requests).toEqual([])

  it('stops before any request when the state is missing, forged, expired or of another provider', async () => {
    const client = acme.client()
    const { state } = await client.authorize({ tenantId: 't1', redirectPath: '/back' })
    expect((await failure(client.callback('?code=c'))).code).toBe('state_missing')
    expect((await failure(client.callback('?code=c&state=abc.def'))).code).toBe('state_invalid')
    expect((await failure(client.callback(`?code=c&state=${state}A`))).code).toBe('state_invalid')
    expect((await failure(acme.client({}, { id: 'other' }).callback(`?code=c&state=${state}`))).code).toBe(
      'state_invalid',
    )
    expect((await failure(acme.client({ clientId: 'x' }).callback(`?code=c&state=${state}`))).code).toBe(
      'state_invalid',
    )
    acme.pass(600_001)
    const expired = await failure(client.callback(`?code=c&state=${state}`))
    expect(expired).toMatchObject({ code: 'state_expired', redirectPath: '/back', provider: 'acme' })
    noRequest()
  })

  it('is bound to the browser that began it; absent on both sides counts as equal', async () => {
    const client = acme.client()
    const { state } = await client.authorize({ tenantId: 't1', binding: 'cookie-1' })
    for (const binding of [undefined, 'cookie-2', ''])
      expect((await failure(client.callback(`?code=c&state=${state}`, { binding }))).code).toBe(
        'state_mismatch',
      )
    const unbound = await client.authorize({ tenantId: 't1' })
    expect((await failure(client.callback(`?code=c&state=${unbound.state}`, { binding: 'x' }))).code).toBe(
      'state_mismatch',
    )
    noRequest()
    await client.callback(`?code=c&state=${state}`, { binding: 'cookie-1' })
  })

  it('refuses the session of somebody else', async () => {
    const client = acme.client()
    const { state } = await client.authorize({ tenantId: 't1', userId: 'u1' })
    for (const expect_ of [{ tenantId: 't2' }, { tenantId: 't1', userId: 'u2' }])
      expect((await failure(client.callback(`?code=c&state=${state}`, { expect: expect_ }))).code).toBe(
        'state_mismatch',
      )
    await client.callback(`?code=c&state=${state}`, { expect: { tenantId: 't1', userId: 'u1' } })
  })

  it('is single use, and a failed exchange is given no second try', async () => {
    const client = acme.client()
    const first = await client.authorize({ tenantId: 't1' })
    await client.callback(`?code=c&state=${first.state}`)
    expect((await failure(client.callback(`?code=c&state=${first.state}`))).code).toBe('state_replayed')
    const second = await client.authorize({ tenantId: 't1', redirectPath: '/back' })
    acme.endpoints['/token'] = () => json({ error: 'invalid_grant', error_description: 'expired' }, 400)
    const refused = await failure(client.callback(`?code=c&state=${second.state}`))
    expect(refused).toMatchObject({ code: 'provider_error', error: 'invalid_grant', redirectPath: '/back' })
    expect(refused.message).toBe('Acme OAuth failed: invalid_grant - expired')
    expect((await failure(client.callback(`?code=c&state=${second.state}`))).code).toBe('state_replayed')
    expect(acme.sentTo('/token')).toHaveLength(2)
  })

  it('lets exactly one of many simultaneous callbacks through', async () => {
    const client = acme.client()
    const { state } = await client.authorize({ tenantId: 't1' })
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, () => client.callback(`?code=c&state=${state}`)),
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(acme.sentTo('/token')).toHaveLength(1)
  })

  it('is single use across clients that are made anew on one store without a coordinator', async () => {
    const { coordinator: _none, ...store } = memoryStore()
    const { state } = await acme.client({ store }).authorize({ tenantId: 't1' })
    await acme.client({ store }).callback(`?code=c&state=${state}`)
    const again = await failure(acme.client({ store }).callback(`?code=c&state=${state}`))
    expect(again.code).toBe('state_replayed')
  })

  it('turns a denial into authorization_denied with the way back', async () => {
    const client = acme.client()
    const { state } = await client.authorize({ tenantId: 't1', redirectPath: '/integrations' })
    const error = await failure(
      client.callback(`?error=access_denied&error_description=User+said+no&state=${state}`),
    )
    expect(error).toMatchObject({
      code: 'authorization_denied',
      error: 'access_denied',
      errorDescription: 'User said no',
      redirectPath: '/integrations',
      message: 'Acme OAuth failed: access_denied - User said no',
    })
    noRequest()
  })

  it.each(['code=a&code=b', 'code=', 'nothing=1'])('refuses a callback with %s', async (query) => {
    const client = acme.client()
    const { state } = await client.authorize({ tenantId: 't1' })
    expect((await failure(client.callback(`?${query}&state=${state}`))).code).toBe('callback_invalid')
    noRequest()
  })

  it('reads no more of a form than a callback can hold', async () => {
    const client = acme.client()
    const { state } = await client.authorize({ tenantId: 't1' })
    const body = new URLSearchParams({ code: 'c', state, pad: 'x'.repeat(100_000) })
    const request = new Request('https://app.example.com/cb', { method: 'POST', body })
    expect((await failure(client.callback(request))).code).toBe('callback_invalid')
    noRequest()
  })

  it('judges iss as RFC 9207 and the definition say', async () => {
    const value = 'https://acme.example'
    const authorization = acme.definition.authorization
    const ignoring = acme.client()
    const comparing = acme.client({}, { authorization: { ...authorization, issuer: { value } } })
    const demanding = acme.client(
      {},
      { authorization: { ...authorization, issuer: { value, required: true } } },
    )
    const finish = async (client: typeof ignoring, iss?: string) => {
      const { state } = await client.authorize({ tenantId: 't1' })
      return client.callback(new URLSearchParams({ code: 'c', state, ...(iss && { iss }) }))
    }
    await finish(ignoring, 'https://whoever.example')
    await finish(comparing)
    await finish(comparing, value)
    await finish(demanding, value)
    expect((await failure(finish(comparing, 'https://evil.example'))).code).toBe('issuer_mismatch')
    expect((await failure(finish(demanding))).code).toBe('issuer_mismatch')
  })

  it('keeps the stored refresh token only for the same account', async () => {
    const { client } = await acme.connected()
    acme.endpoints['/token'] = () => json({ access_token: 'at-2', expires_in: 3600 })
    const again = async () => {
      const { state } = await client.authorize({ tenantId: 't1' })
      await client.callback(`?code=c&state=${state}`)
      return (await client.getTokens(acme.ref)).refreshToken
    }
    expect(await again()).toBe('rt-1')
    acme.endpoints['/me'] = () => json({ id: 'account-2' })
    expect(await again()).toBeUndefined()
  })

  it('keeps createdAt, raises version and moves connectedAt on reconnect', async () => {
    const { client, connection } = await acme.connected()
    acme.pass(60_000)
    const { state } = await client.authorize({ tenantId: 't1' })
    const again = (await client.callback(`?code=c&state=${state}`)).connection
    expect(again.createdAt).toEqual(connection.createdAt)
    expect(again.connectedAt.getTime()).toBe(acme.now())
    expect(again.version).toBe(2)
  })

  it('still connects when the identity request fails, and tells onError', async () => {
    acme.endpoints['/me'] = () => ({
      status: 503,
      headers: { 'content-type': 'text/html' },
      body: '<html></html>',
    })
    const errors: string[] = []
    const { connection } = await acme.connected({
      hooks: { onError: ({ error }) => errors.push(error.code) },
    })
    expect(connection.account).toBeUndefined()
    expect(errors).toEqual(['html_response'])
  })

  it('lets beforeConnect refuse, and stores nothing then', async () => {
    const client = acme.client({
      hooks: {
        beforeConnect: () => {
          throw new Error('plan does not include Acme')
        },
      },
    })
    const { state } = await client.authorize({ tenantId: 't1' })
    expect((await failure(client.callback(`?code=c&state=${state}`))).code).toBe('connect_refused')
    expect(await client.getConnection({ tenantId: 't1' })).toBeUndefined()
  })
})
