import type { ProviderDefinition } from '../provider/definition.ts'
import { checkTrustedParams } from '../provider/params.ts'
import { expandText, resolveValue, type TemplateValues } from '../provider/template.ts'
import { type Account, GrantBook } from './grants.ts'
import type { MockProviderOptions } from './options.ts'
import { Refusal } from './provider-error.ts'

/** One simulated provider: its definition, the one client registered with it, and what it has issued. */
export interface Simulation {
  readonly definition: ProviderDefinition
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
  /** s; nothing: access tokens live for ever. */
  readonly lifetime: number | undefined
  /** Whether answers name the lifetime. */
  readonly tellsLifetime: boolean
  /** s */
  readonly refreshLifetime: number | undefined
  readonly tellsRefreshLifetime: boolean
  /** s */
  readonly codeLifetime: number
  readonly rotates: boolean | 'sometimes'
  readonly refreshTokens: boolean
}

const defaultLifetime = 3600
const defaultCodeLifetime = 60
/** Where a provider names its refresh tokens' end and the definition does not say when it is. */
const defaultRefreshLifetime = 90 * 86_400

export function createSimulation(definition: ProviderDefinition, options: MockProviderOptions): Simulation {
  const clock = options.clock ?? Date.now
  const given = checkTrustedParams(definition, options.params ?? {})
  const known: Record<string, string> = { clientId: options.clientId, ...given }
  const reported: Record<string, string> = { ...given }
  for (const [name, param] of Object.entries(definition.params ?? {})) {
    if (Object.hasOwn(given, name)) continue
    const captured = param.from !== undefined && param.from !== 'user'
    if (captured) reported[name] = param.example
    else if (param.trusted) {
      const value = param.default === undefined ? param.example : expandText(definition, param.default, known)
      known[name] = value
      reported[name] = value
    }
  }
  // A captured value belongs to an account, so any that matches its pattern is recognised and then compared.
  for (const [name, param] of Object.entries(definition.params ?? {}))
    if (param.from !== undefined && param.from !== 'user') delete known[name]
  const { refresh, tokenResponse } = definition
  const expiresIn = options.expiresIn ?? tokenResponse?.lifetime
  const namesRefreshLifetime = tokenResponse?.fields?.refreshTokenExpiresIn !== undefined
  const declared = refresh ? refresh.refreshTokenLifetime : undefined
  return {
    definition,
    clientId: options.clientId,
    clientSecret: options.clientSecret,
    redirectUris: typeof options.redirectUri === 'string' ? [options.redirectUri] : options.redirectUri,
    clock,
    grants: new GrantBook(clock),
    account: options.account,
    known,
    reported,
    given,
    lifetime:
      expiresIn === false ? undefined : (expiresIn ?? tokenResponse?.defaultExpiresIn ?? defaultLifetime),
    tellsLifetime:
      expiresIn !== false && (expiresIn !== undefined || tokenResponse?.defaultExpiresIn === undefined),
    refreshLifetime:
      options.refreshTokenLifetime ?? declared ?? (namesRefreshLifetime ? defaultRefreshLifetime : undefined),
    tellsRefreshLifetime: namesRefreshLifetime || options.refreshTokenLifetime !== undefined,
    codeLifetime: options.codeLifetime ?? defaultCodeLifetime,
    rotates: options.rotate ?? (refresh ? refresh.rotates : false),
    refreshTokens: refresh !== false && options.refreshTokens !== false,
  }
}

/**
 * Compares a value of a URL with what the grant was given for: a token of one shop, data center or company is none at
 * another. Values that neither side knows are not compared.
 */
export function belongsTo(
  simulation: Simulation,
  values: Readonly<Record<string, string>>,
  params: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(values).every(([name, value]) => {
    const expected = paramValue(simulation, name, params)
    return expected === undefined || expected === value
  })
}

function paramValue(simulation: Simulation, name: string, params: TemplateValues): string | undefined {
  const raw = (_name: string, value: string) => value
  try {
    return resolveValue(simulation.definition, name, { ...simulation.known, ...params }, raw)
  } catch {
    return undefined
  }
}

/** Fills a template of the definition, or nothing where a value is the client's alone (`{accessToken}`). */
export function expected(
  simulation: Simulation,
  template: string,
  params: TemplateValues,
): string | undefined {
  try {
    return expandText(simulation.definition, template, { ...simulation.known, ...params })
  } catch {
    return undefined
  }
}

/** Headers that the definition fixes must arrive as it says. `negotiated`: any `Accept` is taken and answered as asked. */
export function checkHeaders(
  simulation: Simulation,
  declared: Readonly<Record<string, string>> | undefined,
  given: Readonly<Record<string, string>>,
  options: { readonly params?: TemplateValues; readonly negotiated?: boolean } = {},
): void {
  for (const [name, template] of Object.entries(declared ?? {})) {
    const lower = name.toLowerCase()
    const wanted = expected(simulation, template, options.params ?? {})
    const value = given[lower]
    if (lower === 'accept') {
      if (options.negotiated || wanted === undefined || value?.toLowerCase().includes(wanted.toLowerCase()))
        continue
    } else if (
      lower === 'user-agent' ? value : value !== undefined && (wanted === undefined || value === wanted)
    )
      continue
    throw new Refusal(
      'invalid_request',
      `The header ${name} is missing or is not the one this provider asks for`,
    )
  }
}
