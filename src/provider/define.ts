import { createRequire } from 'node:module'
import type * as Zod from 'zod'
import { OAuthError } from '../errors/oauth-error.ts'
import { crossCheck } from './cross-check.ts'
import type { ProviderDefinition } from './definition.ts'
import { describeIssues } from './mistakes.ts'
import { createProviderSchema } from './schema.ts'

/** A message is cut at 2,000 characters; a mistake beyond these would not be read to its end. */
const mostMistakes = 10

interface Loaded {
  readonly z: typeof Zod.z
  readonly schema: ReturnType<typeof createProviderSchema>
}
let loaded: Loaded | undefined

/** zod is loaded by the first definition, synchronously, so that importing latchkey does not pay for it (§10). */
function load(): Loaded {
  if (!loaded) {
    const { z } = requireZod()
    loaded = { z, schema: createProviderSchema(z) }
  }
  return loaded
}

function requireZod(): typeof Zod {
  try {
    return createRequire(import.meta.url)('zod')
  } catch {
    throw new OAuthError({
      code: 'config_invalid',
      detail:
        'defineProvider could not load the package "zod": a worker, or a bundle far from node_modules, has none',
      hint:
        'Give createOAuthClient the definition as it is: `satisfies ProviderDefinition` checks its types. ' +
        'Check the rest by defineProvider in a test, where it can be loaded.',
    })
  }
}

/**
 * Checks a provider definition of your own and hands it back with its literal types, so that `authorize` knows its
 * params. Accepts what `JSON.parse` gives, `$schema` included. Throws `definition_invalid`, which names each mistake:
 * its path, what was found there and what is expected, and for an unknown key the nearest one that exists.
 */
export function defineProvider<const P extends ProviderDefinition>(data: P): P
export function defineProvider(data: unknown): ProviderDefinition
export function defineProvider(data: unknown): ProviderDefinition {
  const { definition, mistakes } = judge(data)
  if (!definition || mistakes.length > 0) throw invalid(data, mistakes)
  return definition
}

/** Every mistake of a definition, a line each: what `defineProvider` says in one bounded message. */
export function definitionMistakes(data: unknown): readonly string[] {
  return judge(data).mistakes
}

function judge(data: unknown): {
  readonly definition?: ProviderDefinition
  readonly mistakes: readonly string[]
} {
  const { z, schema } = load()
  const result = schema.safeParse(data)
  if (result.success) return { definition: result.data, mistakes: crossCheck(result.data) }
  const shape = z.toJSONSchema(schema, { io: 'input' })
  return { mistakes: describeIssues(shape, data, result.error.issues) }
}

function invalid(data: unknown, mistakes: readonly string[]): OAuthError {
  const id = typeof data === 'object' && data !== null && 'id' in data ? data.id : undefined
  const more = mistakes.length - mostMistakes
  return new OAuthError({
    code: 'definition_invalid',
    provider: typeof id === 'string' ? id.slice(0, 60) : undefined,
    detail: [...mistakes.slice(0, mostMistakes), ...(more > 0 ? [`and ${more} more`] : [])].join('; '),
  })
}
