import type { ProviderDefinition } from '../provider/definition.ts'
import { apiKeySimulator } from './api-key.ts'
import { oauth1Simulator } from './oauth1/protocol.ts'
import { oauth2Simulator } from './oauth2/protocol.ts'
import type { MockProviderOptions } from './options.ts'
import { plaidLinkSimulator } from './plaid-link/protocol.ts'
import type { ProtocolSimulator } from './protocol.ts'
import { createSimulation, type Simulation } from './simulation.ts'

/** The one place that asks a definition for its protocol; each has a module that sees only its own. */
export function createProtocol(
  definition: ProviderDefinition,
  options: Partial<MockProviderOptions>,
): { readonly simulation: Simulation; readonly protocol: ProtocolSimulator } {
  switch (definition.protocol) {
    case 'oauth2': {
      const simulation = createSimulation(definition, options)
      return { simulation, protocol: oauth2Simulator(simulation, options) }
    }
    case 'oauth1': {
      const simulation = createSimulation(definition, options)
      return { simulation, protocol: oauth1Simulator(simulation, options) }
    }
    case 'plaid-link': {
      const simulation = createSimulation(definition, options)
      return { simulation, protocol: plaidLinkSimulator(simulation, options) }
    }
    case 'api-key': {
      const simulation = createSimulation(definition, options)
      return { simulation, protocol: apiKeySimulator(simulation) }
    }
  }
}
