import { createOAuthClient } from '../../src/create-client.ts'
import type { ProviderDefinition } from '../../src/provider/definition.ts'
import { memoryStore } from '../../src/stores/memory-store.ts'
import type { MockProvider } from '../../src/testing/index.ts'
import type { Connection, OAuthClientOptions } from '../../src/types.ts'

export const registration = {
  clientId: 'client/1',
  clientSecret: 'sécret+&= %:?',
  redirectUri: 'https://app.example/cb',
}
export const ref = { tenantId: 't' }

/** Values for what a definition cannot begin without, or its history cannot be read without. */
export function neededParams({ params, history }: ProviderDefinition): Record<string, string> {
  return Object.fromEntries(
    Object.entries(params ?? {})
      .filter(([name, { from = 'user', required }]) => {
        const inHistory = JSON.stringify(history ?? {}).includes(`{${name}}`)
        return from === 'user' && (required || inHistory)
      })
      .map(([name, { example }]) => [name, example]),
  )
}

/**
 * Connects with the library's own client, whatever the protocol: a browser that goes where it is sent, or a key that was
 * copied. `definition` is the one the client uses: the mock's own, or its loopback copy.
 */
export async function connectAs(
  definition: ProviderDefinition,
  mock: MockProvider<ProviderDefinition>,
  options: OAuthClientOptions = {},
) {
  const settings = {
    ...registration,
    secret: 'a secret of more than thirty-two bytes',
    store: memoryStore(),
    ...options,
  }
  const params = neededParams(definition)
  if (definition.protocol === 'api-key') {
    const client = createOAuthClient(definition, settings)
    const [name = ''] = Object.keys(definition.credentials)
    const { connection } = await client.connect({
      ...ref,
      credentials: { [name]: mock.issueKey({ params }) },
      params,
    })
    return { client, connection, reconnect: undefined }
  }
  const client = createOAuthClient(definition, settings)
  const reconnect = async (decision: 'approve' | 'deny' = 'approve'): Promise<Connection> => {
    const begun = await client.authorize({ ...ref, userId: 'u', params })
    const callback = await mock[decision](begun.url)
    const carried = begun.flowId === undefined ? {} : { state: begun.state }
    return (await client.callback(callback, carried)).connection
  }
  return { client, connection: await reconnect(), reconnect }
}

/** What `client.fetch` is given for a path, in the way this API is called. */
export function apiCall({ api }: ProviderDefinition): RequestInit {
  const inJson = api.credential !== undefined && 'json' in api.credential
  if (!inJson) return {}
  return { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }
}
