import type { z as Zod } from 'zod'

/** The kinds of text a definition is made of. */
export function createWords(zod: typeof Zod) {
  const z = zod
  const template = z.string().min(1)
  /** `a.b[0].c`, `list[is_default=true].id`, `jwt(id_token).tid`: where a value stands in a JSON body. */
  const path = z
    .string()
    .regex(
      /^(?:jwt\([\w$.-]+\)\.?)?[\w$@.-]*(?:\[[^\]]+\][\w$@.-]*)*$/,
      'a path such as "team.id", "items[0].name" or "jwt(id_token).sub"',
    )
  return {
    id: z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'lower-case words joined by "-"'),
    httpsUrl: z.string().regex(/^https?:\/\/[^\s{}]+$/, 'an absolute URL'),
    /** A string with `{name}` placeholders for params, derived values and, where stated, flow values. */
    template,
    urlTemplate: z
      .string()
      .regex(
        /^(?:https?:\/\/|\{[A-Za-z][A-Za-z0-9]*\})/,
        'a URL that begins with https:// or a {placeholder}',
      ),
    pattern: z
      .string()
      .refine(isAnchored, 'anchored: begins with ^ and ends with $, around all alternatives')
      .refine(isRegularExpression, 'a valid regular expression'),
    /** Finds a value inside a longer one: its one group. */
    extract: z
      .string()
      .refine(isRegularExpression, 'a valid regular expression')
      .refine(hasOneGroup, 'an expression with exactly one capturing group'),
    path,
    /** One path, or several in order of preference. */
    paths: z.union([path, z.array(path).min(1).readonly()]),
    name: z.string().regex(/^[A-Za-z][A-Za-z0-9]*$/, 'a camelCase name'),
    /** Names of the provider's own, each with a template. */
    stringMap: z.record(z.string(), template),
    words: z.array(z.string().min(1)).readonly(),
    seconds: z.number().int().positive(),
    date: z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a date: YYYY-MM-DD'),
  }
}

export type Words = ReturnType<typeof createWords>

/** `^a|b$` is anchored at one end each, and `^a\\$` ends with a dollar sign. */
function isAnchored(source: string): boolean {
  if (!source.startsWith('^') || !/(?:^|[^\\])(?:\\\\)*\$$/.test(source)) return false
  const plain = source.replace(/\\./g, '').replace(/\[[^\]]*\]/g, '')
  let depth = 0
  for (const character of plain) {
    if (character === '(') depth += 1
    else if (character === ')') depth -= 1
    else if (character === '|' && depth === 0) return false
  }
  return true
}

function isRegularExpression(source: string): boolean {
  try {
    new RegExp(source)
    return true
  } catch {
    return false
  }
}

function hasOneGroup(source: string): boolean {
  return isRegularExpression(source) && new RegExp(`${source}|`).exec('')?.length === 2
}
