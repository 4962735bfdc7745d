import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { providers } from '../../providers/index.ts'
import { createOAuthClient } from '../../src/client.ts'
import type { ProviderDefinition } from '../../src/provider/definition.ts'
import { memoryStore } from '../../src/stores/memory-store.ts'
import { mockProvider } from '../../src/testing/index.ts'

const registration = { clientId: 'c', clientSecret: 's', redirectUri: 'https://app.example/cb' }
const ref = { tenantId: 't' }
const builtIns: readonly ProviderDefinition[] = providers

const server = setupServer()
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
afterEach(() => server.resetHandlers())
afterAll(() => server.close())

describe('the library’s own client, through MSW on the real hosts', () => {
  it.each(builtIns.map((definition) => [definition.id, definition] as const))(
    '%s: connect, refresh, an expired token, disconnect; every request is accepted',
    async (_id, definition) => {
      const mock = mockProvider<ProviderDefinition>(definition, registration)
      server.use(...mock.handlers)
      const client = createOAuthClient(definition, {
        ...registration,
        secret: 'a secret of more than thirty-two bytes',
        store: memoryStore(),
      })
      const params = Object.fromEntries(
        Object.entries(definition.params ?? {})
          .filter(([, { required }]) => required)
          .map(([name, { example }]) => [name, example]),
      )
      const { url } = await client.authorize({ ...ref, params })
      const { connection } = await client.callback(await mock.approve(url))
      expect(connection.account?.id).toMatch(/./)
      for (const name of Object.keys(definition.tokenResponse?.capture ?? {}))
        expect(connection.params[name]).toBe(definition.params?.[name]?.example)
      const first = await client.getAccessToken(ref)
      if (definition.refresh) {
        await client.refresh(ref)
        mock.expireAccessTokens()
      }
      const response = await client.fetch(ref, '/anything')
      expect(await response.json()).toEqual({ ok: true, path: '/anything' })
      if (definition.refresh) expect(await client.getAccessToken(ref)).not.toBe(first)
      expect(await client.disconnect(ref)).toEqual({ revoked: definition.revocation !== undefined })
      const refused = mock.requests.filter(({ status }) => status !== 200).map(({ endpoint }) => endpoint)
      // The one refusal is that of the expired token, where it is not under HTTP 200.
      expect(refused).toEqual(definition.refresh && !definition.api.expired ? ['api'] : [])
      await client.close()
    },
  )
})
