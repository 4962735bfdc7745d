import { expectTypeOf, test } from 'vitest'
import { gitlab } from '../../providers/gitlab.ts'
import { findProvider } from '../../providers/index.ts'
import { quickbooks } from '../../providers/quickbooks.ts'
import { shopify } from '../../providers/shopify.ts'
import { slack } from '../../providers/slack.ts'
import { zohoBooks } from '../../providers/zoho-books.ts'
import {
  type AuthorizeInput,
  type AuthorizeResult,
  createOAuthClient,
  defineProvider,
  type OAuthClient,
  type ProviderDefinition,
} from '../../src/index.ts'

const tenantId = 't1'

test('shopify needs its shop', () => {
  const client = createOAuthClient(shopify)
  expectTypeOf(
    client.authorize({ tenantId, params: { shop: 'acme' } }),
  ).resolves.toEqualTypeOf<AuthorizeResult>()
  expectTypeOf<AuthorizeInput<typeof shopify>['params']['shop']>().toEqualTypeOf<string>()
  // @ts-expect-error no params
  client.authorize({ tenantId })
  // @ts-expect-error no shop
  client.authorize({ tenantId, params: {} })
  // @ts-expect-error shop is not a number
  client.authorize({ tenantId, params: { shop: 7 } })
  // @ts-expect-error nothing of that name
  client.authorize({ tenantId, params: { shop: 'acme', shopp: 'acme' } })
  // @ts-expect-error no tenant
  client.authorize({ params: { shop: 'acme' } })
})

test('gitlab takes no params of a tenant', () => {
  const client = createOAuthClient(gitlab)
  client.authorize({ tenantId })
  client.authorize({
    tenantId,
    userId: 'u1',
    connectionId: 'c',
    redirectPath: '/x',
    scopes: ['a'],
    binding: 'b',
  })
  // @ts-expect-error trusted: only the client's options set it
  client.authorize({ tenantId, params: { host: 'gitlab.example.com' } })
  // @ts-expect-error nothing of that name
  client.authorize({ tenantId, params: { nope: 'x' } })
})

test('slack, which declares none, takes none', () => {
  const client = createOAuthClient(slack)
  client.authorize({ tenantId })
  // @ts-expect-error nothing of that name
  client.authorize({ tenantId, params: { nope: 'x' } })
})

test('quickbooks refuses what the callback brings and what is trusted', () => {
  const client = createOAuthClient(quickbooks)
  client.authorize({ tenantId })
  // @ts-expect-error captured on the way
  client.authorize({ tenantId, params: { realmId: '9130347596842384' } })
  // @ts-expect-error trusted
  client.authorize({ tenantId, params: { environment: 'sandbox' } })
})

test('zoho takes a location, or none', () => {
  const client = createOAuthClient(zohoBooks)
  client.authorize({ tenantId })
  client.authorize({ tenantId, params: {} })
  client.authorize({ tenantId, params: { location: 'eu' } })
  // @ts-expect-error captured on the way
  client.authorize({ tenantId, params: { accountsServer: 'https://accounts.zoho.eu' } })
  // @ts-expect-error nothing of that name
  client.authorize({ tenantId, params: { locatoin: 'eu' } })
})

test('a definition that is no literal takes any params, and they are strings', () => {
  const data: unknown = {}
  const definition = defineProvider(data)
  expectTypeOf(definition).toEqualTypeOf<ProviderDefinition>()
  const client = createOAuthClient(definition)
  client.authorize({ tenantId })
  client.authorize({ tenantId, params: { shop: 'acme', anything: 'x' } })
  const params: Record<string, string> = { a: 'b' }
  client.authorize({ tenantId, params })
  // @ts-expect-error not a string
  client.authorize({ tenantId, params: { shop: 7 } })
  const found = findProvider('shopify')
  if (found) createOAuthClient(found).authorize({ tenantId, params: { shop: 'acme' } })
})

test('any client fits where a client is asked for', () => {
  expectTypeOf(createOAuthClient(shopify)).toExtend<OAuthClient>()
  const all: OAuthClient[] = [createOAuthClient(shopify), createOAuthClient(gitlab), createOAuthClient(slack)]
  expectTypeOf(all).toEqualTypeOf<OAuthClient[]>()
})

test('a definition read as JSON, of type any, compiles with any params', () => {
  const client = createOAuthClient(defineProvider(JSON.parse('{}')))
  client.authorize({ tenantId })
  client.authorize({ tenantId, params: { shop: 'acme' } })
  expectTypeOf(client).toExtend<OAuthClient>()
})
