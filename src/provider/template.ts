import { OAuthError } from '../errors/oauth-error.ts'
import type { ProviderDefinition } from './definition.ts'

/** Values by placeholder name: the connection's params and, where a template has them, the flow's own. */
export type TemplateValues = Readonly<Record<string, string | undefined>>

const placeholder = /\{([A-Za-z][A-Za-z0-9]*)\}/g
const hostLabel = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/
const patterns = new Map<string, RegExp>()

/** Whether the whole value matches a definition's anchored pattern. `$` must not match before a final newline. */
export function matchesPattern(pattern: string, value: string): boolean {
  let expression = patterns.get(pattern)
  if (!expression) {
    expression = new RegExp(pattern)
    patterns.set(pattern, expression)
  }
  return expression.test(value) && !/[\r\n]/.test(value)
}

/** A value that follows from params: given, else the param's default, else the first matching case. */
export function resolveValue(
  definition: ProviderDefinition,
  name: string,
  values: TemplateValues,
  encode: (name: string, value: string) => string,
  depth = 0,
): string | undefined {
  if (depth > 8) return undefined
  const given = Object.hasOwn(values, name) ? values[name] : undefined
  if (given !== undefined) return encode(name, given)
  const nested = (text: string) =>
    text.replace(placeholder, (_all, inner: string) => {
      const value = resolveValue(definition, inner, values, encode, depth + 1)
      if (value === undefined) throw missing(definition, inner)
      return value
    })
  const fallback = definition.params?.[name]?.default
  if (fallback !== undefined) return nested(fallback)
  const derived = definition.derived?.[name]
  if (!derived) return undefined
  const deciding = resolveValue(definition, derived.from, values, (_name, value) => value, depth + 1)
  const chosen = derived.cases.find(({ when }) => matchesPattern(when, deciding ?? ''))
  return chosen && nested(chosen.value)
}

function missing(definition: ProviderDefinition, name: string): OAuthError {
  const param = definition.params?.[name]
  const what = param ? ` (${param.description}, for example "${param.example}")` : ''
  return new OAuthError({
    code: 'params_invalid',
    provider: definition.id,
    providerName: definition.name,
    detail: `the connection lacks "${name}"${what}`,
  })
}

/** Fills a template for a header or a body, where values stand as they are. Throws `params_invalid`. */
export function expandText(definition: ProviderDefinition, template: string, values: TemplateValues): string {
  if (!template.includes('{')) return template
  return template.replace(placeholder, (_all, name: string) => {
    const value = resolveValue(definition, name, values, (_name, raw) => raw)
    if (value === undefined) throw missing(definition, name)
    return value
  })
}

/**
 * Fills a URL template: values are percent-encoded unless their param's format says otherwise, and the result is an
 * https URL (or http on loopback) whose host is what the definition wrote. Throws `params_invalid`, `host_not_allowed`.
 */
export function expandUrl(definition: ProviderDefinition, template: string, values: TemplateValues): URL {
  const authorityEnd = endOfAuthority(template)
  const expanded = template.replace(placeholder, (_all, name: string, offset: number) => {
    const value = resolveValue(definition, name, values, (inner, raw) => {
      const format = definition.params?.[inner]?.format ?? 'text'
      if (format !== 'text') return raw
      if (offset < authorityEnd && !hostLabel.test(raw)) throw notAllowed(definition, `"${inner}" is no host name`)
      return encodeURIComponent(raw)
    })
    if (value === undefined) throw missing(definition, name)
    return value
  })
  return assertSafeUrl(definition, expanded)
}

function endOfAuthority(template: string): number {
  const start = template.indexOf('://')
  if (start < 0) return 0
  const end = template.slice(start + 3).search(/[/?#]/)
  return end < 0 ? template.length : start + 3 + end
}

/** https, or http on loopback for development; no user info; the host as written is the host as parsed. */
export function assertSafeUrl(definition: ProviderDefinition, text: string): URL {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw notAllowed(definition, 'not an absolute URL')
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname)))
    throw notAllowed(definition, 'only https is accepted')
  if (url.username || url.password) throw notAllowed(definition, 'the URL holds a user name')
  const authority = text.slice(text.indexOf('://') + 3).split(/[/?#\\]/, 1)[0] ?? ''
  if (!sameAuthority(authority, url)) throw notAllowed(definition, 'the host is not what it seems')
  return url
}

function sameAuthority(written: string, url: URL): boolean {
  const host = written.toLowerCase()
  return host === url.host || host === `${url.hostname}:${url.protocol === 'https:' ? 443 : 80}`
}

export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname)
}

function notAllowed(definition: ProviderDefinition, detail: string): OAuthError {
  return new OAuthError({
    code: 'host_not_allowed',
    provider: definition.id,
    providerName: definition.name,
    detail,
  })
}
