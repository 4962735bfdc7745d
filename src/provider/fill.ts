import type { ProviderDefinition } from './definition.ts'
import { expandText, resolveValue, type TemplateValues } from './template.ts'

const alone = /^\{([A-Za-z][A-Za-z0-9]*)\}$/

/**
 * The parameters of a request. One that is nothing but a placeholder without a value is left out (whatsapp `config_id`,
 * gitlab `root_namespace_id`); in longer text a missing value is an error. Throws `params_invalid`.
 */
export function expandAll(
  definition: ProviderDefinition,
  templates: Readonly<Record<string, string>> | undefined,
  values: TemplateValues,
): Record<string, string> {
  const result: Record<string, string> = {}
  for (const [name, template] of Object.entries(templates ?? {})) {
    const only = alone.exec(template)?.[1]
    if (only !== undefined && resolveValue(definition, only, values, (_name, value) => value) === undefined)
      continue
    result[name] = expandText(definition, template, values)
  }
  return result
}

/** Values for a JSON body: some are lists (plaid: products). */
export type JsonValues = Readonly<Record<string, string | readonly string[] | undefined>>

/**
 * A JSON body in which each string that is exactly one placeholder is filled. Any other text stays as it is, braces and
 * all, because GraphQL is full of them. A member whose placeholder has no value is left out.
 */
export function fillJson(definition: ProviderDefinition, json: unknown, values: JsonValues): unknown {
  if (typeof json === 'string') {
    const only = alone.exec(json)?.[1]
    return only === undefined ? json : placeholderValue(definition, only, values)
  }
  if (Array.isArray(json))
    return json.map((each) => fillJson(definition, each, values)).filter((each) => each !== undefined)
  if (typeof json !== 'object' || json === null) return json
  return Object.fromEntries(
    Object.entries(json)
      .map(([name, each]) => [name, fillJson(definition, each, values)] as const)
      .filter(([, each]) => each !== undefined),
  )
}

function placeholderValue(definition: ProviderDefinition, name: string, values: JsonValues): unknown {
  const given = Object.hasOwn(values, name) ? values[name] : undefined
  if (given !== undefined) return given
  const texts = Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
  )
  return resolveValue(definition, name, texts, (_name, value) => value)
}
