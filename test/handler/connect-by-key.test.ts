import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { freshdesk } from '../../providers/freshdesk.ts'
import { createOAuthClient } from '../../src/create-client.ts'
import { createOAuthHandler, type HandlerFailure } from '../../src/handler/oauth-handler.ts'
import { memoryStore } from '../../src/stores/memory-store.ts'
import { mockProvider } from '../../src/testing/index.ts'
import { secret } from '../support/acme.ts'

const origin = 'https://app.example.com'
const mock = mockProvider(freshdesk, { params: { subdomain: 'acme' } })
let provider: Awaited<ReturnType<typeof mock.listen>>
let failures: HandlerFailure[]
beforeEach(async () => {
  provider = await mock.listen()
  failures = []
})
afterEach(() => provider.close())

function setUp(refuse?: () => Response) {
  const client = createOAuthClient(provider.definition, { secret, store: memoryStore() })
  const handler = createOAuthHandler({
    clients: [client],
    session: (request) => (request.headers.has('x-guest') ? undefined : { tenantId: 't1', userId: 'u1' }),
    onError: (failure) => failures.push(failure),
    ...(refuse && { beforeAuthorize: refuse }),
  })
  const post = (body: unknown, headers: Record<string, string> = {}) =>
    handler(
      new Request(`${origin}/oauth/freshdesk/connect`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    )
  return { client, handler, post }
}

const params = { subdomain: 'acme' }
const keyed = () => ({ credentials: { apiKey: mock.issueKey() }, params })

describe('POST connect, for a provider that gives its users keys', () => {
  it('connects, and answers with the connection and no key', async () => {
    const { client, post } = setUp()
    const { credentials } = keyed()
    const response = await post({ credentials, params, connectionId: 'second' })
    expect(response.status).toBe(200)
    const text = await response.text()
    expect(JSON.parse(text)).toMatchObject({
      connection: { connectionId: 'second', status: 'active', userId: 'u1', params },
      sync: { status: 'skipped' },
    })
    expect(text).not.toContain(credentials.apiKey)
    const tokens = await client.getTokens({ tenantId: 't1', connectionId: 'second' })
    expect(tokens.accessToken).toBe(credentials.apiKey)
  })

  it.each([
    ['not JSON', 'apiKey=1', 'must be a JSON object'],
    ['a list', '[]', 'must be a JSON object'],
    ['no key', { params }, 'the credential "apiKey" is missing'],
    ['no param', { credentials: { apiKey: 'abcdefghij1234567890' } }, 'param "subdomain" is missing'],
  ])('refuses %s', async (_name, body, words) => {
    const response = await setUp().post(body)
    expect(response.status).toBe(400)
    expect(JSON.stringify(await response.json())).toContain(words.replaceAll('"', '\\"'))
  })

  it('says that the provider refused the key, and stores nothing', async () => {
    const { client, post } = setUp()
    const key = 'nobodys-key-1234567890'
    const response = await post({ credentials: { apiKey: key }, params })
    const text = await response.text()
    expect(response.status).toBe(422)
    expect(text).toContain('provider_error')
    expect(text).not.toContain(key)
    expect(failures).toHaveLength(1)
    expect(await client.getConnection({ tenantId: 't1' })).toBeUndefined()
  })

  it('takes no request that another site made the browser send', async () => {
    const { post } = setUp()
    expect((await post(keyed(), { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    const noSite = { 'sec-fetch-site': 'same-site', origin: 'https://evil.example', cookie: 'a=b' }
    expect((await post(keyed(), noSite)).status).toBe(403)
  })

  it('asks who it is, and asks the application', async () => {
    expect((await setUp().post(keyed(), { 'x-guest': '1' })).status).toBe(401)
    const { post } = setUp(() => new Response(null, { status: 429 }))
    expect((await post(keyed())).status).toBe(429)
  })

  it('takes no GET, and no callback', async () => {
    const { handler } = setUp()
    const get = await handler(new Request(`${origin}/oauth/freshdesk/connect?subdomain=acme`))
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST'])
    const back = await handler(new Request(`${origin}/oauth/freshdesk/callback?state=x&code=y`))
    expect(back.status).toBe(400)
  })

  it('takes no endless body', async () => {
    expect((await setUp().post(`{"credentials":"${'x'.repeat(70_000)}"}`)).status).toBe(400)
  })
})
