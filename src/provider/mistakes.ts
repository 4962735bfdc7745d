import type { core } from 'zod'
import { type JsonSchema, keysAt, ofProtocol } from './json-schema.ts'
import { nearest } from './nearest.ts'

type Issue = core.$ZodIssue
type Path = readonly PropertyKey[]

/** Characters of a value or a key that are shown, and of a list of keys. */
const mostShown = 60
const mostListed = 300

/** What is wrong with a definition, one line each: the path, what was found, what is expected. */
export function describeIssues(schema: JsonSchema, data: unknown, issues: readonly Issue[]): string[] {
  const own = ofProtocol(schema, data)
  // An unknown key often says why another one is missing.
  const isUnknownKey = (issue: Issue) => issue.code === 'unrecognized_keys'
  const sorted = [...issues].sort((a, b) => Number(isUnknownKey(b)) - Number(isUnknownKey(a)))
  return sorted.flatMap((issue) => describe(issue, []))

  function describe(issue: Issue, outer: Path): string[] {
    const path = [...outer, ...issue.path]
    if (issue.code === 'unrecognized_keys') return unknownKeys(keysAt(own, path), path, issue.keys)
    if (issue.code === 'invalid_union' && issue.errors.length > 0) {
      const meant = closest(issue.errors)
      if (meant) return meant.flatMap((each) => describe(each, path))
    }
    const found = valueAt(data, path)
    const what = found === undefined ? 'missing' : `found ${inWords(found)}`
    if (issue.code === 'invalid_key')
      return [`${written(path)}: no name that can stand here; expected ${expectation(issue)}`]
    return [`${written(path)}: ${what}, expected ${expectation(issue)}`]
  }
}

/** `authorization.pkse: unknown key; did you mean "pkce"?` */
function unknownKeys(known: readonly string[], place: Path, keys: readonly string[]): string[] {
  const lines: string[] = []
  const strange: string[] = []
  for (const key of keys) {
    const near = nearest(key, known)
    if (near === undefined) strange.push(written([...place, key]))
    else lines.push(`${written([...place, key])}: unknown key; did you mean "${near}"?`)
  }
  if (strange.length === 0) return lines
  const shown =
    strange.slice(0, 5).join(', ') + (strange.length > 5 ? `, and ${strange.length - 5} more` : '')
  const kind = strange.length > 1 ? 'unknown keys' : 'unknown key'
  const list = bounded(known.map((key) => `"${key}"`).join(', '), mostListed)
  return [...lines, `${shown}: ${kind}; ${known.length ? `expected one of ${list}` : 'none is expected'}`]
}

/** Of a choice between shapes, the one the value was written as: of that kind, and with the fewest mistakes. */
function closest(choices: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const weight = (issues: readonly Issue[]) =>
    issues.reduce((sum, each) => sum + (each.code === 'unrecognized_keys' ? each.keys.length : 1), 0)
  return choices.filter((issues) => !isOtherKind(issues)).sort((a, b) => weight(a) - weight(b))[0]
}

/** The value is no such thing at all: a string where this choice is an object. */
function isOtherKind(issues: readonly Issue[]): boolean {
  return issues.some(
    (issue) =>
      issue.path.length === 0 &&
      (issue.code === 'invalid_type' ||
        issue.code === 'invalid_value' ||
        (issue.code === 'invalid_union' && issue.errors.every(isOtherKind))),
  )
}

const kinds: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
}

function expectation(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return kinds[issue.expected] ?? issue.expected
    case 'invalid_value':
      return oneOf(issue.values)
    case 'invalid_union':
      return issue.errors.length === 0
        ? oneOf(('options' in issue && issue.options) || [])
        : [...new Set(issue.errors.flat().map(expectation))].join(' or ')
    case 'too_small':
      return atLeast(issue.origin, Number(issue.minimum), issue.inclusive !== false)
    case 'too_big':
      return `at most ${issue.maximum}${issue.origin === 'string' ? ' characters' : ''}`
    case 'invalid_key':
      return issue.issues.map(expectation).join(' and ')
    default:
      return issue.message
  }
}

function atLeast(origin: string, minimum: number, inclusive: boolean): string {
  if (origin === 'string')
    return minimum === 1 ? 'a string that is not empty' : `at least ${minimum} characters`
  if (origin === 'array') return `at least ${minimum} ${minimum === 1 ? 'entry' : 'entries'}`
  return inclusive ? `at least ${minimum}` : `more than ${minimum}`
}

function oneOf(values: readonly unknown[]): string {
  const words = values.map((value) => JSON.stringify(value) ?? String(value))
  return words.length === 1 ? words.join() : `one of ${words.join(', ')}`
}

/** A value by its kind and, where that says more, a short quotation. */
function inWords(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`
  switch (typeof value) {
    case 'string':
      return `the string ${JSON.stringify(bounded(value, mostShown))}`
    case 'number':
    case 'boolean':
      return `the ${typeof value} ${value}`
    case 'object': {
      const keys = Object.keys(value)
      return keys.length
        ? `an object with ${bounded(keys.map(quoted).join(', '), mostShown)}`
        : 'an empty object'
    }
    default:
      return `a ${typeof value}`
  }
}

/** `token.headers.Accept`; a name that would not read as one is quoted. */
function written(path: Path): string {
  if (path.length === 0) return '(definition)'
  const steps = path
    .map(String)
    .map((step) => (/^[\w$-]+$/.test(step) ? bounded(step, mostShown) : quoted(step)))
  return steps.join('.')
}

function quoted(text: string): string {
  return JSON.stringify(bounded(text, mostShown))
}

function bounded(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text
}

function valueAt(data: unknown, path: Path): unknown {
  let value = data
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = Reflect.get(value, step)
  }
  return value
}
