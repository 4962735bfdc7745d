import { createRequire } from 'node:module'
import type * as Zod from 'zod'
import { OAuthError } from '../errors/oauth-error.ts'
import type { ProviderDefinition } from './definition.ts'
import { createProviderSchema } from './schema.ts'

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
    const mistakes = result.error.issues.slice(0, 10).map((issue) => {
      const path = issue.path.length ? issue.path.map(String).join('.') : '(definition)'
      return `${path}: ${issue.message}`
    })
    throw invalid(data, mistakes.join('; '))
  }
  const mistakes = crossCheck(result.data)
  if (mistakes.length) throw invalid(data, mistakes.join('; '))
  return result.data
}

function invalid(data: unknown, detail: string): OAuthError {
  const id = typeof data === 'object' && data !== null && 'id' in data ? data.id : undefined
  return new OAuthError({
    code: 'definition_invalid',
    provider: typeof id === 'string' ? id : undefined,
    detail,
  })
}

const flowValues = new Set(['clientId', 'redirectUri', 'accessToken', 'refreshToken', 'since'])

/** What a schema cannot see: placeholders that nothing fills, values that break their own pattern. */
function crossCheck(definition: ProviderDefinition): string[] {
  const mistakes: string[] = []
  const known = new Set([
    ...flowValues,
    ...Object.keys(definition.params ?? {}),
    ...Object.keys(definition.derived ?? {}),
  ])
  const walk = (value: unknown, path: string) => {
    if (typeof value === 'string') {
      if (/\.(pattern|when|description)$/.test(path)) return
      for (const match of value.matchAll(/\{([A-Za-z][A-Za-z0-9]*)\}/g))
        if (match[1] && !known.has(match[1])) mistakes.push(`${path}: nothing is called "${match[1]}"`)
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) walk(inner, path ? `${path}.${key}` : key)
    }
  }
  const { docs: _docs, discovery, identity, ...rest } = definition
  walk(rest, '')
  walk(discovery?.map(({ json: _json, ...request }) => request), 'discovery')
  walk({ id: identity.id, name: identity.name, url: identity.request?.url }, 'identity')
  for (const [name, param] of Object.entries(definition.params ?? {})) {
    if (!new RegExp(param.pattern).test(param.example)) mistakes.push(`params.${name}.example: does not match its pattern`)
  }
  for (const [name, derived] of Object.entries(definition.derived ?? {})) {
    if (!Object.hasOwn(definition.params ?? {}, derived.from))
      mistakes.push(`derived.${name}.from: there is no param "${derived.from}"`)
  }
  const captured = [
    ...Object.keys(definition.callback?.capture ?? {}),
    ...Object.keys(definition.tokenResponse?.capture ?? {}),
    ...(discovery ?? []).flatMap((request) => Object.keys(request.capture)),
  ]
  for (const name of captured)
    if (!Object.hasOwn(definition.params ?? {}, name)) mistakes.push(`capture of "${name}": there is no such param`)
  return mistakes
}
