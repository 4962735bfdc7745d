import { shopify } from '../../../providers/shopify.ts'
import type { FlowRow } from '../flow-row.ts'

const form = 'application/x-www-form-urlencoded'

export const row: FlowRow = {
  definition: shopify,
  redirectUri: 'https://app.example.com/oauth/shopify/callback',
  params: { shop: 'acme-store' },
  authorization: {
    url: 'https://acme-store.myshopify.com/admin/oauth/authorize',
    query: {
      client_id: 'client-id',
      redirect_uri: 'https://app.example.com/oauth/shopify/callback',
      scope: 'read_orders,read_all_orders,read_customers,read_products,read_inventory,read_fulfillments',
    },
    pkce: false,
  },
  callback: {
    code: '0907a61c0c8d55e99db179b68161bc00',
    host: 'YWRtaW4uc2hvcGlmeS5jb20vc3RvcmUvYWNtZS1zdG9yZQ',
    shop: 'acme-store.myshopify.com',
    timestamp: '1795262395',
  },
  signed: true,
  exchange: {
    endpoint: 'POST https://acme-store.myshopify.com/admin/oauth/access_token',
    headers: { authorization: undefined, 'content-type': form, accept: 'application/json' },
    body: {
      code: '0907a61c0c8d55e99db179b68161bc00',
      client_id: 'client-id',
      client_secret: 'client-secret',
      expiring: '1',
    },
  },
  learning: [
    {
      endpoint: 'POST https://acme-store.myshopify.com/admin/api/2026-10/graphql.json',
      headers: {
        'x-shopify-access-token': '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',
        authorization: undefined,
        'content-type': 'application/json',
      },
      body: { query: '{ shop { id name myshopifyDomain } }' },
      answer: 'identity',
    },
  ],
  tokens: {
    accessToken: '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',
    refreshToken: 'shprt_1a2b3c4d5e6f7a8b9c0d1e2f3a4b5c6d',
    expiresAt: new Date('2026-11-21T13:00:00.000Z'),
    refreshTokenExpiresAt: new Date('2027-02-19T12:00:00.000Z'),
    scopes: ['read_orders', 'read_customers'],
    tokenType: 'Bearer',
  },
  connection: {
    scopes: ['read_orders', 'read_customers'],
    tokenType: 'Bearer',
    expiresAt: new Date('2026-11-21T13:00:00.000Z'),
    refreshTokenExpiresAt: new Date('2027-02-19T12:00:00.000Z'),
    account: { id: 'acme-store.myshopify.com', name: 'Acme' },
    params: { shop: 'acme-store' },
  },
  error: 'Shopify OAuth failed: invalid_request - The authorization code was not found or was already used',
  denied: 'Shopify OAuth failed: access_denied',
  refresh: {
    because: 'end',
    accessToken: 'shpat_new32530bf277ec9ac6f649fc327f17',
    requests: [
      {
        endpoint: 'POST https://acme-store.myshopify.com/admin/oauth/access_token',
        headers: { authorization: undefined, 'content-type': form, accept: 'application/json' },
        body: {
          grant_type: 'refresh_token',
          refresh_token: 'shprt_1a2b3c4d5e6f7a8b9c0d1e2f3a4b5c6d',
          client_id: 'client-id',
          client_secret: 'client-secret',
        },
        answer: 'refresh',
      },
    ],
    tokens: {
      accessToken: 'shpat_new32530bf277ec9ac6f649fc327f17',
      refreshToken: 'shprt_new2b3c4d5e6f7a8b9c0d1e2f3a4b5c6d',
      expiresAt: new Date('2026-11-22T13:00:00.000Z'),
      refreshTokenExpiresAt: new Date('2027-02-20T12:00:00.000Z'),
      scopes: ['read_orders', 'read_customers'],
      tokenType: 'Bearer',
    },
  },
  refreshError: 'Shopify OAuth failed: invalid_request - This request requires an active refresh_token',
  revocation: [
    {
      endpoint: 'DELETE https://acme-store.myshopify.com/admin/api_permissions/current.json',
      headers: {
        'x-shopify-access-token': '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',
        authorization: undefined,
      },
      answer: 'revoke',
    },
  ],
  api: {
    path: '/shop.json',
    request: {
      endpoint: 'GET https://acme-store.myshopify.com/admin/api/2026-10/shop.json',
      headers: {
        'x-shopify-access-token': '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',
        authorization: undefined,
      },
    },
    renewed: { 'x-shopify-access-token': 'shpat_new32530bf277ec9ac6f649fc327f17' },
  },
}
