import { z } from 'zod'
import { createProviderSchema } from '../src/provider/schema.ts'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
type JsonObject = { [key: string]: Json }

const reference = '#/$defs/'
/** Characters up to which a definition is written out wherever it is used: shorter than reading two places. */
const smallest = 160

/** The schema of a provider definition as JSON Schema (2020-12), from the one zod schema. */
export function providerJsonSchema(): JsonObject {
  const made = objectOf(
    z.json().parse(z.toJSONSchema(createProviderSchema(z), { io: 'input', reused: 'ref' })),
  )
  const { $schema = null, $defs, ...body } = objectOf(withoutNoise(made))
  const { oneOf, defs } = withNames(written({ oneOf: body.oneOf ?? [] }, objectOf($defs ?? {})))
  return {
    $schema,
    $id: 'https://unpkg.com/latchkey/provider.schema.json',
    title: 'latchkey provider definition',
    description:
      'Data that describes one integration. `defineProvider` takes it, and checks what a schema cannot: placeholders that nothing fills, examples that do not match, anchored patterns.',
    oneOf,
    $defs: defs,
  }
}

/** What zod adds and no reader of a definition needs: `readOnly`, the bounds of safe integers, keys of any name. */
function withoutNoise(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNoise)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(
    ([key, inner]) =>
      !(key === 'readOnly' && inner === true) &&
      !(key === 'propertyNames' && JSON.stringify(inner) === '{"type":"string"}') &&
      !(/^(?:min|max)imum$/.test(key) && Math.abs(Number(inner)) === Number.MAX_SAFE_INTEGER),
  )
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutNoise(inner)]))
}

/** Writes out what is used once or is small; what is left stands in `$defs` under zod's numbers. */
function written(root: JsonObject, defs: JsonObject): { root: JsonObject; defs: JsonObject } {
  const uses = new Map<string, number>()
  for (const name of [...references(root), ...references(defs)]) uses.set(name, (uses.get(name) ?? 0) + 1)
  const done = new Map<string, Json>()
  const expanded = (name: string): JsonObject => {
    const known = done.get(name)
    const result = known ?? expand(defs[name] ?? {})
    done.set(name, result)
    return objectOf(result)
  }
  const expand = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(expand)
    if (typeof value !== 'object' || value === null) return value
    const { $ref, ...own } = value
    const rest = Object.fromEntries(Object.entries(own).map(([key, inner]) => [key, expand(inner)]))
    if (typeof $ref !== 'string') return rest
    const name = $ref.slice(reference.length)
    const target = expanded(name)
    const { description: _replaced, ...shape } = target
    const text = JSON.stringify('description' in rest ? shape : target)
    if (uses.get(name) === 1 || text.length <= smallest) return { ...target, ...rest }
    // A definition that only points on, with words of its own, would be a step more to follow.
    if (Object.keys(shape).join() === '$ref') return { ...target, ...rest }
    return { $ref, ...rest }
  }
  const result = objectOf(expand(root))
  return { root: result, defs: Object.fromEntries([...done]) }
}

/** Gives each definition the name of the key it is first found under, and drops those nothing refers to. */
function withNames({ root, defs }: { root: JsonObject; defs: JsonObject }): {
  oneOf: Json
  defs: JsonObject
} {
  const names = new Map<string, string>()
  const visit = (value: Json, key: string): Json => {
    if (Array.isArray(value)) return value.map((inner) => visit(inner, key))
    if (typeof value !== 'object' || value === null) return value
    const { $ref, ...own } = value
    const rest = Object.entries(own).map(
      ([name, inner]) =>
        [name, visit(inner, /^[a-z][A-Za-z]+$/.test(name) && !keywords.has(name) ? name : key)] as const,
    )
    if (typeof $ref !== 'string') return Object.fromEntries(rest)
    const old = $ref.slice(reference.length)
    if (!names.has(old)) names.set(old, freeName(key, [...names.values()]))
    return { $ref: reference + names.get(old), ...Object.fromEntries(rest) }
  }
  const oneOf = visit(root.oneOf ?? [], 'definition')
  const named: JsonObject = {}
  // Visiting one can name more; the map grows while it is walked.
  for (const [old, name] of names) named[name] = visit(defs[old] ?? {}, name)
  return { oneOf, defs: Object.fromEntries(Object.entries(named).sort(([a], [b]) => (a < b ? -1 : 1))) }
}

const keywords = new Set(['properties', 'items', 'anyOf', 'oneOf', 'additionalProperties', 'propertyNames'])

function freeName(wanted: string, taken: readonly string[]): string {
  for (let i = 1; ; i++) {
    const name = i === 1 ? wanted : `${wanted}${i}`
    if (!taken.includes(name)) return name
  }
}

function* references(value: Json): Generator<string> {
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value))
    if (key === '$ref' && typeof inner === 'string') yield inner.slice(reference.length)
    else yield* references(inner)
}

function objectOf(value: Json): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('not an object')
  return value
}
