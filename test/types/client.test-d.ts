import Keyv from 'keyv'
import { Agent, MockAgent, ProxyAgent } from 'undici'
import { expectTypeOf, test } from 'vitest'
import { freshdesk } from '../../providers/freshdesk.ts'
import { plaid } from '../../providers/plaid.ts'
import { shopify } from '../../providers/shopify.ts'
import { slack } from '../../providers/slack.ts'
import { trelloOauth1 } from '../../providers/trello-oauth1.ts'
import {
  type CallbackResult,
  type Connection,
  type ConnectionTokens,
  createOAuthClient,
  isOAuthError,
  memoryStore,
  type OAuthClient,
  type OAuthClientOptions,
  type OAuthError,
  type OAuthErrorCode,
  type SyncOutcome,
} from '../../src/index.ts'

test('options are all optional, and what they take', () => {
  createOAuthClient(slack)
  createOAuthClient(slack, {})
  createOAuthClient(slack, {
    clientId: 'a',
    clientSecret: 'b',
    redirectUri: 'https://x/y',
    secret: ['new', 'old'],
    store: memoryStore(),
    scopes: ['a'],
    params: { host: 'x' },
    sync: false,
    hooks: {},
    refreshSkew: 1,
    timeout: 1,
    clock: () => 0,
    fetch: globalThis.fetch,
  })
  createOAuthClient(slack, { clientSecret: () => 'b' })
  createOAuthClient(slack, { clientSecret: async () => 'b' })
  createOAuthClient(slack, { store: new Keyv() })
  for (const dispatcher of [new Agent(), new MockAgent(), new ProxyAgent('http://localhost:1')])
    createOAuthClient(slack, { dispatcher })
  createOAuthClient(slack, { sync: { start: async (job) => job.idempotencyKey } })
  createOAuthClient(slack, { sync: { months: 6, start: (job) => void job.from.getTime() } })
  createOAuthClient(slack, {
    hooks: { onRefreshed: ({ connection }) => connection.version, onError: async ({ error }) => error.code },
  })
  // @ts-expect-error no such option
  createOAuthClient(slack, { clientid: 'a' })
  // @ts-expect-error a number of ms
  createOAuthClient(slack, { timeout: '1s' })
  // @ts-expect-error sync needs a start
  createOAuthClient(slack, { sync: { months: 3 } })
  // @ts-expect-error no such hook
  createOAuthClient(slack, { hooks: { onRefresh: () => 1 } })
  // @ts-expect-error not a definition
  createOAuthClient({ id: 'x' })
  expectTypeOf<OAuthClientOptions['secret']>().toEqualTypeOf<string | readonly string[] | undefined>()
})

test('a connection carries no token', () => {
  type Names = keyof Connection
  expectTypeOf<
    Extract<Names, 'accessToken' | 'refreshToken' | 'sealed' | 'tokens' | 'additional'>
  >().toEqualTypeOf<never>()
  expectTypeOf<Connection['status']>().toEqualTypeOf<'active' | 'reconnect_required'>()
  expectTypeOf<Connection['expiresAt']>().toEqualTypeOf<Date | undefined>()
  const client = createOAuthClient(slack)
  expectTypeOf(client.getConnection({ tenantId: 't' })).resolves.toEqualTypeOf<Connection | undefined>()
  expectTypeOf(client.list()).toEqualTypeOf<AsyncIterable<Connection>>()
  expectTypeOf<CallbackResult['connection']>().toEqualTypeOf<Connection>()
  expectTypeOf(client.getAccessToken({ tenantId: 't' })).resolves.toEqualTypeOf<string>()
  expectTypeOf(client.getTokens({ tenantId: 't' })).resolves.toEqualTypeOf<ConnectionTokens>()
  expectTypeOf<Connection>().toEqualTypeOf<Readonly<Connection>>()
})

test('a client knows its definition', () => {
  const client = createOAuthClient(shopify)
  expectTypeOf(client).toEqualTypeOf<OAuthClient<typeof shopify>>()
  expectTypeOf(client.provider.id).toEqualTypeOf<'shopify'>()
  expectTypeOf(client.callback).parameter(0).toEqualTypeOf<Request | URL | string | URLSearchParams>()
  expectTypeOf(client.fetch({ tenantId: 't' }, '/x')).resolves.toEqualTypeOf<Response>()
  // @ts-expect-error a ref names its tenant
  client.getAccessToken({})
  // @ts-expect-error a ref is not a word
  client.getAccessToken('t')
})

test('outcomes and errors are told apart by what they say', () => {
  const outcome: SyncOutcome = { status: 'skipped' }
  expectTypeOf<Extract<SyncOutcome, { status: 'failed' }>['error']>().toEqualTypeOf<OAuthError>()
  expectTypeOf(outcome.status).toExtend<SyncOutcome['status']>()
  const value: unknown = undefined
  if (isOAuthError(value)) {
    expectTypeOf(value).toEqualTypeOf<OAuthError>()
    expectTypeOf(value.code).toEqualTypeOf<OAuthErrorCode>()
    expectTypeOf(value.retryAfter).toEqualTypeOf<number | undefined>()
  }
  // @ts-expect-error no such code
  const code: OAuthErrorCode = 'invalid_grant'
  expectTypeOf(code).toExtend<string>()
})

test('a provider that gives keys has connect, and no redirect', () => {
  const client = createOAuthClient(freshdesk)
  client.connect({ tenantId: 't1', credentials: { apiKey: 'k' }, params: { subdomain: 'acme' } })
  // @ts-expect-error the param is required
  client.connect({ tenantId: 't1', credentials: { apiKey: 'k' } })
  // @ts-expect-error no such credential
  client.connect({ tenantId: 't1', credentials: { password: 'k' }, params: { subdomain: 'acme' } })
  expectTypeOf(client).not.toHaveProperty('authorize')
  expectTypeOf(client).not.toHaveProperty('callback')
})

test('any other has a redirect, and no connect', () => {
  for (const client of [
    createOAuthClient(slack),
    createOAuthClient(plaid),
    createOAuthClient(trelloOauth1),
  ]) {
    expectTypeOf(client).toHaveProperty('authorize')
    expectTypeOf(client).not.toHaveProperty('connect')
  }
  expectTypeOf<OAuthClient>().toHaveProperty('authorize')
})
