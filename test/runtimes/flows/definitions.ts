import assert from 'node:assert/strict'
import { createOAuthClient, defineProvider, memoryStore, type ProviderDefinition } from 'latchkey'
import { findProvider, providers } from 'latchkey/providers'
import { github } from 'latchkey/providers/github'
import { appOrigin } from '../setup.ts'
import { rejectsWith, simulatedOf, type World } from './world.ts'

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

/** A bundle for a worker has no loader that is synchronous: what a user is told, and what works all the same. */
export async function withoutZod(world: World): Promise<string> {
  const { message, hint } = await rejectsWith(
    'config_invalid',
    (async () => defineProvider({ ...github, id: 'github-internal' }))(),
  )
  const own = { ...simulatedOf(world.setup, 'github').definition, id: 'github-internal' }
  const client = createOAuthClient(own, {
    clientId: 'id',
    clientSecret: 'client-secret',
    redirectUri: `${appOrigin}/oauth/github-internal/callback`,
    secret: world.setup.secret,
    store: memoryStore(),
  })
  assert.match((await client.authorize({ tenantId: 't1' })).url, /client_id=id\b/)
  assert.match(hint, /createOAuthClient/)
  return message
}
