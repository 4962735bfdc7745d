import { readPath } from '../provider/path.ts'
import { encodeJwt, readJwt } from './jwt.ts'

type Paths = string | readonly string[]
type Step =
  | { readonly key: string }
  | { readonly index: number }
  | { readonly where: string; readonly is: string }

function steps(path: string): Step[] {
  return [...path.matchAll(/\[([^\]]+)\]|([^.[\]]+)/g)].map(([, inBrackets, key]): Step => {
    if (inBrackets === undefined) return { key: key ?? '' }
    const equals = inBrackets.indexOf('=')
    if (equals > 0) return { where: inBrackets.slice(0, equals), is: inBrackets.slice(equals + 1) }
    return /^\d+$/.test(inBrackets) ? { index: Number(inBrackets) } : { key: inBrackets }
  })
}

/**
 * The counterpart of reading a definition's path: puts `value` there, makes the objects, lists and tokens on the way, and
 * gives back the body. What already stands beside the path stays.
 */
export function writePath(body: unknown, path: string, value: unknown): unknown {
  const [all, token] = /^jwt\(([^)]+)\)\.?/.exec(path) ?? []
  if (all === undefined || token === undefined) return write(body, steps(path), value)
  const claims = writePath(readJwt(readPath(body, token)), path.slice(all.length), value)
  return writePath(body, token, encodeJwt(claims))
}

/** The first of a field's paths: where a provider that follows the definition puts the value. */
export function firstPath(paths: Paths): string {
  return typeof paths === 'string' ? paths : (paths[0] ?? '')
}

function write(node: unknown, [step, ...rest]: readonly Step[], value: unknown): unknown {
  if (!step) return value
  if ('key' in step) {
    const object = isObject(node) ? node : {}
    return { ...object, [step.key]: write(object[step.key], rest, value) }
  }
  const list: unknown[] = Array.isArray(node) ? [...node] : []
  if ('index' in step) {
    for (let index = list.length; index < step.index; index++) list.push({})
    list[step.index] = write(list[step.index], rest, value)
    return list
  }
  const found = list.findIndex((item) => isObject(item) && String(item[step.where]) === step.is)
  const at = found < 0 ? list.length : found
  list[at] = write(found < 0 ? { [step.where]: literal(step.is) } : list[found], rest, value)
  return list
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `[is_default=true]` means JSON's true, as providers write it. */
function literal(text: string): unknown {
  if (text === 'true') return true
  if (text === 'false') return false
  return text
}
