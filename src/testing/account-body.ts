import type { CaptureDefinition } from '../provider/definition.ts'
import type { Choice, Grant } from './grants.ts'
import { sampleMatch } from './regex-sample.ts'
import { present } from './simulated-message.ts'
import type { Simulation } from './simulation.ts'
import { expected } from './values.ts'
import { firstPath, writePath } from './write-path.ts'

type ChooseDefinition = NonNullable<NonNullable<Simulation['definition']['discovery']>[number]['choose']>
type Paths = string | readonly string[]

/** The account at the definition's paths; those made of params hold nothing new. */
export function writeIdentity(simulation: Simulation, start: unknown, grant: Grant): unknown {
  const { identity } = simulation.definition
  const { id, name = `${simulation.definition.name} ${id}` } = grant.account
  let body = start
  if (identity.name !== undefined && !isTemplate(identity.name))
    body = writePath(body, firstPath(identity.name), name)
  return isTemplate(identity.id) ? body : writePath(body, firstPath(identity.id), id)
}

function isTemplate(where: Paths): boolean {
  return typeof where === 'string' && where.includes('{')
}

/** Captured params at their first paths; a value that is found inside a longer one gets that around it. */
export function writeCaptures(
  start: unknown,
  captures: CaptureDefinition,
  values: Readonly<Record<string, string>>,
  origin: string | undefined,
): unknown {
  const texts = new Map<string, string>()
  for (const [name, place] of Object.entries(captures)) {
    const value = values[name]
    if (value === undefined) continue
    const isPart = typeof place === 'object' && 'extract' in place
    const path = firstPath(isPart ? place.at : place)
    texts.set(path, isPart ? around(place.extract, value, texts.get(path)) : value)
  }
  let body = start
  for (const [path, text] of texts) body = writePath(body, path, present(text, origin))
  return body
}

/** A text in which an expression finds a value: what another finds its own in, with that put in, or a new one. */
function around(extract: string, value: string, there: string | undefined): string {
  const span = there === undefined ? undefined : new RegExp(extract, 'd').exec(there)?.indices?.[1]
  if (there === undefined || !span) return sampleMatch(extract, { group: value }) ?? value
  return `${there.slice(0, span[0])}${value}${there.slice(span[1])}`
}

/** The list of an account's sites. */
export function writeChoices(
  simulation: Simulation,
  body: unknown,
  choose: ChooseDefinition,
  grant: Grant,
  origin: string | undefined,
): unknown {
  const entries = (grant.choices[choose.param] ?? []).map((choice) => {
    let entry: unknown = writePath({}, firstPath(choose.id), present(choice.id, origin))
    const { name = `${simulation.definition.name} ${choice.id}` } = choice
    if (choose.name !== undefined) entry = writePath(entry, firstPath(choose.name), name)
    return writeCondition(simulation, entry, choose, choice, grant)
  })
  return writePath(body, firstPath(choose.list), entries)
}

function writeCondition(
  simulation: Simulation,
  entry: unknown,
  { where }: ChooseDefinition,
  choice: Choice,
  grant: Grant,
): unknown {
  if (!where || choice.excluded) return entry
  const at = firstPath(where.at)
  const equals = where.equals && expected(simulation, where.equals, grant.params)
  const value = equals ?? where.contains
  // A name in the plural holds a list (jira `scopes`).
  return value === undefined ? entry : writePath(entry, at, at.endsWith('s') ? [value] : value)
}
