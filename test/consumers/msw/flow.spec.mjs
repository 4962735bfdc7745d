// The README's way to test one's own server: MSW in front of the provider's real hosts.
import { createOAuthClient, memoryStore } from 'latchkey'
import { slack } from 'latchkey/providers/slack'
import { mockProvider } from 'latchkey/testing'
import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, beforeAll, expect, test } from 'vitest'

const registered = {
  clientId: 'id',
  clientSecret: 'secret',
  redirectUri: 'https://app.example.com/oauth/slack/callback',
}
const mock = mockProvider(slack, registered)
const own = http.get('https://api.example.com/own', () => HttpResponse.json({ own: true }))
const server = setupServer(...mock.handlers, own)

beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
afterAll(() => server.close())

test('a connection through mockProvider(...).handlers', async () => {
  const client = createOAuthClient(slack, { ...registered, secret: 'x'.repeat(32), store: memoryStore() })
  const { url } = await client.authorize({ tenantId: 't1', redirectPath: '/done' })
  const { connection, redirectPath } = await client.callback(await mock.approve(url))
  expect(connection.status).toBe('active')
  expect(redirectPath).toBe('/done')
  const answer = await client.fetch({ tenantId: 't1' }, '/auth.test')
  expect(answer.ok).toBe(true)
  expect(mock.requests.map(({ endpoint }) => endpoint)).toContain('exchange')
  expect(await (await fetch('https://api.example.com/own')).json()).toEqual({ own: true })
  expect(await client.disconnect({ tenantId: 't1' })).toEqual({ revoked: true })
})
