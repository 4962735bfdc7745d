import type { Chain, Grant } from '../grants.ts'
import type { RequestParams } from '../request-params.ts'
import type { SimulatedRequest } from '../simulated-message.ts'
import { checkFixed, paramsOf } from '../values.ts'
import type { OAuth2Simulation } from './settings.ts'

/** A request to the token endpoint that came from the client it says it is from. */
export interface TokenRequest {
  readonly request: SimulatedRequest
  readonly params: RequestParams
  /** What the address said of params. */
  readonly values: Readonly<Record<string, string>>
}

/** Declared parameters, with what a template of this kind of request may hold. */
export function checkTokenParams(
  simulation: OAuth2Simulation,
  declared: Readonly<Record<string, string>> | undefined,
  params: RequestParams,
  grant: Grant,
  chain: Chain | undefined,
): void {
  const { clientId, clientSecret } = simulation
  const separator = simulation.definition.authorization.scopes?.separator ?? ' '
  const scope = chain?.asked.join(separator) || undefined
  const { redirectUri } = grant
  const sets = paramsOf(grant).map((set) => ({ ...set, clientId, clientSecret, redirectUri, scope }))
  checkFixed(simulation, declared, params, sets)
}
