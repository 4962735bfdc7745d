import type { ProviderDefinition } from '../provider/definition.ts'

/**
 * A copy of a definition that lives behind `origin` (`http://127.0.0.1:4567`): each URL keeps its host as the first
 * segment of its path, `https://{shop}.example.com/x` → `{origin}/{shop}.example.com/x`. With the URLs go the values
 * they are made from: patterns that begin with `https://`, cases of derived values, defaults and examples.
 * Documentation, scopes and fixed parameters are names, not places, and stay.
 */
export function loopbackDefinition<P extends ProviderDefinition>(definition: P, origin: string): P {
  const copy = structuredClone(definition)
  rewriteUrls(copy, origin)
  rewriteValues(copy, origin)
  return copy
}

/** Objects in which a key is a name of the provider's own, and those that hold no places. */
const opaque = new Set([
  'docs',
  'headers',
  'params',
  'json',
  'form',
  'query',
  'scopes',
  'additionalScopes',
  'choose',
  'setup',
  'lifecycle',
])

/** `url`, `baseUrl`, `hosts` and what is found inside a URL, wherever they stand. */
function rewriteUrls(node: object, origin: string): void {
  for (const [key, value] of Object.entries(node)) {
    if (opaque.has(key)) continue
    if (key === 'capture') rewriteCaptures(value, origin)
    else if (typeof value === 'string' && /^(?:url|.*Url)$/.test(key))
      Reflect.set(node, key, rewriteUrl(value, origin))
    else if (key === 'hosts' && Array.isArray(value))
      Reflect.set(
        node,
        key,
        value.map((each: unknown) => rewriteHost(each, origin)),
      )
    else if (typeof value === 'object' && value !== null) rewriteUrls(value, origin)
  }
}

/** Every host has the one origin there, so a pattern of origins is a pattern of that one. */
function rewriteHost(host: unknown, origin: string): unknown {
  if (typeof host === 'string') return rewriteUrl(host, origin)
  return { ...Object(host), pattern: `^${escaped(origin)}$` }
}

function rewriteCaptures(captures: unknown, origin: string): void {
  for (const place of Object.values(Object(captures)))
    if (typeof place === 'object' && place !== null && 'extract' in place)
      set(place, 'extract', rewritePattern(String(place.extract), origin))
}

function rewriteValues(copy: ProviderDefinition, origin: string): void {
  for (const param of Object.values(copy.params ?? {})) {
    set(param, 'pattern', rewritePattern(param.pattern, origin))
    set(param, 'example', rewriteUrl(param.example, origin))
    if (param.default !== undefined) set(param, 'default', rewriteUrl(param.default, origin))
  }
  for (const { cases } of Object.values(copy.derived ?? {}))
    for (const each of cases) {
      set(each, 'when', rewritePattern(each.when, origin))
      set(each, 'value', rewriteUrl(each.value, origin))
    }
  if (copy.protocol !== 'oauth2') return
  const { issuer } = copy.authorization
  if (issuer) set(issuer, 'value', rewriteUrl(issuer.value, origin))
  const match = copy.callback?.match ?? {}
  for (const [name, value] of Object.entries(match)) set(match, name, rewriteUrl(value, origin))
}

function set(target: object, key: string, value: string): void {
  Reflect.set(target, key, value)
}

function rewriteUrl(text: string, origin: string): string {
  return text.replace(/^https:\/\//, () => `${origin}/`)
}

/** At the start of an expression and of each of its alternatives; slashes may be escaped. */
function rewritePattern(pattern: string, origin: string): string {
  return pattern.replace(
    /(^\^?|\^|\(\?:|\((?!\?)|\|)https:(?:\/\/|\\\/\\\/)/g,
    (_all, before: string) => `${before}${escaped(origin)}/`,
  )
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
