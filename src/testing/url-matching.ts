import type { ProviderDefinition } from '../provider/definition.ts'
import { matchesPattern, resolveValue, type TemplateValues } from '../provider/template.ts'

const placeholder = /\{([A-Za-z][A-Za-z0-9]*)\}/

/** Recognises the URLs a template can stand for. */
export interface UrlMatcher {
  /** Without a query; for interceptors that select by pattern. */
  readonly pattern: RegExp
  /** The values of the placeholders that were open, or nothing. `rest`: what follows a prefix. */
  match(url: URL): { readonly values: Readonly<Record<string, string>>; readonly rest: string } | undefined
}

/**
 * Turns a URL template round. Values in `known` stand fixed; other params match their own patterns; a derived value
 * matches any of its cases. A query in the template must be in the URL. `prefix` lets any path follow.
 */
export function matchUrls(
  definition: ProviderDefinition,
  template: string,
  known: TemplateValues,
  prefix = false,
): UrlMatcher {
  const [address = '', query = ''] = template.split('?', 2)
  const source = patternOf(definition, address.replace(/\/$/, ''), known, new Set(), true)
  const pattern = new RegExp(`^${source}${prefix ? '(?<rest_>/.*)?' : '/?'}$`)
  const fixed = [...new URLSearchParams(query)]
  return {
    pattern,
    match(url) {
      const found = pattern.exec(`${url.origin}${url.pathname}`)
      if (!found) return undefined
      const values: Record<string, string> = {}
      for (const [name, text] of Object.entries(found.groups ?? {})) {
        if (name === 'rest_' || text === undefined) continue
        const value = decode(text)
        const param = definition.params?.[name]
        if (value === undefined || (param && !matchesPattern(param.pattern, value))) return undefined
        values[name] = value
      }
      for (const [name, wanted] of fixed) {
        const asked = placeholder.exec(wanted)?.[1]
        const expected = asked ? (known[asked] ?? values[asked]) : wanted
        const given = url.searchParams.get(name)
        if (given === null || (expected !== undefined && given !== expected)) return undefined
      }
      return { values, rest: found.groups?.rest_ ?? '' }
    },
  }
}

/** Any address at the origins that a pattern names. */
export function matchOrigins(pattern: string): UrlMatcher {
  const whole = new RegExp(`^(?:${pattern.replace(/^\^|\$$/g, '')})(?<rest_>/.*)?$`)
  return {
    pattern: whole,
    match(url) {
      const found = matchesPattern(pattern, url.origin)
      return found ? { values: {}, rest: url.pathname } : undefined
    },
  }
}

function patternOf(
  definition: ProviderDefinition,
  template: string,
  known: TemplateValues,
  seen: Set<string>,
  named: boolean,
): string {
  const parts = template.split(new RegExp(placeholder.source, 'g'))
  return parts
    .map((part, index) => {
      if (index % 2 === 0) return literally(part)
      const value = resolveKnown(definition, part, known)
      if (value !== undefined) return literally(value)
      if (seen.has(part) && named) return `\\k<${part}>`
      seen.add(part)
      const open = openPattern(definition, part, known, seen)
      return named ? `(?<${part}>${open})` : `(?:${open})`
    })
    .join('')
}

/** A value that follows from what is known, encoded as a client would place it. */
function resolveKnown(
  definition: ProviderDefinition,
  name: string,
  known: TemplateValues,
): string | undefined {
  if (definition.params?.[name] && known[name] === undefined) return undefined
  const from = definition.derived?.[name]?.from
  if (from !== undefined && known[from] === undefined) return undefined
  return resolveValue(definition, name, known, (inner, value) =>
    (definition.params?.[inner]?.format ?? 'text') === 'text' ? encodeURIComponent(value) : value,
  )
}

function openPattern(
  definition: ProviderDefinition,
  name: string,
  known: TemplateValues,
  seen: Set<string>,
): string {
  const derived = definition.derived?.[name]
  if (derived)
    return derived.cases
      .map(({ value }) => patternOf(definition, value, known, new Set(seen), false))
      .join('|')
  const format = definition.params?.[name]?.format ?? 'text'
  if (format === 'url') return 'https?://[^?#]+?'
  return format === 'host' ? '[^?#]+?' : '[^/?#]+?'
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
