import type { ProviderDefinition } from '../provider/definition.ts'
import { matchesPattern } from '../provider/template.ts'
import type { Account } from './grants.ts'
import type { Simulation } from './simulation.ts'
import { firstPath } from './write-path.ts'

type Paths = string | readonly string[]
type Params = Readonly<Record<string, string>>

/**
 * Who approves and what is reported of them, in agreement: where the definition reads the account from a param
 * (quickbooks `{realmId}`), or both from one place (hubspot `hub_id`), an account that was named gives the param, and
 * a param that was named, or its example, gives the account.
 */
export function describeAccount(
  simulation: Simulation,
  consent: { readonly account?: Account | undefined; readonly params?: Params | undefined },
  values: Params,
): { readonly account: Account; readonly params: Params } {
  const { definition } = simulation
  const named = consent.account ?? simulation.account
  const params: Record<string, string> = { ...simulation.reported, ...values, ...consent.params }
  const given = { ...(consent.account ? {} : simulation.given), ...consent.params }
  const settle = (where: Paths | undefined, word: string | undefined): string | undefined => {
    const param = where === undefined ? undefined : paramBehind(definition, where)
    if (param === undefined) return word
    const pattern = definition.params?.[param]?.pattern
    const takes = word !== undefined && pattern !== undefined && matchesPattern(pattern, word)
    if (takes && !Object.hasOwn(given, param)) params[param] = word
    return params[param] ?? word
  }
  const own = Object.entries(values).filter(([name]) => definition.params?.[name])
  const fallback = ['account', ...(own.length > 0 ? own.map(([, value]) => value) : ['1'])].join('-')
  const id = settle(definition.identity.id, named?.id) ?? fallback
  const name = settle(definition.identity.name, named?.name) ?? `${definition.name} ${id}`
  return { account: { id, name }, params }
}

function paramBehind(definition: ProviderDefinition, where: Paths): string | undefined {
  if (typeof where === 'string') {
    const alone = /^\{([A-Za-z][A-Za-z0-9]*)\}$/.exec(where)?.[1]
    if (alone !== undefined) return alone
  }
  const { identity, tokenResponse, discovery } = definition
  const beside = identity.request
    ? (discovery ?? []).filter(({ url }) => url === identity.request?.url).map(({ capture }) => capture)
    : [tokenResponse?.capture ?? {}]
  for (const capture of beside)
    for (const [name, paths] of Object.entries(capture))
      if (firstPath(paths) === firstPath(where)) return name
  return undefined
}
