import type { Server } from 'node:http'
import type { HttpHandler } from 'msw'
import { expectTypeOf, test } from 'vitest'
import { freshdesk } from '../../providers/freshdesk.ts'
import { gitlab } from '../../providers/gitlab.ts'
import { findProvider, gitlab as gitlabOfAll, type providers } from '../../providers/index.ts'
import { shopify } from '../../providers/shopify.ts'
import {
  type Coordinator,
  createOAuthClient,
  createOAuthHandler,
  type ProviderDefinition,
  type StoredConnection,
  type SyncStore,
  type TokenStore,
} from '../../src/index.ts'
import { toNodeListener } from '../../src/node.ts'
import { postgresStore } from '../../src/stores/postgres/index.ts'
import { redisStore } from '../../src/stores/redis/index.ts'
import { createHistoricalSync, type HistoricalSyncRun, historyOf } from '../../src/sync/index.ts'
import { mockProvider, testCoordinator, testTokenStore } from '../../src/testing/index.ts'

test('a provider by its own name is the one in the index', () => {
  expectTypeOf(gitlabOfAll).toEqualTypeOf(gitlab)
  expectTypeOf<(typeof providers)[number]>().toExtend<ProviderDefinition>()
  expectTypeOf<(typeof providers)[number]['id']>().not.toEqualTypeOf<string>()
  expectTypeOf(findProvider).returns.toEqualTypeOf<ProviderDefinition | undefined>()
})

test('every store is a store, of connections and of syncs, and can claim', () => {
  const redis = redisStore({ url: 'redis://localhost' })
  const postgres = postgresStore({ connectionString: 'postgres://localhost/x' })
  expectTypeOf(redis).toExtend<TokenStore>()
  expectTypeOf(postgres).toExtend<TokenStore>()
  for (const store of [redis, postgres]) {
    createOAuthClient(gitlab, { store })
    createHistoricalSync({ store, run: () => undefined })
  }
  expectTypeOf(postgres.ensureSchema).returns.toEqualTypeOf<Promise<void>>()
  // @ts-expect-error where it is must be said
  postgresStore({})
})

test('a store of one’s own is four methods', () => {
  const store: TokenStore = {
    load: async () => undefined,
    save: async () => true,
    remove: async () => true,
    async *list(): AsyncGenerator<StoredConnection> {},
  }
  createOAuthClient(gitlab, { store })
  expectTypeOf<TokenStore['coordinator']>().toEqualTypeOf<Coordinator | undefined>()
  expectTypeOf<TokenStore['syncs']>().toEqualTypeOf<SyncStore | undefined>()
  // @ts-expect-error without `list` it is none
  createOAuthClient(gitlab, { store: { load: store.load, save: store.save, remove: store.remove } })
})

test('the handler takes clients of any kind, as a list or by name, and the engine', () => {
  const clients = [createOAuthClient(shopify), createOAuthClient(gitlab), createOAuthClient(freshdesk)]
  const session = () => ({ tenantId: 't', userId: 'u' })
  const sync = createHistoricalSync({ run: () => undefined })
  const handler = createOAuthHandler({ clients, session, sync })
  createOAuthHandler({ clients: { shop: createOAuthClient(shopify) }, session: async () => undefined })
  // @ts-expect-error whose connections they are must be said
  createOAuthHandler({ clients })
  // @ts-expect-error a session names its tenant
  createOAuthHandler({ clients, session: () => ({ userId: 'u' }) })
  expectTypeOf(handler).returns.toEqualTypeOf<Promise<Response>>()
  const listener = toNodeListener(handler)
  expectTypeOf<Server['on']>().toBeCallableWith('request', listener)
})

test('the engine is what a client starts, and runs are read by it', () => {
  const sync = createHistoricalSync({ run: { shopify: historyOf(shopify).each((items) => items.length) } })
  createOAuthClient(shopify, { sync })
  expectTypeOf(sync.get({ provider: 'shopify', tenantId: 't' })).resolves.toEqualTypeOf<
    HistoricalSyncRun | undefined
  >()
  // @ts-expect-error a run is found by its provider and tenant
  sync.get({ provider: 'shopify' })
})

test('the simulator registers a client, but where users copy a key', async () => {
  const registered = { clientId: 'i', clientSecret: 's', redirectUri: 'https://app.example.com/callback' }
  const mock = mockProvider(gitlab, registered)
  expectTypeOf(mock.handlers).toEqualTypeOf<HttpHandler[]>()
  expectTypeOf((await mock.listen()).definition).toEqualTypeOf(gitlab)
  mockProvider(freshdesk, {})
  // @ts-expect-error no client is registered
  mockProvider(gitlab)
  testTokenStore(() => redisStore({ url: 'redis://localhost' }))
  testCoordinator(() => ({ claim: async () => true, withLease: (_key, _ttl, run) => run() }))
  // @ts-expect-error a store is no coordinator's claim
  testCoordinator(() => ({ claim: true }))
})
