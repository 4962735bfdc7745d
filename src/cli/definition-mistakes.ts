import { crossCheck } from '../provider/cross-check.ts'
import { describeIssues } from '../provider/mistakes.ts'
import { createProviderSchema } from '../provider/schema.ts'

/** Every mistake of a definition, a line each. `defineProvider` says the same in one bounded message. */
export async function definitionMistakes(data: unknown): Promise<readonly string[]> {
  // Not at the top: in the bundle, that would load it for every command.
  const { z } = await import('zod')
  const schema = createProviderSchema(z)
  const result = schema.safeParse(data)
  if (result.success) return crossCheck(result.data)
  return describeIssues(z.toJSONSchema(schema, { io: 'input' }), data, result.error.issues)
}
