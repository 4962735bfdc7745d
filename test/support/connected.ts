import { createOAuthClient } from '../../src/create-client.ts'
import { isOAuthError, type OAuthError } from '../../src/errors/oauth-error.ts'
import type { ProviderDefinition } from '../../src/provider/definition.ts'
import { memoryStore } from '../../src/stores/memory-store.ts'
import type { OAuthClientOptions } from '../../src/types.ts'
import { acmeAt, credentials } from './acme.ts'
import { type Answer, type Arrived, type Outcome, startProviderServer } from './provider-server.ts'

type Endpoint = (arrived: Arrived) => Outcome | Promise<Outcome>

export const json = (value: unknown, status = 200, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(value),
})

/** A provider on loopback whose endpoints a test can replace, a settable clock, and clients on one store. */
export async function startAcme() {
  const endpoints: Record<string, Endpoint> = {
    '/token': () =>
      json({ access_token: 'at-1', refresh_token: 'rt-1', expires_in: 3600, scope: 'read offline' }),
    '/me': () => json({ id: 'account-1', name: 'Una' }),
    '/revoke': () => ({ status: 200 }),
  }
  const server = await startProviderServer((arrived) => {
    const path = arrived.path.split('?', 1)[0] ?? ''
    return endpoints[path]?.(arrived) ?? json({ error: 'not_found' }, 404)
  })
  let now = Date.UTC(2026, 10, 21, 12)
  const store = memoryStore()
  const definition = acmeAt(server.origin)
  const sentTo = (path: string) => server.requests.filter((request) => request.path.split('?', 1)[0] === path)
  let issued = 1
  return {
    server,
    endpoints,
    store,
    definition,
    ref: { tenantId: 't1' },
    now: () => now,
    pass(ms: number) {
      now += ms
    },
    sentTo,
    /** Answers a refresh with the next pair of tokens: `at-2` and `rt-2`, then `at-3` … */
    rotating() {
      issued += 1
      return json({ access_token: `at-${issued}`, refresh_token: `rt-${issued}`, expires_in: 3600 })
    },
    /** The refresh tokens that arrived, in order. */
    sentRefreshTokens: () =>
      sentTo('/token').map(({ body }) => new URLSearchParams(body).get('refresh_token')),
    client(options: OAuthClientOptions = {}, changes: Partial<ProviderDefinition> = {}) {
      return createOAuthClient({ ...definition, ...changes } as ProviderDefinition, {
        ...credentials,
        store,
        clock: () => now,
        ...options,
      })
    },
    async connected(options: OAuthClientOptions = {}, changes: Partial<ProviderDefinition> = {}) {
      const client = this.client(options, changes)
      const { state } = await client.authorize({
        tenantId: 't1',
        userId: 'u1',
        redirectPath: '/integrations',
      })
      const result = await client.callback(`?code=code-1&state=${state}`)
      server.requests.length = 0
      return { client, ...result }
    },
    close: () => server.close(),
  }
}

export type Acme = Awaited<ReturnType<typeof startAcme>>

/** The `OAuthError` that a call rejects with; anything else fails the test. */
export async function failure(run: Promise<unknown> | (() => unknown)): Promise<OAuthError> {
  try {
    await (typeof run === 'function' ? run() : run)
  } catch (error) {
    if (isOAuthError(error)) return error
    throw error
  }
  throw new Error('it did not fail')
}
