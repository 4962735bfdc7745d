import type { PlaidLinkDefinition } from '../../provider/definition.ts'
import type { AccessToken } from '../grants.ts'
import type { MockProviderOptions } from '../options.ts'
import type { Simulation } from '../simulation.ts'

/** One run of the hosted page. */
export interface LinkSession {
  readonly linkToken: string
  readonly completionUri: string
  readonly scopes: readonly string[]
  /** What the address said of params. */
  readonly values: Readonly<Record<string, string>>
  /** A connection to be mended, not made. */
  readonly mends: AccessToken | undefined
  /** ms since 1970. */
  readonly expiresAt: number
  outcome?: 'left' | 'mended' | { readonly publicToken: string }
}

export interface PlaidLinkSimulation extends Simulation<PlaidLinkDefinition> {
  /** s; nothing: tokens without an end. */
  readonly lifetime: number | undefined
  /** s */
  readonly pageLifetime: number
  /** s */
  readonly publicTokenLifetime: number
  /** By the id in the address of the page. */
  readonly sessions: Map<string, LinkSession>
}

const pageLifetime = 1800
const defaultPublicTokenLifetime = 1800

export function plaidLinkSimulation(
  common: Simulation<PlaidLinkDefinition>,
  options: Partial<MockProviderOptions>,
): PlaidLinkSimulation {
  const { tokenResponse } = common.definition
  const lifetime = options.expiresIn ?? tokenResponse?.lifetime ?? false
  return {
    ...common,
    lifetime: lifetime === false ? undefined : lifetime,
    pageLifetime,
    publicTokenLifetime: options.codeLifetime ?? defaultPublicTokenLifetime,
    sessions: new Map(),
  }
}
