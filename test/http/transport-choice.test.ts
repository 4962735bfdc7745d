import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { Agent, getGlobalDispatcher, MockAgent, setGlobalDispatcher } from 'undici'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { isBuiltinNodeFetch } from '../../src/http/choose-transport.ts'
import { createOAuthClient, memoryStore, type OAuthClientOptions } from '../../src/index.ts'
import { acmeAt, credentials } from '../support/acme.ts'
import { type ProviderServer, startProviderServer } from '../support/provider-server.ts'

const tokenBody = (accessToken: string) => ({ access_token: accessToken, token_type: 'Bearer' })
const ref = { tenantId: 't1' }

function clientAt(origin: string, options: Partial<OAuthClientOptions> = {}) {
  return createOAuthClient(acmeAt(origin), { ...credentials, store: memoryStore(), ...options })
}
async function exchange(client: ReturnType<typeof clientAt>): Promise<string> {
  const { state } = await client.authorize(ref)
  await client.callback(`?code=c&state=${state}`)
  return client.getAccessToken(ref)
}

describe('isBuiltinNodeFetch', () => {
  it("knows Node's own", () => expect(isBuiltinNodeFetch(globalThis.fetch)).toBe(true))

  it('knows it again after MSW has come and gone, and not in between', () => {
    const msw = setupServer()
    msw.listen()
    try {
      expect(isBuiltinNodeFetch(globalThis.fetch)).toBe(false)
    } finally {
      msw.close()
    }
    expect(isBuiltinNodeFetch(globalThis.fetch)).toBe(true)
  })

  const own = globalThis.fetch
  it.each<[string, unknown]>([
    ['an arrow', (input: string) => own(input)],
    [
      'a function called fetch',
      function fetch(input: string, init?: RequestInit) {
        return own(input, init)
      },
    ],
    ['a bound one', own.bind(globalThis)],
    ['a proxy', new Proxy(own, {})],
    ['nothing', undefined],
    ['an object', {}],
  ])('does not take %s for it', (_name, wrapper) => expect(isBuiltinNodeFetch(wrapper)).toBe(false))
})

describe('a client without a transport of its own', () => {
  const msw = setupServer(
    http.post('https://acme.example/token', () => HttpResponse.json(tokenBody('from-msw'))),
    http.get('https://acme.example/me', () => HttpResponse.json({ id: 7, name: 'Ada' })),
  )
  afterEach(() => msw.close())

  it('is intercepted by a plain setupServer, made before or after the client', async () => {
    const before = clientAt('https://acme.example')
    msw.listen({ onUnhandledRequest: 'error' })
    const after = clientAt('https://acme.example')
    expect(await exchange(before)).toBe('from-msw')
    expect(await exchange(after)).toBe('from-msw')
    expect((await after.getConnection(ref))?.account).toEqual({ id: '7', name: 'Ada' })
  })

  it('goes through whatever has replaced the global fetch', async () => {
    const own = globalThis.fetch
    const urls: string[] = []
    globalThis.fetch = async (input) => {
      urls.push(String(input))
      return Response.json(String(input).endsWith('/token') ? tokenBody('patched') : { id: 1 })
    }
    try {
      expect(await exchange(clientAt('https://acme.example'))).toBe('patched')
    } finally {
      globalThis.fetch = own
    }
    expect(urls).toEqual(['https://acme.example/token', 'https://acme.example/me'])
  })
})

describe('undici', () => {
  let server: ProviderServer
  beforeAll(async () => {
    server = await startProviderServer(({ path }) => ({
      body: JSON.stringify(path === '/token' ? tokenBody('from-server') : { id: 1 }),
    }))
  })
  afterAll(() => server.close())
  afterEach(() => server.requests.splice(0))

  function mockAgent(origin: string, accessToken: string) {
    const agent = new MockAgent()
    agent.disableNetConnect()
    const pool = agent.get(origin)
    pool.intercept({ path: '/token', method: 'POST' }).reply(200, tokenBody(accessToken)).persist()
    pool.intercept({ path: '/me', method: 'GET' }).reply(200, { id: 1 }).persist()
    return agent
  }

  it("sends where fetch is Node's own: with the headers that were set and no others of fetch's", async () => {
    expect(await exchange(clientAt(server.origin))).toBe('from-server')
    expect(server.requests.map(({ path }) => path)).toEqual(['/token', '/me'])
    for (const { headers } of server.requests) {
      expect(headers).not.toHaveProperty('sec-fetch-mode')
      expect(headers).not.toHaveProperty('accept-language')
    }
  })

  it('goes through the dispatcher that was passed', async () => {
    const dispatcher = mockAgent('https://acme.example', 'from-dispatcher')
    expect(await exchange(clientAt('https://acme.example', { dispatcher }))).toBe('from-dispatcher')
    dispatcher.assertNoPendingInterceptors()
    await dispatcher.close()
  })

  it('goes through the passed dispatcher also while fetch is patched', async () => {
    const msw = setupServer()
    msw.listen({ onUnhandledRequest: 'error' })
    const dispatcher = mockAgent('https://acme.example', 'from-dispatcher')
    try {
      expect(await exchange(clientAt('https://acme.example', { dispatcher }))).toBe('from-dispatcher')
    } finally {
      msw.close()
      await dispatcher.close()
    }
  })

  it("honours the application's global dispatcher and leaves it in place", async () => {
    const before = getGlobalDispatcher()
    const mock = mockAgent('https://acme.example', 'from-global')
    setGlobalDispatcher(mock)
    try {
      expect(await exchange(clientAt('https://acme.example'))).toBe('from-global')
      expect(getGlobalDispatcher()).toBe(mock)
      // Replaced later, it is the later one that counts.
      const next = mockAgent('https://acme.example', 'from-the-next')
      setGlobalDispatcher(next)
      expect(await exchange(clientAt('https://acme.example'))).toBe('from-the-next')
      await next.close()
    } finally {
      setGlobalDispatcher(before)
      await mock.close()
    }
  })

  it('yields to a fetch that was passed, dispatcher or not, patched or not', async () => {
    const dispatcher = new Agent()
    let destroyed = false
    dispatcher.dispatch = () => {
      destroyed = true
      throw new Error('the dispatcher was used')
    }
    const fetch: typeof globalThis.fetch = async (input) =>
      Response.json(String(input).endsWith('/token') ? tokenBody('from-own-fetch') : { id: 1 })
    const msw = setupServer(http.all('*', () => HttpResponse.json(tokenBody('from-msw'))))
    msw.listen()
    try {
      expect(await exchange(clientAt('https://acme.example', { fetch, dispatcher }))).toBe('from-own-fetch')
    } finally {
      msw.close()
      await dispatcher.close()
    }
    expect(destroyed).toBe(false)
  })

  it("is not closed with the client when it is not the client's", async () => {
    const dispatcher = mockAgent('https://acme.example', 'still-open')
    const client = clientAt('https://acme.example', { dispatcher })
    await exchange(client)
    await client.close()
    expect(await exchange(clientAt('https://acme.example', { dispatcher }))).toBe('still-open')
    await dispatcher.close()
  })
})
