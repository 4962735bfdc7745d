import { readPath } from '../provider/path.ts'
import { Refusal } from './provider-error.ts'
import { parseJson } from './request-params.ts'
import type { SimulatedRequest } from './simulated-message.ts'
import type { Simulation } from './simulation.ts'
import { expected } from './values.ts'

/** What a request for a history says, as it is written. */
export interface AskedHistory {
  readonly since?: string
  readonly until?: string
  /** A cursor of an answer before, an item's id, the number of a page or of an item. */
  readonly position?: string
}

const flowNames = ['since', 'until', 'position'] as const

/** Where addresses of the simulator's own have their cursor. */
export const ownParameter = 'skiptoken'

/** What stands where the definition has its placeholders, and where its paging puts a position. */
export function readHistoryRequest(simulation: Simulation, request: SimulatedRequest): AskedHistory {
  const { history } = simulation.definition
  if (!history) return {}
  const { page } = history
  const body = parseJson(request.body)
  const query = request.url.searchParams
  const found: Record<string, string> = {}
  for (const [name, template] of new URLSearchParams(history.resource.split('?', 2)[1] ?? ''))
    Object.assign(found, valuesIn(simulation, template, query.get(name)))
  for (const [name, template] of Object.entries(history.headers ?? {}))
    Object.assign(found, valuesIn(simulation, template, request.headers[name.toLowerCase()]))
  inJson(simulation, history.json, body, found)
  if (page?.by === 'url' || page?.by === 'link') {
    const own = query.get(ownParameter)
    return own === null ? found : { ...found, position: own }
  }
  const given = page?.query !== undefined ? query.get(page.query) : page?.json && readPath(body, page.json)
  const isGiven = typeof given === 'string' || typeof given === 'number'
  return isGiven ? { ...found, position: String(given) } : found
}

function inJson(
  simulation: Simulation,
  template: unknown,
  given: unknown,
  found: Record<string, string>,
): void {
  if (typeof template === 'string') Object.assign(found, valuesIn(simulation, template, given))
  if (typeof template !== 'object' || template === null || typeof given !== 'object' || given === null) return
  for (const [key, inner] of Object.entries(template))
    if (Object.hasOwn(given, key)) inJson(simulation, inner, Reflect.get(given, key), found)
}

/** The values of the placeholders in a text that was made from a template. One text can hold both bounds. */
function valuesIn(
  simulation: Simulation,
  template: string,
  given: unknown,
): Readonly<Record<string, string>> {
  if (typeof given !== 'string' || !flowNames.some((name) => template.includes(`{${name}}`))) return {}
  const seen = new Set<string>()
  const source = template
    .split(/\{([A-Za-z][A-Za-z0-9]*)\}/)
    .map((part, index) => {
      if (index % 2 === 0) return literally(part)
      if (!flowNames.some((name) => name === part)) {
        const value = expected(simulation, `{${part}}`, simulation.reported)
        return value === undefined ? '.*?' : literally(value)
      }
      if (seen.has(part)) return `\\k<${part}>`
      seen.add(part)
      return `(?<${part}>.+?)`
    })
    .join('')
  const groups = new RegExp(`^${source}$`, 's').exec(given)?.groups
  if (!groups)
    throw new Refusal('invalid_request', 'The time bound does not stand where this provider documents it')
  return groups
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
