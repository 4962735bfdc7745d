import { isDeepStrictEqual } from 'node:util'
import { onlyPlaceholder } from './values.ts'

/** Whether a value may stand for a placeholder; `undefined` asks whether it may be left out. */
export type Accepts = (name: string, value: unknown) => boolean

/** Whether a JSON body is the documented one: a string that is one placeholder stands for a value. */
export function jsonFits(template: unknown, given: unknown, accepts: Accepts): boolean {
  const name = typeof template === 'string' ? onlyPlaceholder(template) : undefined
  if (name !== undefined) return accepts(name, given)
  if (Array.isArray(template))
    return (
      Array.isArray(given) &&
      given.length === template.length &&
      template.every((each, index) => jsonFits(each, given[index], accepts))
    )
  if (!isObject(template)) return isDeepStrictEqual(template, given)
  if (!isObject(given)) return false
  return [...new Set([...Object.keys(template), ...Object.keys(given)])].every(
    (key) => Object.hasOwn(template, key) && jsonFits(template[key], given[key], accepts),
  )
}

/** What stands in a body where the template has the placeholder alone. */
export function findInJson(template: unknown, name: string, given: unknown): unknown {
  if (typeof template === 'string') return onlyPlaceholder(template) === name ? given : undefined
  if (typeof template !== 'object' || template === null || typeof given !== 'object' || given === null)
    return undefined
  for (const [key, inner] of Object.entries(template)) {
    const found = Object.hasOwn(given, key) ? findInJson(inner, name, Reflect.get(given, key)) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
