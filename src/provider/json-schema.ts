import type { core } from 'zod'

/** The definition's schema as data: what keys there are is looked up here, so that no second list can differ. */
export type JsonSchema = core.JSONSchema.JSONSchema

/** The schemas that can hold at a path below this one. A choice between shapes leads to each of them. */
export function schemasAt(schema: JsonSchema, path: readonly PropertyKey[]): readonly JsonSchema[] {
  const [step, ...rest] = path
  const shapes = alternatives(schema)
  if (step === undefined) return shapes
  return shapes.flatMap((shape) => below(shape, step).flatMap((inner) => schemasAt(inner, rest)))
}

/** The keys an object may have at a path; none where any name can stand. */
export function keysAt(schema: JsonSchema, path: readonly PropertyKey[]): readonly string[] {
  const keys = schemasAt(schema, path).flatMap(({ properties }) => Object.keys(properties ?? {}))
  return [...new Set(keys)]
}

/** Of the schema's four protocols, the one that the data speaks of; all of them where it names none. */
export function ofProtocol(schema: JsonSchema, data: unknown): JsonSchema {
  const protocol = typeof data === 'object' && data !== null && 'protocol' in data ? data.protocol : undefined
  const own = alternatives(schema).find((shape) => {
    const named = shape.properties?.protocol
    return typeof named === 'object' && named.const === protocol
  })
  return own ?? schema
}

function alternatives(schema: JsonSchema): readonly JsonSchema[] {
  const choices = schema.anyOf ?? schema.oneOf
  return choices ? choices.flatMap((each) => (isSchema(each) ? alternatives(each) : [])) : [schema]
}

function below(schema: JsonSchema, step: PropertyKey): readonly JsonSchema[] {
  const { properties, additionalProperties, items } = schema
  if (typeof step === 'number') return [items].flat().filter(isSchema)
  const name = String(step)
  if (properties && Object.hasOwn(properties, name)) return [properties[name]].filter(isSchema)
  return [additionalProperties].filter(isSchema)
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null
}
