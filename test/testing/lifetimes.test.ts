import { afterEach, describe, expect, it } from 'vitest'
import type { OAuth2Definition } from '../../src/provider/definition.ts'
import { readPath } from '../../src/provider/path.ts'
import { plain, regions, shops } from './definitions.ts'
import { closeAll, listening } from './plain-client.ts'

afterEach(closeAll)

const text = (value: unknown) => String(value)
const day = 86_400

const withRefresh = (refresh: Partial<Exclude<OAuth2Definition['refresh'], false>>): OAuth2Definition => ({
  ...plain,
  refresh: { rotates: true, ...refresh },
})

describe('the life of a refresh token', () => {
  it('without use begins anew with every refresh, and the end is told in what is left', async () => {
    const definition: OAuth2Definition = {
      ...withRefresh({ lifetime: { idle: 100 } }),
      tokenResponse: { fields: { refreshTokenExpiresIn: 'refresh_expires' } },
    }
    const simulator = await listening(definition)
    const first = await simulator.tokens()
    expect(first.refresh_expires).toBe(100)
    simulator.clock.pass(99)
    const second = (await simulator.client.refresh(text(first.refresh_token))).body
    expect(second.refresh_expires).toBe(100)
    simulator.clock.pass(99)
    const third = (await simulator.client.refresh(text(second.refresh_token))).body
    expect(third.refresh_token).toMatch(/^refresh-/)
    simulator.clock.pass(100)
    expect((await simulator.client.refresh(text(third.refresh_token))).body.error).toBe('invalid_grant')
  })

  it('without use is renewed where the token keeps its value, too', async () => {
    const simulator = await listening(withRefresh({ rotates: false, lifetime: { idle: 100 } }))
    const { refresh_token: token } = await simulator.tokens()
    for (let round = 0; round < 3; round++) {
      simulator.clock.pass(99)
      expect((await simulator.client.refresh(text(token))).status).toBe(200)
    }
    simulator.clock.pass(100)
    expect((await simulator.client.refresh(text(token))).body.error).toBe('invalid_grant')
  })

  it('counts from the consent where no refresh moves it, not from the exchange', async () => {
    const simulator = await listening(withRefresh({ lifetime: { absolute: 100, idle: 90 } }))
    const code = await simulator.code()
    simulator.clock.pass(30)
    const first = (await simulator.client.exchange(code)).body
    simulator.clock.pass(69)
    const second = (await simulator.client.refresh(text(first.refresh_token))).body
    expect(second.refresh_token).toMatch(/^refresh-/)
    simulator.clock.pass(1)
    expect((await simulator.client.refresh(text(second.refresh_token))).body.error).toBe('invalid_grant')
  })
})

describe('a refresh token that comes twice', () => {
  it('costs nothing but itself by default', async () => {
    const simulator = await listening(withRefresh({}))
    const first = await simulator.tokens()
    const second = (await simulator.client.refresh(text(first.refresh_token))).body
    expect((await simulator.client.refresh(text(first.refresh_token))).body.error).toBe('invalid_grant')
    expect((await simulator.client.refresh(text(second.refresh_token))).status).toBe(200)
  })

  it('is good until its replacement has been used, however long that takes', async () => {
    const simulator = await listening(withRefresh({ reuse: { until: 'replacement-used' } }))
    const first = await simulator.tokens()
    const lost = (await simulator.client.refresh(text(first.refresh_token))).body
    simulator.clock.pass(30 * day)
    const second = (await simulator.client.refresh(text(first.refresh_token))).body
    expect(second.refresh_token).not.toBe(lost.refresh_token)
    expect((await simulator.client.refresh(text(second.refresh_token))).status).toBe(200)
    expect((await simulator.client.refresh(text(first.refresh_token))).body.error).toBe('invalid_grant')
  })

  it('is good no longer than its grace, though the replacement waits', async () => {
    const reuse = { grace: 60, until: 'replacement-used', late: 'ends-grant' } as const
    const simulator = await listening(withRefresh({ reuse }))
    const first = await simulator.tokens()
    const second = (await simulator.client.refresh(text(first.refresh_token))).body
    simulator.clock.pass(60)
    expect((await simulator.client.refresh(text(first.refresh_token))).body.error).toBe('invalid_grant')
    expect((await simulator.client.refresh(text(second.refresh_token))).body.error).toBe('invalid_grant')
  })
})

describe('access tokens', () => {
  it('end at once with the refresh where the definition says so, and live on elsewhere', async () => {
    for (const [endsAccessToken, status] of [
      [true, 401],
      [false, 200],
    ] as const) {
      const simulator = await listening(withRefresh({ endsAccessToken }))
      const first = await simulator.tokens()
      const second = (await simulator.client.refresh(text(first.refresh_token))).body
      const ask = (token: unknown) =>
        simulator.client.get(`${simulator.definition.api.baseUrl}/x`, text(token))
      expect((await ask(first.access_token)).status).toBe(status)
      expect((await ask(second.access_token)).status).toBe(200)
    }
  })

  it.each([
    ['unix-seconds', (ms: number) => ms / 1000],
    ['unix-ms', (ms: number) => ms],
    ['iso8601', (ms: number) => new Date(ms).toISOString()],
  ] as const)('tell an end in %s instead of a duration', async (format, write) => {
    const tokenResponse = { fields: { expiresAt: { at: 'ends.at', format } } }
    const simulator = await listening({ ...plain, tokenResponse })
    const body = await simulator.tokens()
    expect(readPath(body, 'ends.at')).toBe(write(simulator.clock() + 3_600_000))
    expect(body.expires_in).toBeUndefined()
  })

  it('are JWTs where claims are read from them, and the API knows them by their whole value', async () => {
    const tokenResponse: OAuth2Definition['tokenResponse'] = {
      fields: { expiresAt: { at: 'jwt(access_token).exp', format: 'unix-seconds' } },
      lifetime: 60,
    }
    const simulator = await listening({ ...plain, tokenResponse })
    const first = await simulator.tokens()
    const [header, payload, signature] = text(first.access_token).split('.')
    expect(JSON.parse(Buffer.from(header ?? '', 'base64url').toString())).toMatchObject({ typ: 'JWT' })
    expect(JSON.parse(Buffer.from(payload ?? '', 'base64url').toString())).toEqual({
      exp: simulator.clock() / 1000 + 60,
    })
    expect(signature).toMatch(/^[\w-]{40,}$/)
    const ask = (token: unknown) => simulator.client.get(`${simulator.definition.api.baseUrl}/x`, text(token))
    expect((await ask(first.access_token)).status).toBe(200)
    expect((await ask(`${header}.${payload}.forged`)).status).toBe(401)
    simulator.clock.pass(60)
    expect((await ask(first.access_token)).status).toBe(401)
    const second = (await simulator.client.refresh(text(first.refresh_token))).body
    expect((await ask(second.access_token)).status).toBe(200)
  })

  it('live as long as the definition assumes where no answer says it', async () => {
    const tokenResponse = { defaultExpiresIn: 600, lifetime: 600 }
    const simulator = await listening({ ...plain, tokenResponse })
    const body = await simulator.tokens()
    expect(body.expires_in).toBeUndefined()
    simulator.clock.pass(600)
    const at = `${simulator.definition.api.baseUrl}/x`
    expect((await simulator.client.get(at, text(body.access_token))).status).toBe(401)
  })
})

describe('a code', () => {
  it('lives as long as the definition says, unless an option does', async () => {
    const definition: OAuth2Definition = { ...plain, token: { ...plain.token, codeLifetime: 30 } }
    for (const [options, lifetime] of [
      [{}, 30],
      [{ codeLifetime: 5 }, 5],
    ] as const) {
      const simulator = await listening(definition, options)
      const [good, late] = [await simulator.code(), await simulator.code()]
      simulator.clock.pass(lifetime - 1)
      expect((await simulator.client.exchange(good)).status).toBe(200)
      simulator.clock.pass(1)
      expect((await simulator.client.exchange(late)).body.error).toBe('invalid_grant')
    }
  })
})

describe('what answers hold of the account', () => {
  it('stands in an ID token where it is read from one', async () => {
    const definition: OAuth2Definition = {
      ...regions,
      tokenResponse: { capture: { apiDomain: 'jwt(id_token).domain' } },
      discovery: undefined,
      identity: { id: 'jwt(id_token).sub', name: 'jwt(id_token).profile.name' },
    }
    const simulator = await listening(definition, { account: { id: '42', name: 'Ada' } })
    const { id_token: token } = await simulator.tokens()
    expect(JSON.parse(Buffer.from(text(token).split('.')[1] ?? '', 'base64url').toString())).toEqual({
      sub: '42',
      profile: { name: 'Ada' },
      domain: `${simulator.origin}/api.regions.eu`,
    })
  })

  it('stands inside longer values, each where its expression finds it', async () => {
    const found = { description: 'x', pattern: '^[A-Za-z0-9]+$', from: 'token' } as const
    const definition: OAuth2Definition = {
      ...shops,
      params: { ...shops.params, org: { ...found, example: '00D1' }, user: { ...found, example: '0055' } },
      tokenResponse: {
        capture: {
          org: { at: 'id', extract: '^https://login\\.shops\\.example/id/([^/]+)/' },
          user: { at: 'id', extract: '/id/[^/]+/([^/]*)$' },
        },
      },
    }
    const simulator = await listening(definition, {}, { shop: 'acme' })
    expect((await simulator.tokens()).id).toBe(`${simulator.origin}/login.shops.example/id/00D1/0055`)
    const [org, user] = Object.values(simulator.definition.tokenResponse?.capture ?? {}).map((place) =>
      typeof place === 'object' && 'extract' in place ? new RegExp(place.extract) : /^$/,
    )
    const { id } = await simulator.tokens({}, { params: { org: '00D2' } })
    expect([org?.exec(text(id))?.[1], user?.exec(text(id))?.[1]]).toEqual(['00D2', '0055'])
  })
})
