import assert from 'node:assert/strict'
import { defineProvider, type ProviderDefinition } from 'latchkey'
import { findProvider, providers } from 'latchkey/providers'
import { github } from 'latchkey/providers/github'
import { rejectsWith } from './world.ts'

/** A definition of one's own, which loads zod, synchronously. */
export async function definitions(): Promise<string> {
  const own: ProviderDefinition = defineProvider({ ...github, id: 'github-internal' })
  assert.equal(own.id, 'github-internal')
  const wrong = async () => defineProvider({ ...github, protocol: 'oauth3' })
  const error = await rejectsWith('definition_invalid', wrong())
  assert.match(error.message, /protocol/)
  assert.equal(findProvider('gdrive')?.id, 'google-drive')
  return `${providers.length} definitions`
}
