import { afterEach, describe, expect, it } from 'vitest'
import { basic, plain, posted, regions, shops, workspace } from './definitions.ts'
import { closeAll, listening } from './plain-client.ts'

afterEach(closeAll)

const text = (value: unknown) => String(value)
const day = 86_400

describe('rotation', () => {
  it('gives another refresh token and another access token, both good', async () => {
    const simulator = await listening(plain)
    const { client } = simulator
    const first = await simulator.tokens()
    const second = (await client.refresh(text(first.refresh_token))).body
    expect(second.refresh_token).not.toBe(first.refresh_token)
    expect(second.access_token).not.toBe(first.access_token)
    expect((await client.refresh(text(second.refresh_token))).status).toBe(200)
  })

  it('ends the whole family when a used one comes again', async () => {
    const simulator = await listening(plain)
    const first = await simulator.tokens()
    const second = (await simulator.client.refresh(text(first.refresh_token))).body
    const reused = await simulator.client.refresh(text(first.refresh_token))
    expect(reused).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    expect((await simulator.client.refresh(text(second.refresh_token))).body.error).toBe('invalid_grant')
    const me = text(simulator.definition.identity.request?.url)
    expect((await simulator.client.get(me, text(second.access_token))).status).toBe(401)
  })

  it('takes a used one inside its grace, and refuses it alone after that', async () => {
    const simulator = await listening(shops, {}, { shop: 'acme' })
    const first = await simulator.tokens()
    await simulator.client.refresh(text(first.refresh_token))
    simulator.clock.pass(99)
    const again = await simulator.client.refresh(text(first.refresh_token))
    expect(again.status).toBe(200)
    simulator.clock.pass(1)
    const late = await simulator.client.refresh(text(first.refresh_token))
    expect(late).toMatchObject({ status: 401, body: { error: 'invalid_request' } })
    expect((await simulator.client.refresh(text(again.body.refresh_token))).status).toBe(200)
  })

  it('gives none where the provider does not rotate, and keeps the one it gave', async () => {
    const simulator = await listening(regions)
    const first = await simulator.tokens()
    for (let round = 0; round < 2; round++) {
      const refreshed = await simulator.client.refresh(text(first.refresh_token))
      expect(refreshed.status).toBe(200)
      expect(refreshed.body.refresh_token).toBeUndefined()
      expect(refreshed.body.api_domain).toBe(`${simulator.origin}/api.regions.eu`)
    }
  })

  it('sometimes gives the same one for a day, then another', async () => {
    const simulator = await listening(posted)
    const first = await simulator.tokens()
    simulator.clock.pass(day - 1)
    const same = (await simulator.client.refresh(text(first.refresh_token))).body
    expect(same.refresh_token).toBe(first.refresh_token)
    expect(same.x_refresh_expires_in).toBe(89 * day + 1)
    simulator.clock.pass(1)
    const other = (await simulator.client.refresh(text(first.refresh_token))).body
    expect(other.refresh_token).not.toBe(first.refresh_token)
    expect((await simulator.client.refresh(text(first.refresh_token))).body.error).toBe('invalid_grant')
  })

  it('is as an option says, whatever was declared', async () => {
    const still = await listening(plain, { rotate: false })
    expect(
      (await still.client.refresh(text((await still.tokens()).refresh_token))).body.refresh_token,
    ).toBeUndefined()
    const turning = await listening(regions, { rotate: true })
    const first = await turning.tokens()
    expect((await turning.client.refresh(text(first.refresh_token))).body.refresh_token).toMatch(/^refresh-/)
    expect((await turning.client.refresh(text(first.refresh_token))).body.error).toBe('invalid_grant')
  })
})

describe('two chains', () => {
  it('refresh at the top level, each with scopes of its own, and die alone', async () => {
    const simulator = await listening(workspace)
    const first = await simulator.tokens({ user_scope: 'chat:write' })
    const user = Object(first.authed_user)
    const refreshed = (await simulator.client.refresh(text(user.refresh_token))).body
    expect(refreshed).toMatchObject({ ok: true, scope: 'chat:write', access_token: expect.any(String) })
    expect(refreshed.authed_user).toBeUndefined()
    const reused = await simulator.client.refresh(text(user.refresh_token))
    expect(reused).toMatchObject({ status: 200, body: { ok: false, error: 'invalid_refresh_token' } })
    expect((await simulator.client.refresh(text(first.refresh_token))).body.scope).toBe(
      'channels:read,files:read',
    )
  })
})

describe('a wrong refresh', () => {
  it('with an unknown token is dead in the definition’s own words', async () => {
    const own = await listening(basic)
    const answered = await own.client.refresh('nonsense')
    expect(answered.json).toEqual({ status: 'BAD_REFRESH', message: 'gone' })
    expect(answered.status).toBe(400)
  })

  it('without one', async () => {
    const simulator = await listening(plain)
    const { body } = await simulator.client.refresh('x', { params: { refresh_token: undefined } })
    expect(body.error).toBe('invalid_request')
  })

  it('of an exchange at the refresh endpoint', async () => {
    const simulator = await listening(basic)
    const { body } = await simulator.client.refresh('x', {
      params: { grant_type: 'authorization_code', code: 'x' },
    })
    expect(body.status).toBe('unsupported_grant_type')
  })

  it('with wider scopes than were granted', async () => {
    const simulator = await listening(plain)
    const { refresh_token: token } = await simulator.tokens({}, { scopes: ['read'] })
    const wider = await simulator.client.refresh(text(token), { params: { scope: 'read write' } })
    expect(wider.body.error).toBe('invalid_scope')
    expect((await simulator.client.refresh(text(token), { params: { scope: 'read' } })).status).toBe(200)
  })

  it('without the redirect URI that the provider wants repeated', async () => {
    const simulator = await listening(posted)
    const { refresh_token: token } = await simulator.tokens()
    const without = await simulator.client.refresh(text(token), { params: { redirect_uri: undefined } })
    expect(without.body.error).toBe('invalid_request')
    expect((await simulator.client.refresh(text(token))).status).toBe(200)
  })

  it('with wrong client authentication leaves the token good', async () => {
    const simulator = await listening(plain)
    const { refresh_token: token } = await simulator.tokens()
    const wrong = await simulator.client.refresh(text(token), { params: { client_secret: 'wrong' } })
    expect(wrong).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
    expect((await simulator.client.refresh(text(token))).status).toBe(200)
  })

  it('at another data center than the one that issued the token', async () => {
    const simulator = await listening(regions)
    const { refresh_token: token } = await simulator.tokens()
    simulator.client.learn({ accountsServer: `${simulator.origin}/accounts.regions.com` })
    expect((await simulator.client.refresh(text(token))).body.error).toBe('invalid_grant')
  })

  it('after the refresh token has expired', async () => {
    const simulator = await listening(plain, { refreshTokenLifetime: 100 })
    const { refresh_token: token } = await simulator.tokens()
    simulator.clock.pass(100)
    expect((await simulator.client.refresh(text(token))).body.error).toBe('invalid_grant')
  })

  it('after the user removed the app', async () => {
    const simulator = await listening(plain)
    const code = await simulator.code()
    const { refresh_token: token } = await simulator.tokens()
    simulator.mock.revokeGrants()
    expect((await simulator.client.refresh(text(token))).body.error).toBe('invalid_grant')
    expect((await simulator.client.exchange(code)).body.error).toBe('invalid_grant')
    expect((await simulator.client.exchange(await simulator.code())).status).toBe(200)
  })

  it('at a provider without refresh tokens', async () => {
    const simulator = await listening({ ...plain, refresh: false })
    expect((await simulator.tokens()).refresh_token).toBeUndefined()
    expect((await simulator.client.refresh('x')).body.error).toBe('unsupported_grant_type')
  })
})
