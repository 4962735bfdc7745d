/**
 * A validator for the part of JSON Schema 2020-12 that `provider.schema.json` uses, written from the specification. It
 * throws on a keyword it does not know, so that nothing in the file goes unchecked.
 */
export function validateJson(root: unknown, value: unknown): string[] {
  function check(schema: unknown, found: unknown, path: string): string[] {
    if (schema === true) return []
    if (schema === false) return [`${path}: nothing may stand here`]
    if (!isObject(schema)) throw new Error(`no schema at ${path}`)
    return Object.entries(schema).flatMap(([keyword, rule]) => {
      const test = keywords[keyword]
      if (!test) throw new Error(`unknown keyword ${keyword}`)
      const verdict = test(rule, found, path, schema)
      return typeof verdict === 'boolean' ? (verdict ? [] : [`${path}: ${keyword}`]) : verdict
    })
  }

  function checkEach(rules: unknown, found: unknown, path: string): readonly string[][] {
    return list(rules).map((rule) => check(rule, found, path))
  }

  type Keyword = (rule: unknown, found: unknown, path: string, schema: object) => boolean | string[]
  const annotation: Keyword = () => true
  const keywords: Readonly<Record<string, Keyword>> = {
    $schema: annotation,
    $id: annotation,
    $defs: annotation,
    title: annotation,
    description: annotation,
    $ref(rule, found, path) {
      const target = String(rule)
        .replace(/^#\//, '')
        .split('/')
        .reduce<unknown>((at, step) => (isObject(at) ? at[step] : undefined), root)
      return check(target, found, path)
    },
    type: (rule, found) => [rule].flat().some((type) => isOfType(found, type)),
    const: (rule, found) => rule === found,
    enum: (rule, found) => list(rule).includes(found),
    pattern: (rule, found) => typeof found !== 'string' || new RegExp(String(rule), 'u').test(found),
    minLength: (rule, found) => typeof found !== 'string' || [...found].length >= Number(rule),
    maxLength: (rule, found) => typeof found !== 'string' || [...found].length <= Number(rule),
    minItems: (rule, found) => !Array.isArray(found) || found.length >= Number(rule),
    minimum: (rule, found) => typeof found !== 'number' || found >= Number(rule),
    maximum: (rule, found) => typeof found !== 'number' || found <= Number(rule),
    exclusiveMinimum: (rule, found) => typeof found !== 'number' || found > Number(rule),
    required: (rule, found) =>
      !isObject(found) || list(rule).every((key) => Object.hasOwn(found, String(key))),
    properties: (rule, found, path) =>
      !isObject(found) || !isObject(rule)
        ? []
        : Object.entries(found).flatMap(([key, inner]) =>
            Object.hasOwn(rule, key) ? check(rule[key], inner, `${path}/${key}`) : [],
          ),
    additionalProperties: (rule, found, path, schema) =>
      !isObject(found)
        ? []
        : Object.entries(found).flatMap(([key, inner]) => {
            const named = Reflect.get(schema, 'properties')
            return isObject(named) && Object.hasOwn(named, key) ? [] : check(rule, inner, `${path}/${key}`)
          }),
    propertyNames: (rule, found, path) =>
      isObject(found) ? Object.keys(found).flatMap((key) => check(rule, key, `${path}/${key}`)) : [],
    items: (rule, found, path) =>
      Array.isArray(found) ? found.flatMap((inner, i) => check(rule, inner, `${path}/${i}`)) : [],
    anyOf(rule, found, path) {
      const all = checkEach(rule, found, path)
      return all.some((mistakes) => mistakes.length === 0) || closest(all)
    },
    oneOf(rule, found, path) {
      const all = checkEach(rule, found, path)
      const fitting = all.filter((mistakes) => mistakes.length === 0).length
      return fitting === 1 || (fitting > 1 ? [`${path}: ${fitting} of oneOf`] : closest(all))
    },
  }

  return check(root, value, '')
}

function closest(all: readonly string[][]): string[] {
  return [...all].sort((a, b) => a.length - b.length)[0] ?? []
}

function isOfType(value: unknown, type: unknown): boolean {
  if (type === 'array') return Array.isArray(value)
  if (type === 'null') return value === null
  if (type === 'integer') return Number.isInteger(value)
  if (type === 'object') return isObject(value)
  return typeof value === type
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error('not a list')
  return value
}
