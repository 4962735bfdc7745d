/** One step into a JSON value: a property, an index, the first element whose property has a value, a token's claims. */
type Step =
  | { readonly key: string }
  | { readonly claims: true }
  | { readonly index: number }
  | { readonly where: string; readonly is: string }

const parsed = new Map<string, readonly Step[]>()

function parsePath(path: string): readonly Step[] {
  const known = parsed.get(path)
  if (known) return known
  const steps: Step[] = []
  const token = /^jwt\(([^)]+)\)/.exec(path)
  if (token?.[1] !== undefined) steps.push(...parsePath(token[1]), { claims: true })
  for (const match of path.slice(token?.[0].length ?? 0).matchAll(/\[([^\]]+)\]|([^.[\]]+)/g)) {
    const inBrackets = match[1]
    if (inBrackets === undefined) {
      if (match[2] !== undefined) steps.push({ key: match[2] })
      continue
    }
    const equals = inBrackets.indexOf('=')
    if (equals > 0) steps.push({ where: inBrackets.slice(0, equals), is: inBrackets.slice(equals + 1) })
    else if (/^\d+$/.test(inBrackets)) steps.push({ index: Number(inBrackets) })
    else steps.push({ key: inBrackets })
  }
  parsed.set(path, steps)
  return steps
}

function isWord(value: unknown, expected: string): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value) && String(value) === expected
}

function ownProperty(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
  return Reflect.get(value, key)
}

/**
 * The claims of a JWT that came from the token endpoint itself, so that its signature adds nothing (OpenID Connect Core
 * §3.1.3.7, 6).
 */
function claimsOf(token: unknown): unknown {
  const payload = typeof token === 'string' ? token.split('.')[1] : undefined
  if (!payload) return undefined
  try {
    return JSON.parse(Buffer.from(payload, 'base64url').toString())
  } catch {
    return undefined
  }
}

/** The value at a definition's path in a JSON body; only own properties, so `__proto__` and the like find nothing. */
export function readPath(body: unknown, path: string): unknown {
  let value: unknown = body
  for (const step of parsePath(path)) {
    if ('key' in step) value = ownProperty(value, step.key)
    else if ('claims' in step) value = claimsOf(value)
    else if (!Array.isArray(value)) return undefined
    else if ('index' in step) value = value[step.index]
    else value = value.find((item: unknown) => isWord(ownProperty(item, step.where), step.is))
    if (value === undefined || value === null) return value
  }
  return value
}

/** The first of the paths that finds something. */
export function readFirst(body: unknown, paths: string | readonly string[]): unknown {
  for (const path of typeof paths === 'string' ? [paths] : paths) {
    const value = readPath(body, path)
    if (value !== undefined && value !== null && value !== '') return value
  }
  return undefined
}

/** The same for a value that is to become words: a non-empty string, or a number as one (ids come as either). */
export function readText(body: unknown, paths: string | readonly string[]): string | undefined {
  const value = readFirst(body, paths)
  if (typeof value === 'string') return value
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  return undefined
}
