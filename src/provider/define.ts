import { createRequire } from 'node:module'
import type * as Zod from 'zod'
import { OAuthError } from '../errors/oauth-error.ts'
import type { ProviderDefinition } from './definition.ts'
import { createProviderSchema } from './schema.ts'
import { matchesPattern } from './template.ts'

let schema: ReturnType<typeof createProviderSchema> | undefined

/** zod is loaded by the first definition, synchronously, so that importing latchkey does not pay for it (§10). */
function providerSchema(): ReturnType<typeof createProviderSchema> {
  if (!schema) {
    const { z }: typeof Zod = createRequire(import.meta.url)('zod')
    schema = createProviderSchema(z)
  }
  return schema
}

/**
 * Checks a provider definition of your own and hands it back with its literal types, so that `authorize` knows its
 * params. Accepts what `JSON.parse` gives. Throws `definition_invalid`, which names the path of each mistake.
 */
export function defineProvider<const P extends ProviderDefinition>(data: P): P
export function defineProvider(data: unknown): ProviderDefinition
export function defineProvider(data: unknown): ProviderDefinition {
  const result = providerSchema().safeParse(data)
  if (!result.success) {
    const mistakes = result.error.issues.flatMap((issue) => describe(issue, [])).slice(0, 10)
    throw invalid(data, mistakes.join('; '))
  }
  const mistakes = crossCheck(result.data)
  if (mistakes.length) throw invalid(data, mistakes.join('; '))
  return result.data
}

type Issue = Zod.core.$ZodIssue

/** An issue in words. Of a choice between shapes, the one that the value came closest to is spoken of. */
function describe(issue: Issue, outer: readonly PropertyKey[]): string[] {
  const path = [...outer, ...issue.path]
  if (issue.code === 'invalid_union') {
    const depth = (issues: readonly Issue[]) => Math.max(0, ...issues.map((each) => each.path.length))
    const closest = [...issue.errors].sort((a, b) => depth(b) - depth(a))[0]
    const unknownKeys = issue.errors.find((issues) => issues.some(({ code }) => code === 'unrecognized_keys'))
    const chosen = closest && depth(closest) > 0 ? closest : unknownKeys
    if (chosen) return chosen.flatMap((each) => describe(each, path))
  }
  return [`${path.length ? path.map(String).join('.') : '(definition)'}: ${issue.message}`]
}

function invalid(data: unknown, detail: string): OAuthError {
  const id = typeof data === 'object' && data !== null && 'id' in data ? data.id : undefined
  return new OAuthError({
    code: 'definition_invalid',
    provider: typeof id === 'string' ? id : undefined,
    detail,
  })
}

/** The values of a flow that each part of a definition can name besides params. */
const flowValues: Readonly<Record<string, readonly string[]>> = {
  authorization: ['clientId', 'redirectUri'],
  token: ['clientId', 'redirectUri'],
  refresh: ['clientId', 'redirectUri', 'accessToken', 'refreshToken'],
  revocation: ['clientId', 'redirectUri', 'accessToken', 'refreshToken'],
  'api.credential': ['accessToken'],
  history: ['since'],
}
/** Data that holds no templates, or a body of the provider's own making. */
const noTemplates = /^(?:docs|params\.\w+\.(?:pattern|description|example))$|\.when$|\.json(?:\.|$)/

/** What a schema cannot see: placeholders that nothing fills, values that break their own pattern. */
function crossCheck(definition: ProviderDefinition): string[] {
  const params = definition.params ?? {}
  const mistakes = unfilledPlaceholders(definition)
  for (const [name, param] of Object.entries(params))
    if (!matchesPattern(param.pattern, param.example))
      mistakes.push(`params.${name}.example: does not match its pattern`)
  for (const [name, { pattern, default: fallback }] of Object.entries(params))
    if (fallback !== undefined && !fallback.includes('{') && !matchesPattern(pattern, fallback))
      mistakes.push(`params.${name}.default: does not match its pattern`)
  for (const [name, derived] of Object.entries(definition.derived ?? {}))
    if (!Object.hasOwn(params, derived.from))
      mistakes.push(`derived.${name}.from: there is no param "${derived.from}"`)
  const captured = [
    ...Object.keys(definition.callback?.capture ?? {}),
    ...Object.keys(definition.tokenResponse?.capture ?? {}),
    ...(definition.discovery ?? []).flatMap((request) => Object.keys(request.capture)),
  ]
  for (const name of captured)
    if (!Object.hasOwn(params, name)) mistakes.push(`capture of "${name}": there is no such param`)
  return mistakes
}

function unfilledPlaceholders(definition: ProviderDefinition): string[] {
  const named = new Set([...Object.keys(definition.params ?? {}), ...Object.keys(definition.derived ?? {})])
  const mistakes: string[] = []
  const walk = (value: unknown, path: string) => {
    if (noTemplates.test(path)) return
    if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) walk(inner, path ? `${path}.${key}` : key)
      return
    }
    if (typeof value !== 'string') return
    const part = Object.keys(flowValues).find((each) => path.startsWith(`${each}.`))
    for (const [, name = ''] of value.matchAll(/\{([A-Za-z][A-Za-z0-9]*)\}/g))
      if (!named.has(name) && !(part && flowValues[part]?.includes(name)))
        mistakes.push(`${path}: nothing is called "${name}"`)
  }
  walk(definition, '')
  return mistakes
}
