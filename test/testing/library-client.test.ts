import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { providers } from '../../providers/index.ts'
import type { ProviderDefinition } from '../../src/provider/definition.ts'
import { mockProvider } from '../../src/testing/index.ts'
import { apiCall, connectAs, ref, registration } from './library-client.ts'

const builtIns: readonly ProviderDefinition[] = providers

const server = setupServer()
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
afterEach(() => server.resetHandlers())
afterAll(() => server.close())

describe('the library’s own client, through MSW on the real hosts', () => {
  it.each(builtIns.map((definition) => [definition.id, definition] as const))(
    '%s: connect, call, disconnect; every request is accepted',
    async (_id, definition) => {
      const mock = mockProvider<ProviderDefinition>(definition, registration)
      server.use(...mock.handlers)
      const { client, connection } = await connectAs(definition, mock, { hooks: { onWarning() {} } })
      for (const name of Object.keys(definition.tokenResponse?.capture ?? {}))
        expect(connection.params[name]).toBe(definition.params?.[name]?.example)
      const response = await client.fetch(ref, '/anything', apiCall(definition))
      expect(await response.json()).toMatchObject({ ok: true, path: '/anything' })
      expect(await client.disconnect(ref)).toMatchObject({ revoked: definition.revocation !== undefined })
      expect(mock.requests.filter(({ status }) => status !== 200)).toEqual([])
      await client.close()
    },
  )
})
