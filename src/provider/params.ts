import { OAuthError } from '../errors/oauth-error.ts'
import type { ParamDefinition, ProviderDefinition } from './definition.ts'
import { matchesPattern } from './template.ts'

export type Params = Readonly<Record<string, string>>

/** What a tenant gave under what the client fixes; one of the two as it is where the other is empty, as it mostly is. */
export function withFixed(given: Params, fixed: Params): Params {
  if (isEmpty(given)) return fixed
  return isEmpty(fixed) ? given : { ...given, ...fixed }
}

function isEmpty(params: Params): boolean {
  for (const _name in params) return false
  return true
}

function invalid(definition: ProviderDefinition, detail: string): OAuthError {
  return new OAuthError({
    code: 'params_invalid',
    provider: definition.id,
    providerName: definition.name,
    detail,
  })
}

/** Takes what people paste (a shop's URL, capital letters) down to the value the pattern is about. */
function normalize(param: ParamDefinition, value: string): string {
  const rules = param.normalize
  if (!rules) return value
  let result = value.trim()
  if (rules.lowercase) result = result.toLowerCase()
  for (const prefix of rules.stripPrefixes ?? [])
    if (result.startsWith(prefix)) result = result.slice(prefix.length)
  for (const suffix of rules.stripSuffixes ?? [])
    if (result.endsWith(suffix)) result = result.slice(0, result.length - suffix.length)
  return result
}

function check(definition: ProviderDefinition, name: string, param: ParamDefinition, value: unknown): string {
  if (typeof value !== 'string') throw invalid(definition, `param "${name}" must be a string`)
  const clean = normalize(param, value)
  if (!matchesPattern(param.pattern, clean))
    throw invalid(
      definition,
      `param "${name}" is not valid: ${param.description}, for example "${param.example}"`,
    )
  return clean
}

/** Params fixed in the client's options: anything the definition declares, trusted ones included. */
export function checkTrustedParams(definition: ProviderDefinition, given: Params): Params {
  const result: Record<string, string> = {}
  for (const [name, value] of Object.entries(given)) {
    const param = ownParam(definition, name)
    if (!param) throw invalid(definition, unknownParam(definition, name))
    result[name] = check(definition, name, param, value)
  }
  return result
}

/** Params a tenant gives to `authorize`; the client's own fill the rest and cannot be changed. */
export function checkTenantParams(
  definition: ProviderDefinition,
  given: Readonly<Record<string, string | undefined>>,
  fixed: Params,
): Params {
  const result = checkGivenParams(definition, given, fixed)
  for (const [name, param] of Object.entries(definition.params ?? {})) {
    if (!param.required || !isFromUser(param)) continue
    if (!Object.hasOwn(result, name) && !Object.hasOwn(fixed, name))
      throw invalid(
        definition,
        `param "${name}" is missing: ${param.description}, for example "${param.example}"`,
      )
  }
  return result
}

/** The same for a connection that exists: what is required is there already. */
export function checkGivenParams(
  definition: ProviderDefinition,
  given: Readonly<Record<string, string | undefined>>,
  fixed: Params,
): Params {
  const result: Record<string, string> = {}
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue
    const param = ownParam(definition, name)
    if (!param) throw invalid(definition, unknownParam(definition, name))
    if (param.trusted) throw invalid(definition, `param "${name}" can only be set in the client's options`)
    if (!isFromUser(param))
      throw invalid(definition, `param "${name}" comes from the provider and cannot be given`)
    const clean = check(definition, name, param, value)
    if (Object.hasOwn(fixed, name) && fixed[name] !== clean)
      throw invalid(definition, `param "${name}" is fixed in the client's options`)
    result[name] = clean
  }
  return result
}

/** A value the provider named on the way; only what matches its allow-list pattern comes in. */
export function checkCapturedParam(definition: ProviderDefinition, name: string, value: string): string {
  const param = ownParam(definition, name)
  if (!param || !matchesPattern(param.pattern, value))
    throw invalid(definition, `the provider's "${name}" is not one that is accepted`)
  return value
}

/** Whether a user may give it; what is only captured on the way cannot be given. */
function isFromUser({ from = 'user' }: ParamDefinition): boolean {
  return typeof from === 'string' ? from === 'user' : from.includes('user')
}

/** Whether the provider tells it on the way: on the callback, in the token answer, to a discovery. */
export function isCaptured({ from = 'user' }: ParamDefinition): boolean {
  return typeof from === 'string' ? from !== 'user' : from.some((source) => source !== 'user')
}

function ownParam(definition: ProviderDefinition, name: string): ParamDefinition | undefined {
  const params = definition.params
  return params && Object.hasOwn(params, name) ? params[name] : undefined
}

function unknownParam(definition: ProviderDefinition, name: string): string {
  const known = Object.keys(definition.params ?? {})
  const list = known.length ? `it takes ${known.map((each) => `"${each}"`).join(', ')}` : 'it takes none'
  return `there is no param "${name.slice(0, 60)}": ${list}`
}
