import { type Connection, createOAuthClient, createOAuthHandler, defineProvider, memoryStore } from 'latchkey'
import { toNodeListener } from 'latchkey/node'
import { findProvider, providers } from 'latchkey/providers'
import { freshdesk } from 'latchkey/providers/freshdesk'
import { gitlab } from 'latchkey/providers/gitlab'
import { shopify } from 'latchkey/providers/shopify'
import { postgresStore } from 'latchkey/stores/postgres'
import { redisStore } from 'latchkey/stores/redis'
import { createHistoricalSync, type HistoricalSyncRun, historyOf } from 'latchkey/sync'
import { pgBossQueue } from 'latchkey/sync/pg-boss'

export const shared = [
  redisStore({ url: 'redis://localhost' }),
  postgresStore({ connectionString: 'postgres://localhost/x' }),
]
const store = memoryStore()
const shop = createOAuthClient(shopify, { store })
await shop.authorize({ tenantId: 't', params: { shop: 'acme' } })
// @ts-expect-error shopify needs its shop
await shop.authorize({ tenantId: 't' })
// @ts-expect-error a provider with a redirect has no keys to connect with
shop.connect
await createOAuthClient(gitlab, { store }).authorize({ tenantId: 't' })
const desk = createOAuthClient(freshdesk, { store })
await desk.connect({ tenantId: 't', credentials: { apiKey: 'k' }, params: { subdomain: 'acme' } })
// @ts-expect-error a provider that gives keys has no redirect
desk.authorize
const sync = createHistoricalSync({
  store,
  run: { shopify: historyOf(shopify).each((items) => items.length) },
})
createOAuthClient(shopify, { store, sync })
export const run: Promise<HistoricalSyncRun | undefined> = sync.get({ provider: 'shopify', tenantId: 't' })
export const queue = pgBossQueue
const connection: Connection | undefined = await shop.getConnection({ tenantId: 't' })
const handler = createOAuthHandler({ clients: [shop], sync, session: () => ({ tenantId: 't', userId: 'u' }) })
export const listener = toNodeListener(handler)
export const count: number = providers.length
export const found: string | undefined = findProvider('slack')?.name
export const version = connection?.version
export const own: 'acme' = defineProvider({ ...gitlab, id: 'acme' }).id
