import { afterEach, describe, expect, it } from 'vitest'
import type { OAuth2Definition } from '../../src/provider/definition.ts'
import { plain, workspace } from './definitions.ts'
import { clientId, clientSecret, closeAll, listening } from './plain-client.ts'

afterEach(closeAll)

const text = (value: unknown) => String(value)
const revoke = 'https://auth.plain.example/revoke'

type Revocation = NonNullable<OAuth2Definition['revocation']>

async function two(revocation: Partial<Revocation>, more: Partial<OAuth2Definition> = {}) {
  const own: Revocation = {
    url: revoke,
    authentication: 'client_secret_post',
    token: 'access_token',
    ...revocation,
  }
  const simulator = await listening({ ...plain, ...more, revocation: own })
  const account = { id: 'somebody' }
  const [first, sibling, other] = [
    await simulator.tokens({}, { account }),
    await simulator.tokens({}, { account }),
    await simulator.tokens({}, { account: { id: 'else' } }),
  ]
  const alive = async () => {
    const at = `${simulator.definition.api.baseUrl}/x`
    const tokens = [first, sibling, other].map(({ access_token: token }) => text(token))
    return Promise.all(tokens.map(async (token) => (await simulator.client.get(at, token)).status === 200))
  }
  return { ...simulator, first, alive }
}

describe('what one revocation ends', () => {
  it.each([
    [undefined, [false, true, true]],
    ['token', [false, true, true]],
    ['grant', [false, false, true]],
    ['account', [false, false, true]],
  ] as const)('%s', async (ends, expected) => {
    const { client, first, alive } = await two({ ends })
    expect(await alive()).toEqual([true, true, true])
    expect((await client.revoke(text(first.access_token))).status).toBe(200)
    expect(await alive()).toEqual(expected)
  })
})

describe('a revocation', () => {
  it('can be a GET, with everything in the query', async () => {
    const { client, first, alive } = await two({ method: 'GET', body: 'query' })
    expect((await client.revoke(text(first.access_token), { format: 'query' })).status).toBe(200)
    expect(await alive()).toEqual([false, true, true])
    expect((await client.revoke(text(first.access_token), { method: 'POST' })).status).toBe(405)
  })

  it('can name the account instead of a token', async () => {
    const params = { org: { description: 'x', pattern: '^[a-z]+$', example: 'acme', from: 'token' } } as const
    const simulator = await listening({
      ...plain,
      params,
      tokenResponse: { capture: { org: 'org' } },
      identity: { id: '{org}' },
      revocation: {
        url: revoke,
        authentication: 'client_secret_post',
        token: 'none',
        params: { org_id: '{org}' },
        ends: 'account',
      },
    })
    const mine = await simulator.tokens({}, { params: { org: 'mine' } })
    const yours = await simulator.tokens({}, { params: { org: 'yours' } })
    const send = async (org: string | undefined, secret = clientSecret) => {
      const body = new URLSearchParams({
        client_id: clientId,
        client_secret: secret,
        ...(org && { org_id: org }),
      })
      const response = await fetch(`${simulator.origin}/auth.plain.example/revoke`, { method: 'POST', body })
      return response.status
    }
    const ask = async (tokens: Readonly<Record<string, unknown>>) =>
      (await simulator.client.get(`${simulator.definition.api.baseUrl}/x`, text(tokens.access_token))).status
    expect(await send('mine', 'wrong')).toBe(401)
    expect([await ask(mine), await ask(yours)]).toEqual([200, 200])
    expect(await send('mine')).toBe(200)
    expect([await ask(mine), await ask(yours)]).toEqual([401, 200])
  })

  it('can need a value that is looked up just before, of this very token', async () => {
    const { client, first, alive, definition, mock } = await two({
      url: 'https://api.plain.example/v1/tokens/{tokenId}',
      method: 'DELETE',
      body: 'none',
      authentication: 'access_token',
      lookup: { url: 'https://api.plain.example/v1/tokens/current', capture: { tokenId: 'token.id' } },
      gone: [{ status: 404 }],
    })
    const found = await client.get(`${definition.api.baseUrl}/tokens/current`, text(first.access_token))
    const id = text(Object(found.body.token).id)
    expect(id).toMatch(/^\d+$/)
    const remove = async (tokenId: string) => {
      client.learn({ tokenId })
      return (await client.revoke(text(first.access_token))).status
    }
    expect(await remove('1')).toBe(404)
    expect(await alive()).toEqual([true, true, true])
    expect(await remove(id)).toBe(200)
    expect(await alive()).toEqual([false, true, true])
    expect(mock.requests.find(({ url }) => url.endsWith('current'))?.endpoint).toBe('lookup')
  })

  it('is authenticated with halves of its own', async () => {
    const basicCredentials = { username: '{clientSecret}', password: '' }
    const { client, first, alive } = await two({ authentication: 'client_secret_basic', basicCredentials })
    const send = (halves: string) =>
      client.revoke(text(first.access_token), {
        headers: { authorization: `Basic ${Buffer.from(halves).toString('base64')}` },
      })
    expect((await send(`${clientId}:${clientSecret}`)).status).toBe(401)
    expect((await send(`${clientSecret}:`)).status).toBe(200)
    expect(await alive()).toEqual([false, true, true])
  })
})

describe('a grant that is over', () => {
  const ended = [{ status: 400, at: 'code', values: ['190'] }]

  it('is told by the API in the definition’s words', async () => {
    const simulator = await listening({ ...plain, api: { ...plain.api, ended } })
    const { access_token: token } = await simulator.tokens()
    simulator.mock.revokeGrants()
    const answered = await simulator.client.get(`${simulator.definition.api.baseUrl}/x`, text(token))
    expect(answered).toMatchObject({ status: 400, body: { code: '190' } })
  })

  it('is told in plain words, where the sign is the body itself', async () => {
    const words = [{ status: 401, at: '', contains: 'invalid token' }]
    const simulator = await listening({ ...plain, api: { ...plain.api, ended: words } })
    simulator.mock.fault({ kind: 'api-ended' })
    const answered = await simulator.client.get(`${simulator.definition.api.baseUrl}/x`, 'x')
    expect(answered).toMatchObject({ status: 401, text: 'invalid token', json: undefined })
    expect(answered.headers.get('content-type')).toMatch(/^text\/plain/)
  })

  it('until the user has been through the provider’s page again, for a new grant', async () => {
    const simulator = await listening(plain)
    const first = await simulator.tokens()
    simulator.mock.requireReconnect()
    const at = `${simulator.definition.api.baseUrl}/x`
    expect((await simulator.client.get(at, text(first.access_token))).status).toBe(401)
    expect((await simulator.client.refresh(text(first.refresh_token))).body.error).toBe('invalid_grant')
    const second = await simulator.tokens()
    expect((await simulator.client.get(at, text(second.access_token))).status).toBe(200)
  })
})

describe('answers that a definition knows, on demand', () => {
  const knowing: OAuth2Definition = {
    ...plain,
    refresh: {
      rotates: true,
      transient: [{ status: 400, values: ['Access Denied'] }],
      conflict: [{ status: 409 }],
      dead: [{ status: 401, contains: 'gone' }],
    },
    api: {
      ...plain.api,
      ended: [{ values: ['over'] }],
      notExpired: [{ status: 401, contains: 'scope' }],
      rateLimited: [{ status: 403, header: { name: 'X-Left', value: '0' } }],
      rateLimitReset: { header: 'X-Reset', unit: 'iso8601' },
    },
  }

  it.each([
    ['refresh-transient', 400, { error: 'Access Denied' }],
    ['refresh-conflict', 409, {}],
    ['refresh-dead', 401, { error_description: 'gone' }],
  ] as const)('%s, and the token stays good', async (kind, status, body) => {
    const simulator = await listening(knowing)
    const { refresh_token: token } = await simulator.tokens()
    simulator.mock.fault({ kind })
    expect(
      (await simulator.client.get(`${simulator.definition.api.baseUrl}/x`, 'x')).status,
      'not here',
    ).toBe(401)
    expect(await simulator.client.refresh(text(token))).toMatchObject({ status, body })
    expect((await simulator.client.refresh(text(token))).status).toBe(200)
  })

  it.each([
    ['api-ended', 401, { error: 'over' }],
    ['api-not-expired', 401, { error_description: 'scope' }],
    ['api-expired', 401, {}],
  ] as const)('%s', async (kind, status, body) => {
    const simulator = await listening(knowing)
    const { access_token: token, refresh_token: refresh } = await simulator.tokens()
    simulator.mock.fault({ kind })
    expect((await simulator.client.refresh(text(refresh))).status, 'not here').toBe(200)
    const at = `${simulator.definition.api.baseUrl}/x`
    expect(await simulator.client.get(at, text(token))).toMatchObject({ status, body })
    expect((await simulator.client.get(at, text(token))).status).toBe(200)
  })

  it.each([
    ['iso8601', '2026-11-21T00:00:30.000Z'],
    ['unix-seconds', '1795219230'],
    ['unix-ms', '1795219230000'],
    ['seconds', '30'],
    ['ms', '30000'],
  ] as const)('api-rate-limited, until a time in %s', async (unit, value) => {
    const rateLimitReset = { header: 'X-Reset', unit }
    const simulator = await listening({ ...knowing, api: { ...knowing.api, rateLimitReset } })
    const { access_token: token } = await simulator.tokens()
    simulator.mock.fault({ kind: 'api-rate-limited', retryAfter: 30 })
    const answered = await simulator.client.get(`${simulator.definition.api.baseUrl}/x`, text(token))
    expect(answered.status).toBe(403)
    expect([answered.headers.get('x-left'), answered.headers.get('x-reset')]).toEqual(['0', value])
    expect(answered.headers.get('retry-after')).toBeNull()
  })

  it('api-rate-limited as HTTP has it, where the definition says nothing', async () => {
    const simulator = await listening(plain)
    simulator.mock.fault({ kind: 'api-rate-limited', retryAfter: 2 })
    const { status, headers } = await simulator.client.get(`${simulator.definition.api.baseUrl}/x`, 'x')
    expect([status, headers.get('retry-after')]).toEqual([429, '2'])
  })

  it('under HTTP 200, where failures come so', async () => {
    const simulator = await listening(workspace)
    simulator.mock.fault({ kind: 'api-expired' })
    const { status, body } = await simulator.client.get(`${simulator.definition.api.baseUrl}/x`, 'x')
    expect([status, body.ok, body.error]).toEqual([200, false, 'token_expired'])
  })

  it('and no others', async () => {
    const { mock } = await listening(plain)
    expect(() => mock.fault({ kind: 'refresh-transient' })).toThrow(/"plain" has no refresh.transient/)
    expect(() => mock.fault({ kind: 'api-ended' })).toThrow(/"plain" has no api.ended/)
  })
})
