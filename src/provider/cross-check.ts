import { isOAuthError } from '../errors/oauth-error.ts'
import type { ParamDefinition, ProviderDefinition } from './definition.ts'
import { historyMistakes } from './history-check.ts'
import { namesBehind, reservedNames, strings, unfilledPlaceholders } from './placeholders.ts'
import { assertSafeUrl, matchesPattern } from './template.ts'

/** What a schema cannot see: how the parts of a definition hang together. */
export function crossCheck(definition: ProviderDefinition): string[] {
  // First, because the walks below would not come back from a body that holds itself.
  const bodies = brokenBodies(definition)
  if (bodies.length > 0) return bodies
  return [
    ...unfilledPlaceholders(definition),
    ...paramMistakes(definition),
    ...circles(definition),
    ...captureMistakes(definition),
    ...choiceMistakes(definition),
    ...urlMistakes(definition),
    ...headerMistakes(definition),
    ...historyMistakes(definition),
  ]
}

function paramMistakes({ params = {}, derived = {}, authorization }: ProviderDefinition): string[] {
  const mistakes: string[] = []
  const unless = authorization?.scopes?.unless
  if (unless !== undefined && !Object.hasOwn(params, unless))
    mistakes.push(`authorization.scopes.unless: ${noParam(unless, params)}`)
  for (const [name, param] of Object.entries(params)) {
    if (!matchesPattern(param.pattern, param.example))
      mistakes.push(`params.${name}.example: does not match its pattern`)
    const fallback = param.default
    if (fallback !== undefined && !fallback.includes('{') && !matchesPattern(param.pattern, fallback))
      mistakes.push(`params.${name}.default: does not match its pattern`)
  }
  for (const [name, { from }] of Object.entries(derived)) {
    if (!Object.hasOwn(params, from)) mistakes.push(`derived.${name}.from: ${noParam(from, params)}`)
    if (Object.hasOwn(params, name)) mistakes.push(`derived.${name}: there is a param of this name`)
  }
  for (const part of ['params', 'derived'] as const)
    for (const name of Object.keys(part === 'params' ? params : derived))
      if (reservedNames.includes(name)) mistakes.push(`${part}.${name}: the name of a value of the flow`)
  return mistakes
}

/** A default or derived value that leads back to itself can never be filled. */
function circles(definition: ProviderDefinition): string[] {
  return [
    ...Object.keys(definition.params ?? {}).map((name) => [`params.${name}.default`, name] as const),
    ...Object.keys(definition.derived ?? {}).map((name) => [`derived.${name}`, name] as const),
  ].flatMap(([path, name]) =>
    namesBehind(definition, name).has(name) ? [`${path}: leads back to itself`] : [],
  )
}

function captureMistakes(definition: ProviderDefinition): string[] {
  const { params = {}, callback, tokenResponse, discovery = [], revocation } = definition
  const captures: readonly (readonly [string, object | undefined])[] = [
    ['callback.capture', callback?.capture],
    ['tokenResponse.capture', tokenResponse?.capture],
    ...discovery.map(({ capture }, i) => [`discovery.${i}.capture`, capture] as const),
    ['revocation.lookup.capture', revocation?.lookup?.capture],
  ]
  return captures.flatMap(([path, capture = {}]) =>
    Object.keys(capture)
      .filter((name) => !Object.hasOwn(params, name))
      .map((name) => `${path}.${name}: ${noParam(name, params)}`),
  )
}

/** What is chosen among several is asked of the user or found alone (jira `cloudId`). */
function choiceMistakes({ params = {}, discovery = [] }: ProviderDefinition): string[] {
  return discovery.flatMap(({ choose }, i) => {
    if (!choose) return []
    const path = `discovery.${i}.choose.param`
    const param = Object.hasOwn(params, choose.param) ? params[choose.param] : undefined
    if (!param) return [`${path}: ${noParam(choose.param, params)}`]
    const from = [param.from ?? 'user'].flat()
    return from.includes('user') && from.includes('discovery')
      ? []
      : [`${path}: params.${choose.param}.from must hold both "user" and "discovery"`]
  })
}

function noParam(name: string, params: Readonly<Record<string, ParamDefinition>>): string {
  const known = Object.keys(params)
    .map((each) => `"${each}"`)
    .join(', ')
  return `there is no param "${name.slice(0, 60)}"; ${known ? `there are ${known.slice(0, 200)}` : 'there are none'}`
}

/** A URL without placeholders is refused now as it would be refused at its first use. */
function urlMistakes(definition: ProviderDefinition): string[] {
  return [...strings(definition)].flatMap(([path, text]) => {
    if (!/(?:\.url|^api\.baseUrl|^api\.hosts\.\d+|^authorization\.issuer\.value)$/.test(path)) return []
    if (/^link\.url$/.test(path) || text.includes('{')) return []
    try {
      assertSafeUrl(definition, text)
      return []
    } catch (error) {
      if (!isOAuthError(error)) throw error
      return [`${path}: ${error.message.replace(/^.*? OAuth failed: \S+ - /, '')}`]
    }
  })
}

/** RFC 9110 §5: what a header can be called and hold; anything else cannot be sent. */
function headerMistakes(definition: ProviderDefinition): string[] {
  const mistakes: string[] = []
  for (const [path, text] of strings(definition)) {
    const [, name] = /\.headers\.(.+)$/.exec(path) ?? []
    const given = name ?? (/^api\.credential\.header$|\.credential\.header$/.test(path) ? text : undefined)
    if (given === undefined) continue
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(given)) mistakes.push(`${path}: no name of a header`)
    else if (!/^[\t\x20-\x7e]*$/.test(text)) mistakes.push(`${path}: no value of a header (printable ASCII)`)
  }
  return mistakes
}

/** JSON bodies are the provider's own affair, but they are JSON: finite, and without what only JavaScript has. */
function brokenBodies(definition: ProviderDefinition): string[] {
  const mistakes: string[] = []
  const check = (value: unknown, path: string, inside: readonly object[]) => {
    if (value === null || ['string', 'boolean'].includes(typeof value) || Number.isFinite(value)) return
    if (typeof value !== 'object') mistakes.push(`${path}: not JSON`)
    else if (inside.includes(value)) mistakes.push(`${path}: holds itself`)
    else if (!Array.isArray(value) && !isPlain(value)) mistakes.push(`${path}: not JSON`)
    else for (const [key, inner] of Object.entries(value)) check(inner, `${path}.${key}`, [...inside, value])
  }
  const find = (value: unknown, path: string) => {
    if (typeof value !== 'object' || value === null) return
    for (const [key, inner] of Object.entries(value)) {
      const here = path ? `${path}.${key}` : key
      if (key === 'json' && typeof inner === 'object') check(inner, here, [])
      else find(inner, here)
    }
  }
  find(definition, '')
  return mistakes
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
