import type { ProviderDefinition } from 'latchkey'
import { providers } from 'latchkey/providers'
import { type MockProvider, mockProvider } from 'latchkey/testing'

/** What a process of the demo needs to know of a simulator that runs in another. */
export interface Simulated {
  readonly definition: ProviderDefinition
  readonly clientId: string
  readonly clientSecret: string
  /** Where users copy a key instead of being sent away: one for each tenant. */
  readonly keys: readonly string[]
}

export interface RunningSimulator extends Simulated {
  readonly mock: MockProvider
  close(): Promise<void>
}

/** The demo's own customers. */
export const tenants = ['acme-inc', 'globex'] as const

/** One authorization server and API a definition, each on its own loopback port. */
export async function startSimulators(
  appOrigin: string,
  wanted: readonly ProviderDefinition[] = providers,
): Promise<RunningSimulator[]> {
  return Promise.all(
    wanted.map(async (provider) => {
      const clientId = `demo-${provider.id}`
      const clientSecret = `demo-secret-of-${provider.id}`
      const redirectUri = `${appOrigin}/oauth/${provider.id}/callback`
      // Products that share one grant (google) have one account.
      const [owner = provider.id] = provider.revocation?.sharedWith ?? []
      const account = { id: `${owner}-account`, name: 'Ada’s workspace' }
      const mock = mockProvider<ProviderDefinition>(provider, {
        clientId,
        clientSecret,
        redirectUri,
        account,
      })
      const { definition, close } = await mock.listen()
      const keys = provider.protocol === 'api-key' ? tenants.map(() => mock.issueKey()) : []
      return { definition, clientId, clientSecret, keys, mock, close }
    }),
  )
}

/** A value for each param a user has to give: the definition's own example. */
export function exampleParams(definition: ProviderDefinition): Record<string, string> {
  const needed = Object.entries(definition.params ?? {}).filter(([, param]) => param.required)
  return Object.fromEntries(needed.map(([name, param]) => [name, param.example]))
}
