import { afterEach, describe, expect, it } from 'vitest'
import type { OAuth2Definition } from '../../src/provider/definition.ts'
import { plain } from './definitions.ts'
import { clientId, clientSecret, closeAll, listening } from './plain-client.ts'

afterEach(closeAll)

const text = (value: unknown) => String(value)
const base64 = (value: string) => Buffer.from(value).toString('base64')

async function asking(definition: OAuth2Definition) {
  const simulator = await listening(definition)
  const { access_token: token } = await simulator.tokens()
  const send = async (path: string, init: RequestInit) => {
    const headers = { 'x-version': '7', ...init.headers }
    const response = await fetch(`${simulator.definition.api.baseUrl}${path}`, { ...init, headers })
    return { status: response.status, body: Object(await response.json()) }
  }
  const statusOf = async (path: string, init: RequestInit) => (await send(path, init)).status
  return { ...simulator, token: text(token), send, statusOf }
}

describe('the credential of the API', () => {
  it('can hold the client’s id besides the token', async () => {
    const value = 'Token client="{clientId}" token="{accessToken}"'
    const credential = { header: 'X-Auth', value }
    const { token, statusOf } = await asking({ ...plain, api: { ...plain.api, credential } })
    const ask = (id: string) =>
      statusOf('/x', { headers: { 'x-auth': `Token client="${id}" token="${token}"` } })
    expect([await ask(clientId), await ask('other')]).toEqual([200, 401])
  })

  it('can be a half of Basic, as it is', async () => {
    const credential = { basic: { username: 'api', password: '{accessToken}' } }
    const { token, statusOf } = await asking({ ...plain, api: { ...plain.api, credential } })
    const ask = (halves: string) => statusOf('/x', { headers: { authorization: `Basic ${base64(halves)}` } })
    expect(await ask(`api:${token}`)).toBe(200)
    expect(await ask(`${token}:api`)).toBe(401)
    expect(await ask(`api:${token}x`)).toBe(401)
    expect(await statusOf('/x', { headers: { authorization: `Bearer ${token}` } })).toBe(401)
  })
})

describe('a request with a credential of its own', () => {
  const identity = (request: object): OAuth2Definition => ({
    ...plain,
    identity: { request: { url: 'https://api.plain.example/v1/me', ...request }, id: 'id' },
  })

  it('takes that and not the API’s', async () => {
    const credential = { header: 'Authorization', value: 'OAuth {accessToken}' }
    const { token, statusOf } = await asking(identity({ credential }))
    const ask = (scheme: string, path: string) =>
      statusOf(path, { headers: { authorization: `${scheme} ${token}` } })
    expect([await ask('OAuth', '/me'), await ask('Bearer', '/me')]).toEqual([200, 401])
    expect([await ask('OAuth', '/x'), await ask('Bearer', '/x')]).toEqual([401, 200])
  })

  it('can be the client alone, with the token in a form', async () => {
    const credential = { basic: { username: '{clientId}', password: '{clientSecret}' } }
    const definition = identity({ credential, form: { token: '{accessToken}', hint: 'access' } })
    const { token, send, statusOf } = await asking(definition)
    const ask = (halves: string, form: Record<string, string>) => ({
      method: 'POST',
      headers: { authorization: `Basic ${base64(halves)}` },
      body: new URLSearchParams(form),
    })
    const good = `${clientId}:${clientSecret}`
    const answered = await send('/me', ask(good, { token, hint: 'access' }))
    expect(answered).toEqual({ status: 200, body: { id: 'account-1' } })
    expect(await statusOf('/me', ask(`${clientId}:wrong`, { token, hint: 'access' }))).toBe(401)
    expect(await statusOf('/me', ask(good, { token: 'none', hint: 'access' }))).toBe(401)
    expect(await statusOf('/me', ask(good, { token }))).toBe(400)
    expect(await statusOf('/me', ask(good, { token, hint: 'access', more: '1' }))).toBe(400)
  })

  it('can have none, with token and client in a JSON body', async () => {
    const json = {
      access: '{accessToken}',
      client: { id: '{clientId}', secret: '{clientSecret}' },
      query: '{ me }',
    }
    const { token, statusOf } = await asking(identity({ credential: false, json }))
    const ask = (body: object, headers = {}) =>
      statusOf('/me', { method: 'POST', headers, body: JSON.stringify(body) })
    const good = { access: token, client: { id: clientId, secret: clientSecret }, query: '{ me }' }
    expect(await ask(good)).toBe(200)
    expect(await ask({ ...good, access: 'none' })).toBe(401)
    expect(await ask({ ...good, client: { id: clientId, secret: 'wrong' } })).toBe(400)
    expect(await ask({ ...good, query: '{ you }' })).toBe(400)
    expect(await ask(good, { authorization: `Bearer ${token}` })).toBe(400)
  })

  it('can name the token in its address', async () => {
    const url = 'https://api.plain.example/v1/tokens/{accessToken}'
    const { token, send } = await asking(identity({ url, credential: false }))
    expect(await send(`/tokens/${token}`, {})).toEqual({ status: 200, body: { id: 'account-1' } })
    expect((await send('/tokens/none', {})).status).toBe(401)
  })
})

describe('further hosts', () => {
  it('can be any that a pattern names, and none besides', async () => {
    const hosts = [{ pattern: '^https://[a-z]+[0-9]*\\.files\\.example$' }]
    const { token, origin } = await asking({ ...plain, api: { ...plain.api, hosts } })
    const ask = async (host: string) => {
      const headers = { authorization: `Bearer ${token}`, 'x-version': '7' }
      return (await fetch(`${origin}/${host}/a/b.pdf`, { headers })).json().catch(() => 'elsewhere')
    }
    expect(await ask('eu1.files.example')).toEqual({ ok: true, path: '/a/b.pdf' })
    expect(await ask('files.example')).toBe('elsewhere')
    expect(await ask('eu1.files.example.evil.example')).toBe('elsewhere')
  })
})

describe('one address for several requests', () => {
  const url = 'https://api.plain.example/v1/graphql'
  const definition: OAuth2Definition = {
    ...plain,
    params: { team: { description: 'x', pattern: '^[a-z]+$', example: 'red', from: 'discovery' } },
    discovery: [{ url, json: { query: '{ team }' }, capture: { team: 'data.team' } }],
    identity: { request: { url, json: { query: '{ me }' } }, id: 'data.me' },
    history: {
      resource: '/graphql',
      json: { query: '{ list }', since: '{since}' },
      timeFormat: 'iso8601',
      items: 'data.items',
    },
  }

  it('answers what the body asks for', async () => {
    const { token, send, mock, clock } = await asking(definition)
    const ask = async (body: object) => {
      const headers = { authorization: `Bearer ${token}` }
      return (await send('/graphql', { method: 'POST', headers, body: JSON.stringify(body) })).body
    }
    expect(await ask({ query: '{ team }' })).toEqual({ data: { team: 'red' } })
    expect(await ask({ query: '{ me }' })).toEqual({ data: { me: 'account-1' } })
    const since = new Date(clock() - 3 * 86_400_000).toISOString()
    expect(Object((await ask({ query: '{ list }', since })).data).items).toHaveLength(3)
    const [, ...asked] = mock.requests.map(({ endpoint }) => endpoint)
    expect(asked).toEqual(['discovery', 'identity', 'history'])
  })
})
