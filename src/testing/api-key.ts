import type { ApiKeyDefinition } from '../provider/definition.ts'
import { describeAccount } from './account.ts'
import type { ProtocolSimulator } from './protocol.ts'
import { sampleMatch } from './regex-sample.ts'
import type { Simulation } from './simulation.ts'

/** Keys that a user copies by hand: no address of its own, and nothing but the API to try them on. */
export function apiKeySimulator(simulation: Simulation<ApiKeyDefinition>): ProtocolSimulator {
  const { definition, grants } = simulation
  return {
    routes: [],
    issueKey(consent) {
      const chain = { scopes: [], asked: [], tellScopes: false, refreshable: false, alive: true }
      // An address is compared only where the key is said to be of one.
      const { account, params, choices } = describeAccount(simulation, consent, consent.params ?? {})
      const grant = grants.open({ account, params, choices, redirectUri: '', chains: new Map([['', chain]]) })
      return grants.issueAccessToken(grant, chain, undefined, newKey(definition, simulation)).value
    },
  }
}

/** Another key each time where the pattern leaves room for one. */
function newKey({ credentials }: ApiKeyDefinition, { grants }: Simulation): string {
  const [credential] = Object.values(credentials)
  const drawn = credential && sampleMatch(credential.pattern, { random: true })
  return drawn === undefined || grants.accessToken(drawn) ? (credential?.example ?? '') : drawn
}
