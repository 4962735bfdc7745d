import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { OAuth2Definition } from '../../src/provider/definition.ts'
import { mockProvider } from '../../src/testing/index.ts'
import { all, plain, posted, regions, shops } from './definitions.ts'
import { clientId, clientSecret, plainClient, redirectUri } from './plain-client.ts'

const server = setupServer()
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
afterEach(() => server.resetHandlers())
afterAll(() => server.close())

function mocked(definition: OAuth2Definition, values: Readonly<Record<string, string>> = {}) {
  const mock = mockProvider<OAuth2Definition>(definition, { clientId, clientSecret, redirectUri })
  server.use(...mock.handlers)
  const client = plainClient(definition, values)
  const code = async () =>
    client.readCallback(await mock.approve(client.authorizationUrl())).get('code') ?? ''
  return { mock, client, code }
}

describe('handlers', () => {
  it.each(all.map((definition) => [definition.id, definition] as const))(
    'answer %s on its real hosts',
    async (_id, definition) => {
      const { mock, client, code } = mocked(definition, { shop: 'acme' })
      const first = await client.exchange(await code())
      expect(first.status).toBe(200)
      expect(first.text).not.toContain('127.0.0.1')
      expect((await client.refresh(String(first.body.refresh_token))).status).toBe(200)
      expect(mock.requests.map(({ endpoint }) => endpoint)).toEqual(['exchange', 'refresh'])
    },
  )

  it('report real addresses, not those of a loopback server', async () => {
    const { mock, client } = mocked(regions)
    const query = client.readCallback(await mock.approve(client.authorizationUrl()))
    expect(query.get('accounts-server')).toBe('https://accounts.regions.eu')
    expect((await client.exchange(query.get('code') ?? '')).body.api_domain).toBe('https://api.regions.eu')
  })

  it('refuse what the HTTP server refuses', async () => {
    const { client, code } = mocked(plain)
    const wrong = await client.exchange(await code(), { params: { client_secret: 'wrong' } })
    expect(wrong).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
  })

  it('break the connection, and send an empty answer', async () => {
    const { mock, client } = mocked(plain)
    mock.fault({ kind: 'reset' })
    await expect(client.exchange('x')).rejects.toThrow('Failed to fetch')
    mock.fault({ kind: 'empty', status: 204 })
    expect(await client.exchange('x')).toMatchObject({ status: 204, text: '' })
    mock.fault({ kind: 'redirect' })
    expect((await client.exchange('x')).headers.get('location')).toBe('https://elsewhere.example/')
  })

  it('leave every other address to other handlers', async () => {
    server.use(http.get('https://other.example/x', () => HttpResponse.text('theirs')))
    server.use(http.all('https://*/token', () => HttpResponse.text('theirs')))
    mocked(regions)
    mocked(posted)
    mocked(shops)
    expect(await (await fetch('https://other.example/x')).text()).toBe('theirs')
    // A pattern of ours fits the form of this one, and its allow-list does not.
    expect(await (await fetch('https://accounts.evil.example/token', { method: 'POST' })).text()).toBe(
      'theirs',
    )
  })

  it('are made once', () => {
    const mock = mockProvider(plain, { clientId, clientSecret, redirectUri })
    expect(mock.handlers).toBe(mock.handlers)
  })
})
