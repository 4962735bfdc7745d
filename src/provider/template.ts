import { OAuthError } from '../errors/oauth-error.ts'
import type { ProviderDefinition } from './definition.ts'

/** Values by placeholder name: the connection's params and, where a template has them, the flow's own. */
export type TemplateValues = Readonly<Record<string, string | undefined>>

const placeholder = /\{([A-Za-z][A-Za-z0-9]*)\}/g
const hostLabel = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/
const mostNesting = 8
const patterns = new Map<string, RegExp>()

/** Whether the whole value matches a definition's pattern, wherever its own anchors stand. */
export function matchesPattern(pattern: string, value: string): boolean {
  let expression = patterns.get(pattern)
  if (!expression) {
    expression = new RegExp(`^(?:${pattern})$`)
    patterns.set(pattern, expression)
  }
  // `$` also matches before a final newline.
  return expression.test(value) && !/[\r\n]/.test(value)
}

/** How a given value is written at its place. */
type Write = (name: string, value: string, inAuthority: boolean) => string

/** Fills a template; what a placeholder stands for can hold placeholders itself. */
function fill(
  definition: ProviderDefinition,
  template: string,
  values: TemplateValues,
  write: Write,
  outerAuthority: boolean,
  depth: number,
): string {
  if (!template.includes('{')) return template
  const scheme = template.indexOf('://')
  const authorityEnd = scheme < 0 ? 0 : endOfAuthority(template, scheme + 3)
  return template.replace(placeholder, (_all, name: string, offset: number) => {
    const inAuthority = scheme < 0 ? outerAuthority : offset < authorityEnd
    const value = resolve(definition, name, values, write, inAuthority, depth)
    if (value === undefined) throw missing(definition, name)
    return value
  })
}

function resolve(
  definition: ProviderDefinition,
  name: string,
  values: TemplateValues,
  write: Write,
  inAuthority: boolean,
  depth: number,
): string | undefined {
  if (depth > mostNesting) return undefined
  const given = own(values, name)
  if (given !== undefined) return write(name, given, inAuthority)
  const fallback = own(definition.params, name)?.default
  if (fallback !== undefined) return fill(definition, fallback, values, write, inAuthority, depth + 1)
  const derived = own(definition.derived, name)
  if (!derived) return undefined
  const deciding = resolve(definition, derived.from, values, (_name, value) => value, false, depth + 1) ?? ''
  const chosen = derived.cases.find(({ when }) => matchesPattern(when, deciding))
  return chosen && fill(definition, chosen.value, values, write, inAuthority, depth + 1)
}

/** A value that follows from params, as a template would place it; `undefined` where nothing gives it. */
export function resolveValue(
  definition: ProviderDefinition,
  name: string,
  values: TemplateValues,
  write: (name: string, value: string) => string,
): string | undefined {
  return resolve(definition, name, values, write, false, 0)
}

/** A template can be called like anything every object inherits. */
function own<T>(values: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return values && Object.hasOwn(values, name) ? values[name] : undefined
}

function missing(definition: ProviderDefinition, name: string): OAuthError {
  const param = own(definition.params, name)
  const what = param ? ` (${param.description}, for example "${param.example}")` : ''
  const isChosen = definition.discovery?.some(({ choose }) => choose?.param === name)
  const how = isChosen ? ': several were found, take one of connection.choices to client.choose' : ''
  return refusal(definition, 'params_invalid', `the connection lacks "${name}"${what}${how}`)
}

/** Fills a template for a header or a body, where values stand as they are. Throws `params_invalid`. */
export function expandText(definition: ProviderDefinition, template: string, values: TemplateValues): string {
  return fill(definition, template, values, (_name, value) => value, false, 0)
}

/**
 * Fills a URL template: values are percent-encoded unless their param's format says otherwise, and the result is an
 * https URL (or http on loopback) whose host and path are what the definition wrote. Throws `params_invalid`,
 * `host_not_allowed`.
 */
export function expandUrl(definition: ProviderDefinition, template: string, values: TemplateValues): URL {
  const write: Write = (name, value, inAuthority) => {
    if ((own(definition.params, name)?.format ?? 'text') !== 'text') return value
    if (inAuthority && !hostLabel.test(value))
      throw refusal(definition, 'host_not_allowed', `"${name}" is no host name`)
    try {
      return encodeURIComponent(value)
    } catch {
      throw refusal(definition, 'params_invalid', `"${name}" is not well-formed text`)
    }
  }
  const expanded = fill(definition, template, values, write, false, 0)
  const path = expanded.split(/[?#]/, 1)[0] ?? ''
  // A URL parser takes such a segment as "up", also encoded, and the request would go to another endpoint.
  if (path.split(/[/\\]/).some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment)))
    throw refusal(definition, 'params_invalid', 'a value makes a path segment of dots')
  return assertSafeUrl(definition, expanded)
}

/** Addresses without a placeholder, once they have been judged. There are as many as definitions write. */
const constant = new Map<string, string>()
const mostConstants = 10_000

/** The same as a text, for what is sent as it is. */
export function expandAddress(
  definition: ProviderDefinition,
  template: string,
  values: TemplateValues,
): string {
  const known = constant.get(template)
  if (known !== undefined) return known
  const { href } = expandUrl(definition, template, values)
  if (!template.includes('{') && constant.size < mostConstants) constant.set(template, href)
  return href
}

function endOfAuthority(template: string, start: number): number {
  const end = template.slice(start).search(/[/?#]/)
  return end < 0 ? template.length : start + end
}

/** https, or http on loopback for development; no user info; the host as written is the host as parsed. */
export function assertSafeUrl(definition: ProviderDefinition, text: string): URL {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw refusal(definition, 'host_not_allowed', 'not an absolute URL')
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname)))
    throw refusal(definition, 'host_not_allowed', 'only https is accepted')
  if (url.username || url.password) throw refusal(definition, 'host_not_allowed', 'the URL holds a user name')
  const authority = text.slice(text.indexOf('://') + 3).split(/[/?#\\]/, 1)[0] ?? ''
  if (!sameAuthority(authority, url))
    throw refusal(definition, 'host_not_allowed', 'the host is not what it seems')
  return url
}

function sameAuthority(written: string, url: URL): boolean {
  const host = written.toLowerCase()
  return host === url.host || host === `${url.hostname}:${url.protocol === 'https:' ? 443 : 80}`
}

export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname)
}

function refusal(
  definition: ProviderDefinition,
  code: 'params_invalid' | 'host_not_allowed',
  detail: string,
): OAuthError {
  return new OAuthError({ code, provider: definition.id, providerName: definition.name, detail })
}
