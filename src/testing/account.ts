import type { CaptureDefinition, ProviderDefinition } from '../provider/definition.ts'
import { matchesPattern } from '../provider/template.ts'
import type { Account, Choice } from './grants.ts'
import type { Simulation } from './simulation.ts'
import { onlyPlaceholder } from './values.ts'
import { firstPath } from './write-path.ts'

type Paths = string | readonly string[]
type Params = Readonly<Record<string, string>>
type Choices = Readonly<Record<string, readonly Choice[]>>

/**
 * Who approves and what is reported of them, in agreement: where the definition reads the account from a param
 * (quickbooks `{realmId}`), or both from one place (hubspot `hub_id`), an account that was named gives the param, and
 * a param that was named, or its example, gives the account.
 */
export function describeAccount(
  simulation: Simulation,
  consent: {
    readonly account?: Account | undefined
    readonly params?: Params | undefined
    readonly choices?: Choices | undefined
  },
  values: Params,
): { readonly account: Account; readonly params: Params; readonly choices: Choices } {
  const { definition } = simulation
  const named = consent.account ?? simulation.account
  const chosen = firstOf(consent.choices)
  const params: Record<string, string> = { ...simulation.reported, ...values, ...chosen, ...consent.params }
  const given = { ...(consent.account ? {} : simulation.given), ...chosen, ...consent.params }
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
  return { account: { id, name }, params, choices: sites(definition, consent.choices, params) }
}

/** The first site of each list is the one that params speak of. */
function firstOf(choices: Choices | undefined): Params {
  const entries = Object.entries(choices ?? {}).flatMap(([param, [first]]) =>
    first ? [[param, first.id] as const] : [],
  )
  return Object.fromEntries(entries)
}

/** The sites an account reaches: those that were named, else the one its params hold. */
function sites(definition: ProviderDefinition, named: Choices | undefined, params: Params): Choices {
  const result: Record<string, readonly Choice[]> = {}
  for (const { choose } of definition.discovery ?? []) {
    if (!choose) continue
    const id = params[choose.param]
    result[choose.param] = named?.[choose.param] ?? (id === undefined ? [] : [{ id }])
  }
  return result
}

function paramBehind(definition: ProviderDefinition, where: Paths): string | undefined {
  const alone = typeof where === 'string' ? onlyPlaceholder(where) : undefined
  if (alone !== undefined) return alone
  const { identity, discovery } = definition
  const beside = identity.request
    ? (discovery ?? []).filter(({ url }) => url === identity.request?.url).map(({ capture }) => capture ?? {})
    : [tokenCaptures(definition)]
  for (const capture of beside)
    for (const [name, place] of Object.entries(capture)) {
      // A part of a longer value is not the account.
      if (typeof place === 'object' && 'extract' in place) continue
      if (firstPath(place) === firstPath(where)) return name
    }
  return undefined
}

/** The params that an answer with tokens holds. */
export function tokenCaptures({ tokenResponse }: ProviderDefinition): CaptureDefinition {
  return tokenResponse?.capture ?? {}
}
