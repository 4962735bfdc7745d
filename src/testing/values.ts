import type { ProviderDefinition } from '../provider/definition.ts'
import { expandText, resolveValue, type TemplateValues } from '../provider/template.ts'
import type { Grant } from './grants.ts'
import { Refusal } from './provider-error.ts'
import type { Simulation } from './simulation.ts'

type Templates = Readonly<Record<string, string>> | undefined

const placeholders = /\{([A-Za-z][A-Za-z0-9]*)\}/g

/** The name, where a template is one placeholder and nothing else. */
export function onlyPlaceholder(template: string): string | undefined {
  return /^\{([A-Za-z][A-Za-z0-9]*)\}$/.exec(template)?.[1]
}

/** Fills a template of the definition, or nothing where a value is the client's alone (`{accessToken}`). */
export function expected(
  simulation: Simulation,
  template: string,
  params: TemplateValues,
): string | undefined {
  const values = { ...simulation.known, ...params }
  if (isTenants(simulation.definition, template, values)) return undefined
  try {
    return expandText(simulation.definition, template, values)
  } catch {
    return undefined
  }
}

/** Whether a template needs a value that a tenant may have given and no address has shown: its default proves nothing. */
function isTenants(
  definition: ProviderDefinition,
  template: string,
  values: TemplateValues,
  depth = 0,
): boolean {
  return [...template.matchAll(placeholders)].some(([, name = '']) => {
    if (values[name] !== undefined || depth > 8) return false
    const derived = definition.derived?.[name]
    if (derived) return isTenants(definition, `{${derived.from}}`, values, depth + 1)
    const param = definition.params?.[name]
    if (!param || param.trusted) return false
    if ((param.from ?? 'user') === 'user') return true
    return param.default !== undefined && isTenants(definition, param.default, values, depth + 1)
  })
}

/** What a placeholder may stand for in a request for this grant: one set of params for each site it reaches. */
export function paramsOf(grant: Grant): readonly TemplateValues[] {
  let sets: readonly TemplateValues[] = [grant.params]
  for (const [name, choices] of Object.entries(grant.choices))
    sets = sets.flatMap((set) => choices.map(({ id }) => ({ ...set, [name]: id })))
  return sets
}

/** Everything a template can stand for; nothing where it cannot be known here. */
export function anyExpected(
  simulation: Simulation,
  template: string,
  sets: readonly TemplateValues[],
): readonly string[] {
  return sets.flatMap((values) => expected(simulation, template, values) ?? [])
}

/** Fixed parameters must arrive as the definition has them; one whose only placeholder has no value may be absent. */
export function checkFixed(
  simulation: Simulation,
  declared: Templates,
  given: Readonly<Record<string, string>>,
  sets: readonly TemplateValues[],
): void {
  for (const [name, template] of Object.entries(declared ?? {})) {
    const wanted = anyExpected(simulation, template, sets)
    const value = given[name]
    if (value === undefined && wanted.length === 0 && onlyPlaceholder(template)) continue
    if (value === undefined || (wanted.length > 0 && !wanted.includes(value)))
      throw new Refusal('invalid_request', `${name} must be ${wanted[0] ?? 'present'}`)
  }
}

/** Headers that the definition fixes must arrive as it says. `negotiated`: any `Accept` is taken and answered as asked. */
export function checkHeaders(
  simulation: Simulation,
  declared: Templates,
  given: Readonly<Record<string, string>>,
  options: {
    readonly sets?: readonly TemplateValues[]
    readonly negotiated?: boolean
    /** The client may be about to learn what the header names (xero's tenant). */
    readonly learning?: boolean
  } = {},
): void {
  for (const [name, template] of Object.entries(declared ?? {})) {
    const lower = name.toLowerCase()
    const wanted = anyExpected(simulation, template, options.sets ?? [{}])
    const value = given[lower]
    const isUnknown = options.learning || wanted.length === 0
    if (value === undefined && isUnknown && onlyPlaceholder(template)) continue
    if (lower === 'accept') {
      const accepts = (each: string) => value?.toLowerCase().includes(each.toLowerCase())
      if (options.negotiated || wanted.length === 0 || wanted.some(accepts)) continue
    } else if (
      lower === 'user-agent' ? value : value !== undefined && (wanted.length === 0 || wanted.includes(value))
    )
      continue
    throw new Refusal(
      'invalid_request',
      `The header ${name} is missing or is not the one this provider asks for`,
    )
  }
}

/** What stands where a template has `{name}`; nothing where the rest does not fit. */
export function valueIn(
  simulation: Simulation,
  template: string,
  name: string,
  given: unknown,
  params: TemplateValues = simulation.reported,
): string | undefined {
  const [before, after] = template.split(`{${name}}`, 2)
  if (before === undefined || after === undefined || typeof given !== 'string') return undefined
  const start = expected(simulation, before, params) ?? before
  const end = expected(simulation, after, params) ?? after
  const fits = given.startsWith(start) && given.endsWith(end) && given.length > start.length + end.length
  return fits ? given.slice(start.length, given.length - end.length) : undefined
}

/**
 * Compares a value of a URL with what the grant was given for: a token of one shop, data center or company is none at
 * another, but one of several sites is as good as the next. Values that neither side knows are not compared.
 */
export function belongsTo(
  simulation: Simulation,
  values: Readonly<Record<string, string>>,
  grant: Pick<Grant, 'params' | 'choices'>,
): boolean {
  return Object.entries(values).every(([name, value]) => {
    const choices = grant.choices[name]
    if (choices) return choices.some(({ id }) => id === value)
    const own = paramValue(simulation, name, grant.params)
    return own === undefined || own === value
  })
}

function paramValue(simulation: Simulation, name: string, params: TemplateValues): string | undefined {
  try {
    const values = { ...simulation.known, ...params }
    return resolveValue(simulation.definition, name, values, (_name, value) => value)
  } catch {
    return undefined
  }
}
