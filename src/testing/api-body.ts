import type { ApiRequestDefinition } from '../provider/definition.ts'
import type { TemplateValues } from '../provider/template.ts'
import { findInJson, isObject, jsonFits } from './json-body.ts'
import { parseJson } from './request-params.ts'
import type { SimulatedRequest } from './simulated-message.ts'
import type { Simulation } from './simulation.ts'
import { anyExpected, onlyPlaceholder } from './values.ts'

type Documented = Pick<ApiRequestDefinition, 'json' | 'form' | 'credential'>

/** Whether a body is the documented one. `sets`: what placeholders may stand for; with none, for anything. */
export function documentedBody(
  simulation: Simulation,
  documented: Documented,
  request: SimulatedRequest,
  sets: readonly TemplateValues[],
): boolean {
  const fills = (template: string, value: unknown) => {
    const wanted = anyExpected(simulation, template, sets)
    if (value === undefined) return wanted.length === 0 && onlyPlaceholder(template) !== undefined
    return typeof value === 'string' && (wanted.length === 0 || wanted.includes(value))
  }
  const { json, form } = documented
  if (json) {
    const given = withoutToken(simulation, documented, parseJson(request.body))
    return jsonFits(json, given, (name, value) => fills(`{${name}}`, value))
  }
  if (!form) return true
  const given = Object.fromEntries(new URLSearchParams(request.body))
  return (
    Object.keys(given).every((name) => Object.hasOwn(form, name)) &&
    Object.entries(form).every(([name, template]) => fills(template, given[name]))
  )
}

/** Where the token goes into every JSON body, it is no part of what is documented. */
function withoutToken(simulation: Simulation, { credential, json }: Documented, body: unknown): unknown {
  const own = credential ?? simulation.definition.api.credential
  if (!own || !('json' in own) || !isObject(body) || Object.hasOwn(json ?? {}, own.json)) return body
  const { [own.json]: _token, ...rest } = body
  return rest
}

/** A token that a body names instead of a credential (RFC 7662 and its like). */
export function tokenInBody({ json, form }: Documented, request: SimulatedRequest): string | undefined {
  const inJson = json && findInJson(json, 'accessToken', parseJson(request.body))
  if (typeof inJson === 'string') return inJson
  const name = Object.keys(form ?? {}).find((key) => form?.[key] === '{accessToken}')
  return name === undefined ? undefined : (new URLSearchParams(request.body).get(name) ?? undefined)
}
