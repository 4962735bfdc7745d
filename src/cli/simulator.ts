import { randomBytes } from 'node:crypto'
import type { ProviderDefinition } from '../provider/definition.ts'
import type { MockProvider } from '../testing/options.ts'

/** A provider made from its own definition, on a port of this machine, with one client registered. */
export interface Simulator {
  /** With every URL at the simulator. */
  readonly definition: ProviderDefinition
  readonly clientId: string
  readonly clientSecret: string
  readonly mock: MockProvider
  close(): Promise<void>
}

/** `params`: trusted ones, which choose the deployment that is simulated. */
export async function startSimulator(
  definition: ProviderDefinition,
  { redirectUri, params = {} }: { redirectUri: string; params?: Readonly<Record<string, string>> },
): Promise<Simulator> {
  const { mockProvider } = await import('../testing/mock-provider.ts')
  const clientId = 'latchkey-trial'
  const clientSecret = randomBytes(24).toString('base64url')
  const account = { id: 'ada', name: 'Ada’s workspace' }
  const mock = mockProvider<ProviderDefinition>(definition, {
    clientId,
    clientSecret,
    redirectUri,
    account,
    params,
  })
  const { definition: simulated, close } = await mock.listen()
  return { definition: simulated, clientId, clientSecret, mock, close }
}

/** The options of a client of it. */
export function clientOf({ clientId, clientSecret }: Simulator) {
  // Nothing but this machine takes part, so that a late answer only says how busy it is.
  return { clientId, clientSecret, timeout: 60_000 }
}
