import type { ProviderDefinition } from '../provider/definition.ts'
import { checkTrustedParams, isCaptured } from '../provider/params.ts'
import { expandText } from '../provider/template.ts'
import { type Account, GrantBook } from './grants.ts'
import type { MockProviderOptions } from './options.ts'

/** One simulated provider: its definition, the one client registered with it, and what it has issued. */
export interface Simulation<D extends ProviderDefinition = ProviderDefinition> {
  readonly definition: D
  readonly clientId: string
  readonly clientSecret: string
  readonly redirectUris: readonly string[]
  /** ms since 1970. */
  readonly clock: () => number
  readonly grants: GrantBook
  readonly account: Account | undefined
  /** What is fixed for the whole simulator: the deployment it stands for, and its client. */
  readonly known: Readonly<Record<string, string>>
  /** What it reports of an account, where approval says nothing else. */
  readonly reported: Readonly<Record<string, string>>
  /** Params that were given, not taken from examples. */
  readonly given: Readonly<Record<string, string>>
  /** Used nonces (RFC 5849 §3.3). */
  readonly nonces: Set<string>
}

export function createSimulation<D extends ProviderDefinition>(
  definition: D,
  options: Partial<MockProviderOptions>,
): Simulation<D> {
  const clock = options.clock ?? Date.now
  const { clientId = '', clientSecret = '', redirectUri = [] } = options
  const given = checkTrustedParams(definition, options.params ?? {})
  const known: Record<string, string> = { clientId, ...given }
  const reported: Record<string, string> = { ...given }
  for (const [name, param] of Object.entries(definition.params ?? {})) {
    if (Object.hasOwn(given, name)) continue
    if (isCaptured(param)) reported[name] = param.example
    else if (param.trusted && param.default !== undefined) {
      const value = expandText(definition, param.default, known)
      known[name] = value
      reported[name] = value
    }
  }
  // A captured value belongs to an account, so any that matches its pattern is recognised and then compared.
  for (const [name, param] of Object.entries(definition.params ?? {}))
    if (isCaptured(param)) delete known[name]
  return {
    definition,
    clientId,
    clientSecret,
    redirectUris: typeof redirectUri === 'string' ? [redirectUri] : redirectUri,
    clock,
    grants: new GrantBook(clock),
    account: options.account,
    known,
    reported,
    given,
    nonces: new Set(),
  }
}
