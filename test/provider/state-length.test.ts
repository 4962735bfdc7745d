import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import * as index from '../../providers/index.ts'
import { createOAuthClient, isOAuthError, memoryStore } from '../../src/index.ts'
import type { ProviderDefinition } from '../../src/provider/definition.ts'

const providers: readonly ProviderDefinition[] = index.providers

/** Ids as applications have them, at their longest. */
const worst = () => ({
  tenantId: randomUUID(),
  userId: randomUUID(),
  connectionId: randomUUID(),
  redirectPath: `/${'settings/integrations/'.repeat(3)}`.slice(0, 60).padEnd(60, 'x'),
  binding: randomUUID(),
})

/** What a tenant may give, at its examples. */
function examples({ params = {} }: ProviderDefinition): Record<string, string> {
  return Object.fromEntries(
    Object.entries(params)
      .filter(([, { trusted, from }]) => !trusted && [from ?? 'user'].flat().includes('user'))
      .map(([name, { example }]) => [name, example]),
  )
}

function trusted({ params = {} }: ProviderDefinition): Record<string, string> {
  return Object.fromEntries(
    Object.entries(params)
      .filter((each) => each[1].trusted)
      .map(([name, { example }]) => [name, example]),
  )
}

function clientOf(definition: ProviderDefinition) {
  return createOAuthClient(definition, {
    clientId: 'client-id',
    clientSecret: 'client-secret',
    redirectUri: 'https://app.example.com/oauth/callback',
    secret: 'test-secret-of-at-least-32-bytes-long!',
    store: memoryStore(),
    params: trusted(definition),
    fetch: async () => new Response('', { status: 500 }),
  })
}

const oauth2 = providers.filter(({ protocol }) => protocol === 'oauth2')
const bounded = oauth2.filter(
  (each) => each.protocol === 'oauth2' && each.authorization.stateMaxLength !== undefined,
)

describe('state', () => {
  it('is bounded by some of the built-ins', () => {
    expect(bounded.map(({ id }) => id)).toEqual(expect.arrayContaining(['airtable', 'dropbox']))
  })

  it.each(bounded.map((each) => [each.id, each] as const))(
    '%s gives back the state of the longest ids',
    async (_id, definition) => {
      const most = definition.protocol === 'oauth2' ? definition.authorization.stateMaxLength : undefined
      const { state, url } = await clientOf(definition).authorize({
        ...worst(),
        params: examples(definition),
      })
      expect(new URL(url).searchParams.get('state')).toBe(state)
      expect(Buffer.byteLength(state)).toBeLessThanOrEqual(most ?? 0)
    },
  )

  it.each(oauth2.map((each) => [each.id, each] as const))(
    '%s gets letters, digits, ".", "_" and "-" only',
    async (_id, definition) => {
      const { state } = await clientOf(definition).authorize({ ...worst(), params: examples(definition) })
      expect(state).toMatch(/^[A-Za-z0-9._-]+$/)
    },
  )

  it('that does not fit is refused before the user leaves', async () => {
    const [definition] = bounded
    if (!definition) throw new Error('no bounded definition')
    const long = {
      ...worst(),
      tenantId: 'x'.repeat(255),
      userId: 'y'.repeat(255),
      connectionId: 'z'.repeat(255),
    }
    const most = definition.protocol === 'oauth2' ? (definition.authorization.stateMaxLength ?? 0) : 0
    const outcome = await clientOf(definition)
      .authorize({ ...long, redirectPath: `/${'p'.repeat(most)}`, params: examples(definition) })
      .catch((error: unknown) => error)
    expect(isOAuthError(outcome) && outcome.code).toBe('params_invalid')
  })
})
