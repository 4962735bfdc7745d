import { afterEach, describe, expect, it } from 'vitest'
import type { OAuth2Definition } from '../../src/provider/definition.ts'
import { plain, posted } from './definitions.ts'
import { clientSecret, closeAll, listening } from './plain-client.ts'

afterEach(closeAll)

const query = (url: string) => Object.fromEntries(new URL(url).searchParams)
const text = (value: unknown) => String(value)

describe('scopes', () => {
  const offline: OAuth2Definition = {
    ...plain,
    authorization: { ...plain.authorization, scopes: { default: ['read'], always: ['offline'] } },
  }

  it('without which no refresh token comes', async () => {
    const simulator = await listening(offline)
    expect((await simulator.tokens({ scope: 'read offline' })).refresh_token).toMatch(/^refresh-/)
    const without = await simulator.tokens({ scope: 'read' })
    expect(without).toMatchObject({ access_token: expect.any(String), scope: 'read' })
    expect(without.refresh_token).toBeUndefined()
  })

  it('that may be dropped are granted with the rest, or not', async () => {
    const optional = { parameter: 'optional_scope', default: ['more'] }
    const scopes = { default: ['read'], optional }
    const simulator = await listening({ ...plain, authorization: { ...plain.authorization, scopes } })
    const asked = { optional_scope: 'more extra' }
    expect((await simulator.tokens(asked)).scope).toBe('read more extra')
    expect((await simulator.tokens(asked, { scopes: ['read'] })).scope).toBe('read')
    const wrong = query(
      await simulator.mock.approve(simulator.client.authorizationUrl({ optional_scope: 'a,b' })),
    )
    expect(wrong.error).toBe('invalid_scope')
  })
})

describe('parameters', () => {
  const configured: OAuth2Definition = {
    ...plain,
    params: {
      configId: { description: 'x', pattern: '^[0-9]+$', example: '1', trusted: true },
      region: { description: 'x', pattern: '^[a-z]+$', example: 'eu', default: 'us' },
    },
    authorization: {
      ...plain.authorization,
      params: { config_id: '{configId}', mode: 'c-{configId}', region: '{region}' },
    },
  }

  it('may be absent where they are a placeholder without a value, and only there', async () => {
    const simulator = await listening(configured)
    const approve = async (overrides: Readonly<Record<string, string | undefined>>) =>
      query(await simulator.mock.approve(simulator.client.authorizationUrl(overrides)))
    simulator.client.learn({ configId: '7' })
    expect((await approve({ config_id: undefined })).code).toMatch(/^code-/)
    expect((await approve({ mode: undefined })).error).toBe('invalid_request')
  })

  it('have the simulated deployment’s value where that has one', async () => {
    const simulator = await listening(configured, { params: { configId: '7' } }, { configId: '7' })
    const approve = async (overrides: Readonly<Record<string, string | undefined>>) =>
      query(await simulator.mock.approve(simulator.client.authorizationUrl(overrides)))
    expect((await approve({})).code).toMatch(/^code-/)
    expect((await approve({ config_id: undefined })).error).toBe('invalid_request')
    expect((await approve({ config_id: '8' })).error).toBe('invalid_request')
  })

  it('of a tenant’s own choice are not compared with a default', async () => {
    const simulator = await listening(configured, {}, { configId: '7', region: 'eu' })
    expect(query(await simulator.mock.approve(simulator.client.authorizationUrl())).code).toMatch(/^code-/)
  })

  it('of an exchange can repeat the scopes that were asked for', async () => {
    const token = { ...plain.token, params: { scope: '{scope}' } }
    const simulator = await listening({ ...plain, token }, {}, { scope: 'read write' })
    const asked = async (scope: string | undefined, authorization = {}) =>
      (await simulator.client.exchange(await simulator.code(authorization), { params: { scope } })).status
    expect(await asked('read write')).toBe(200)
    expect(await asked('read')).toBe(400)
    expect(await asked(undefined)).toBe(400)
    expect(await asked(undefined, { scope: undefined })).toBe(200)
  })

  it('of a refresh can name the access token, of the same grant', async () => {
    const refresh = { rotates: false, params: { access_token: '{accessToken}' } } as const
    const simulator = await listening({ ...plain, refresh }, {}, { accessToken: 'none' })
    const [own, other] = [await simulator.tokens(), await simulator.tokens()]
    const asked = async (token: unknown) => {
      const params = { access_token: token === undefined ? undefined : text(token) }
      return (await simulator.client.refresh(text(own.refresh_token), { params })).status
    }
    expect(await asked(own.access_token)).toBe(200)
    expect(await asked(other.access_token)).toBe(400)
    expect(await asked(undefined)).toBe(400)
  })
})

describe('response_mode', () => {
  it('is demanded as soon as one is declared', async () => {
    const authorization = { ...plain.authorization, responseMode: 'query' } as const
    const simulator = await listening({ ...plain, authorization })
    const approve = async (mode: string | undefined) =>
      query(await simulator.mock.approve(simulator.client.authorizationUrl({ response_mode: mode })))
    expect((await approve('query')).code).toMatch(/^code-/)
    expect((await approve(undefined)).error).toBe('invalid_request')
    expect((await approve('form_post')).error).toBe('invalid_request')
  })
})

describe('a refusal', () => {
  it('stands in the provider’s own parameters where those replace `error`', async () => {
    const callback = { error: { code: ['error_code'], description: ['error_message'] } }
    const simulator = await listening({ ...plain, callback })
    const denied = query(await simulator.mock.deny(simulator.client.authorizationUrl()))
    expect(denied).toMatchObject({ error_code: 'access_denied', error_message: expect.stringMatching(/./) })
    expect(denied.error).toBeUndefined()
    expect(denied.error_description).toBeUndefined()
  })
})

describe('halves of Basic', () => {
  const definition: OAuth2Definition = {
    ...plain,
    token: {
      url: plain.token.url,
      authentication: 'client_secret_basic',
      basicCredentials: { username: '{clientSecret}', password: '' },
    },
  }

  it('are taken as they are, and no others', async () => {
    const simulator = await listening(definition)
    const exchange = async (halves?: string) => {
      const authorization = halves && `Basic ${Buffer.from(halves).toString('base64')}`
      const headers = authorization ? { authorization } : {}
      return (await simulator.client.exchange(await simulator.code(), { headers })).status
    }
    expect(await exchange()).toBe(200)
    expect(await exchange(`${encodeURIComponent(clientSecret)}:`)).toBe(401)
    expect(await exchange(`:${clientSecret}`)).toBe(401)
    expect(await exchange(`${clientSecret}:x`)).toBe(401)
  })

  it('are those of the refresh, too', async () => {
    const simulator = await listening(definition)
    const { refresh_token: token } = await simulator.tokens()
    expect((await simulator.client.refresh(text(token))).status).toBe(200)
  })
})

describe('a second exchange, for a token that lives longer', () => {
  const definition: OAuth2Definition = {
    ...posted,
    token: { ...posted.token, authentication: 'client_secret_post' },
    tokenResponse: { lifetime: 5_000_000 },
    longLived: { parameter: 'exchange_token', below: 86_400, params: { kind: 'long' } },
    refresh: false,
  }
  const start = async () => {
    const simulator = await listening(definition)
    const first = await simulator.tokens()
    const exchange = (params: Readonly<Record<string, string | undefined>>) =>
      simulator.client.exchange('', {
        params: {
          grant_type: 'exchange_token',
          exchange_token: text(first.access_token),
          kind: 'long',
          code: undefined,
          redirect_uri: undefined,
          code_verifier: undefined,
          ...params,
        },
      })
    return { simulator, first, exchange }
  }

  it('answers with another token of a long life; the first one is short-lived', async () => {
    const { simulator, first, exchange } = await start()
    expect(first.expires_in).toBe(3600)
    const second = await exchange({})
    expect(second).toMatchObject({ status: 200, body: { expires_in: 5_000_000 } })
    expect(simulator.mock.requests.map(({ endpoint }) => endpoint)).toEqual(['exchange', 'long-lived'])
    simulator.client.learn({ companyId: '123456' })
    const ask = async (token: unknown) =>
      (await simulator.client.get(`${simulator.definition.api.baseUrl}/x`, text(token))).status
    simulator.clock.pass(3600)
    expect([await ask(first.access_token), await ask(second.body.access_token)]).toEqual([401, 200])
  })

  it('refuses an unknown token, one that has ended, another grant type, and a client without its secret', async () => {
    const { simulator, exchange } = await start()
    expect((await exchange({ exchange_token: 'none' })).body.error).toBe('invalid_grant')
    expect((await exchange({ kind: undefined })).body.error).toBe('invalid_request')
    expect((await exchange({ grant_type: 'refresh_token' })).body.error).toBe('unsupported_grant_type')
    expect((await exchange({ client_secret: 'wrong' })).body.error).toBe('invalid_client')
    simulator.mock.expireAccessTokens()
    expect((await exchange({})).body.error).toBe('invalid_grant')
    simulator.mock.revokeGrants()
    expect((await exchange({})).body.error).toBe('invalid_grant')
  })

  it('can have an address and a body of its own', async () => {
    const longLived = {
      parameter: 't',
      below: 60,
      url: 'https://posted.example/long',
      method: 'POST',
      body: 'json',
    } as const
    const simulator = await listening({ ...definition, longLived })
    const { access_token: token, expires_in: short } = await simulator.tokens()
    expect(short).toBe(59)
    const url = `${simulator.origin}/posted.example/long`
    const params = {
      grant_type: 't',
      t: text(token),
      code: undefined,
      redirect_uri: undefined,
      code_verifier: undefined,
    }
    const sent = await simulator.client.exchange('', { url, method: 'POST', format: 'json', params })
    expect(sent).toMatchObject({ status: 200, body: { expires_in: 5_000_000 } })
    expect(
      (await simulator.client.exchange('', { url, method: 'POST', format: 'form', params })).status,
    ).toBe(400)
  })
})
