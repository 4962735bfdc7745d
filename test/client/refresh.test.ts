import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Acme, failure, json, startAcme } from '../support/connected.ts'

let acme: Acme
beforeEach(async () => {
  acme = await startAcme()
})
afterEach(() => acme.close())

const dead = () => json({ error: 'invalid_grant', error_description: 'Token has been revoked' }, 400)

describe('getAccessToken', () => {
  it('returns the stored token while it lives longer than the skew, without a request', async () => {
    const { client } = await acme.connected()
    acme.pass(3_600_000 - 300_000 - 1)
    expect(await client.getAccessToken(acme.ref)).toBe('at-1')
    expect(acme.server.requests).toEqual([])
  })

  it('takes a tenth of a short lifetime as the skew', async () => {
    acme.endpoints['/token'] = () => json({ access_token: 'at-1', refresh_token: 'rt-1', expires_in: 100 })
    const { client } = await acme.connected()
    acme.pass(89_000)
    expect(await client.getAccessToken(acme.ref)).toBe('at-1')
    acme.endpoints['/token'] = acme.rotating
    acme.pass(2_000)
    expect(await client.getAccessToken(acme.ref)).toBe('at-2')
  })

  it('refreshes inside the skew, persists, and keeps a refresh token that is not repeated', async () => {
    const refreshed: number[] = []
    const { client } = await acme.connected({
      hooks: { onRefreshed: ({ connection }) => refreshed.push(connection.version) },
    })
    acme.endpoints['/token'] = () => json({ access_token: 'at-2', expires_in: 3600 })
    acme.pass(3_400_000)
    expect(await client.getAccessToken(acme.ref)).toBe('at-2')
    expect(await acme.client().getTokens(acme.ref)).toMatchObject({
      accessToken: 'at-2',
      refreshToken: 'rt-1',
    })
    expect(refreshed).toEqual([2])
  })

  it('makes one request for a thousand callers', async () => {
    const { client } = await acme.connected()
    acme.endpoints['/token'] = acme.rotating
    acme.pass(3_600_000)
    const tokens = await Promise.all(Array.from({ length: 1000 }, () => client.getAccessToken(acme.ref)))
    expect(new Set(tokens)).toEqual(new Set(['at-2']))
    expect(acme.sentRefreshTokens()).toEqual(['rt-1'])
  })

  it('uses what another process has refreshed meanwhile', async () => {
    const { client } = await acme.connected()
    acme.endpoints['/token'] = acme.rotating
    acme.pass(3_600_000)
    const other = acme.client({
      coordinator: { claim: async () => true, withLease: (_key, _ttl, run) => run() },
    })
    await other.getAccessToken(acme.ref)
    expect(await client.getAccessToken(acme.ref)).toBe('at-2')
    expect(acme.sentRefreshTokens()).toEqual(['rt-1'])
  })

  it('refreshes a rejected token once for any number of late 401s', async () => {
    const { client } = await acme.connected()
    acme.endpoints['/token'] = acme.rotating
    const late = Array.from({ length: 100 }, () => client.getAccessToken(acme.ref, { rejected: 'at-1' }))
    expect(new Set(await Promise.all(late))).toEqual(new Set(['at-2']))
    expect(await client.getAccessToken(acme.ref, { rejected: 'at-1' })).toBe('at-2')
    expect(acme.sentRefreshTokens()).toEqual(['rt-1'])
  })

  it('says connection_not_found for what was never connected', async () => {
    expect((await failure(acme.client().getAccessToken({ tenantId: 'nobody' }))).code).toBe(
      'connection_not_found',
    )
  })
})

describe('a grant that has ended', () => {
  it('is marked once, tells the hook once, and leaves the provider alone after that', async () => {
    const told: string[] = []
    const { client } = await acme.connected({
      hooks: { onReconnectRequired: ({ error }) => told.push(error.message) },
    })
    acme.endpoints['/token'] = dead
    acme.pass(3_600_000)
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, () => failure(client.getAccessToken(acme.ref))),
    )
    expect(new Set(outcomes.map(({ code }) => code))).toEqual(new Set(['reconnect_required']))
    expect((await failure(client.getAccessToken(acme.ref, { rejected: 'at-1' }))).code).toBe(
      'reconnect_required',
    )
    expect(told).toEqual(['Acme OAuth failed: invalid_grant - Token has been revoked'])
    expect(acme.sentRefreshTokens()).toEqual(['rt-1'])
    expect((await client.getConnection(acme.ref))?.status).toBe('reconnect_required')
    expect((await client.getTokens(acme.ref)).refreshToken).toBe('rt-1')
  })

  it('comes back by an unconditional refresh or by connecting again', async () => {
    const { client } = await acme.connected()
    acme.endpoints['/token'] = dead
    await failure(client.refresh(acme.ref))
    acme.endpoints['/token'] = acme.rotating
    expect((await client.refresh(acme.ref)).status).toBe('active')
    acme.endpoints['/token'] = dead
    await failure(client.refresh(acme.ref))
    acme.endpoints['/token'] = acme.rotating
    const { state } = await client.authorize(acme.ref)
    expect((await client.callback(`?code=c&state=${state}`)).connection.status).toBe('active')
  })

  it('is not believed when somebody else has renewed it meanwhile', async () => {
    const { client } = await acme.connected()
    const winner = acme.client({
      coordinator: { claim: async () => true, withLease: (_key, _ttl, run) => run() },
    })
    acme.pass(3_600_000)
    let first = true
    acme.endpoints['/token'] = async () => {
      if (!first) return acme.rotating()
      first = false
      await winner.refresh(acme.ref)
      return dead()
    }
    expect(await client.getAccessToken(acme.ref)).toBe('at-2')
    expect((await client.getConnection(acme.ref))?.status).toBe('active')
  })

  it("is named by the definition's own codes too, but never under a 5xx", async () => {
    const refresh = {
      rotates: true,
      dead: [{ values: ['bad_refresh_token'] }, { values: ['invalid_request'], status: 401 }],
    } as const
    const { client } = await acme.connected({}, { refresh })
    acme.endpoints['/token'] = () => json({ error: 'invalid_grant' }, 500)
    expect((await failure(client.refresh(acme.ref))).code).toBe('provider_error')
    acme.endpoints['/token'] = () => json({ error: 'invalid_request' }, 400)
    expect((await failure(client.refresh(acme.ref))).code).toBe('provider_error')
    expect((await client.getConnection(acme.ref))?.status).toBe('active')
    acme.endpoints['/token'] = () => json({ error: 'bad_refresh_token' }, 200)
    expect((await failure(client.refresh(acme.ref))).code).toBe('reconnect_required')
  })
})

describe('a refresh that fails for now', () => {
  const unavailable = () => json({ error: 'temporarily_unavailable' }, 503)

  it('hands out the old token while it lives, and does not ask again at once', async () => {
    const { client } = await acme.connected()
    acme.endpoints['/token'] = unavailable
    acme.pass(3_400_000)
    expect(await client.getAccessToken(acme.ref)).toBe('at-1')
    expect(await client.getAccessToken(acme.ref)).toBe('at-1')
    expect(acme.sentTo('/token')).toHaveLength(1)
    acme.pass(1_001)
    await client.getAccessToken(acme.ref)
    expect(acme.sentTo('/token')).toHaveLength(2)
    acme.endpoints['/token'] = acme.rotating
    acme.pass(2_001)
    expect(await client.getAccessToken(acme.ref)).toBe('at-2')
  })

  it('says why once the old token has ended, without asking again in the pause; refresh asks all the same', async () => {
    const { client } = await acme.connected()
    acme.endpoints['/token'] = unavailable
    acme.pass(3_600_000)
    expect((await failure(client.getAccessToken(acme.ref))).code).toBe('provider_error')
    expect((await failure(client.getAccessToken(acme.ref))).code).toBe('provider_error')
    expect(acme.sentTo('/token')).toHaveLength(1)
    expect((await failure(client.refresh(acme.ref))).code).toBe('provider_error')
    expect(acme.sentTo('/token')).toHaveLength(2)
  })

  it('waits as long as Retry-After says, five minutes at most', async () => {
    const { client } = await acme.connected()
    acme.endpoints['/token'] = () => json({}, 429, { 'retry-after': '3600' })
    acme.pass(3_600_000)
    expect((await failure(client.getAccessToken(acme.ref))).code).toBe('rate_limited')
    acme.pass(299_000)
    await failure(client.getAccessToken(acme.ref))
    expect(acme.sentTo('/token')).toHaveLength(1)
    acme.endpoints['/token'] = acme.rotating
    acme.pass(2_000)
    expect(await client.getAccessToken(acme.ref)).toBe('at-2')
  })

  it('asks again at once with the same token when the answer was lost', async () => {
    const { client } = await acme.connected()
    acme.pass(3_600_000)
    let lost = 0
    acme.endpoints['/token'] = () => (lost++ === 0 ? 'reset' : acme.rotating())
    expect(await client.getAccessToken(acme.ref)).toBe('at-2')
    expect(acme.sentRefreshTokens()).toEqual(['rt-1', 'rt-1'])
  })

  it('gives up with timeout when the provider never answers', async () => {
    const { client } = await acme.connected({ timeout: 60 })
    acme.pass(3_600_000)
    acme.endpoints['/token'] = () => 'hang'
    expect(await failure(client.getAccessToken(acme.ref))).toMatchObject({
      code: 'timeout',
      retryable: true,
      provider: 'acme',
    })
  })
})

describe('a connection without a refresh token', () => {
  it('is used until it has really expired, then asks for a reconnect', async () => {
    acme.endpoints['/token'] = () => json({ access_token: 'at-1', expires_in: 3600 })
    const { client } = await acme.connected()
    acme.pass(3_599_000)
    expect(await client.getAccessToken(acme.ref)).toBe('at-1')
    expect((await failure(client.refresh(acme.ref))).code).toBe('refresh_unsupported')
    acme.pass(2_000)
    expect((await failure(client.getAccessToken(acme.ref))).code).toBe('reconnect_required')
  })

  it('without expires_in it has no end', async () => {
    acme.endpoints['/token'] = () => json({ access_token: 'at-1' })
    const { client, connection } = await acme.connected()
    expect(connection.expiresAt).toBeUndefined()
    acme.pass(10 * 365 * 86_400_000)
    expect(await client.getAccessToken(acme.ref)).toBe('at-1')
  })
})

describe('two tokens of one consent', () => {
  const tokenResponse = { additionalTokens: { user: { at: 'authed_user' } } } as const
  const chain = (name: string, expiresIn: number) => ({
    access_token: `${name}-at-1`,
    refresh_token: `${name}-rt-1`,
    expires_in: expiresIn,
  })

  it('refreshes each chain that is due and reaches both by name', async () => {
    acme.endpoints['/token'] = () => json({ ...chain('bot', 3600), authed_user: chain('user', 36_000) })
    const { client } = await acme.connected({}, { tokenResponse })
    acme.endpoints['/token'] = ({ body }) => {
      const used = new URLSearchParams(body).get('refresh_token') ?? ''
      const name = used.split('-')[0] ?? ''
      return json({ access_token: `${name}-at-2`, refresh_token: `${name}-rt-2`, expires_in: 36_000 })
    }
    acme.pass(3_600_000)
    expect(await client.getAccessToken(acme.ref)).toBe('bot-at-2')
    expect(await client.getAccessToken(acme.ref, { token: 'user' })).toBe('user-at-1')
    acme.pass(32_400_000)
    expect(await client.getAccessToken(acme.ref, { token: 'user' })).toBe('user-at-2')
    expect((await failure(client.getAccessToken(acme.ref, { token: 'admin' }))).code).toBe('params_invalid')
  })

  it('takes a lone additional token for the connection, under its name', async () => {
    acme.endpoints['/token'] = () => json({ authed_user: chain('user', 3600) })
    const { client } = await acme.connected({}, { tokenResponse })
    expect(await client.getAccessToken(acme.ref)).toBe('user-at-1')
    expect(await client.getAccessToken(acme.ref, { token: 'user' })).toBe('user-at-1')
  })
})
