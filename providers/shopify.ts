import type { ProviderDefinition } from '../src/provider/definition.ts'

export const shopify = {
  id: 'shopify',
  name: 'Shopify',
  category: 'e-commerce',
  aliases: ['shopify.com', 'myshopify', 'shopify-admin'],
  docs: [
    'https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/authorization-code-grant',
    'https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/offline-access-tokens',
    'https://shopify.dev/changelog/offline-access-tokens-now-support-expiry-and-refresh',
    'https://shopify.dev/changelog/more-resilient-refreshes-for-expiring-offline-access-tokens',
    'https://shopify.dev/docs/apps/build/authentication-authorization/app-installation/uninstall-app-api-request',
  ],
  checked: '2026-11-21',
  lifecycle: {
    status: 'sunset',
    since: '2027-10-01',
    source: 'https://shopify.dev/docs/api/usage/versioning',
    note: 'Shopify keeps the API version 2026-10 for a year; after that the version here has to be raised.',
  },
  protocol: 'oauth2',
  setup: {
    console: 'https://dev.shopify.com/dashboard',
    register:
      'Create an app and ask, under API access, for `read_all_orders` and for protected customer data, without which orders end after 60 days and customers come empty.',
    redirectUri: 'One of the app’s allowed redirection URLs, exactly; https, or http on localhost.',
  },
  quirks: [
    'A merchant who cancels goes back to the admin of Shopify: no redirect comes.',
    'The scopes that come back may be fewer than asked for; `write_x` stands for `read_x` too.',
    'Public apps must ask for tokens that expire; those that do not end for all of them on 1 January 2027.',
    'Disconnecting uninstalls the app from the shop, for everybody there.',
    'Only the name before .myshopify.com is the shop; a domain of its own is not.',
    'GraphQL answers a throttled call with HTTP 200 and `THROTTLED` in its errors.',
    'Tokens begin with one of several prefixes: never tell them apart by these.',
  ],
  params: {
    shop: {
      description: "the shop's permanent name, the part before .myshopify.com",
      pattern: '^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$',
      example: 'acme-store',
      required: true,
      normalize: {
        lowercase: true,
        stripPrefixes: ['https://', 'http://', 'admin.shopify.com/store/'],
        stripSuffixes: ['/', '/admin', '.myshopify.com'],
      },
    },
  },
  authorization: {
    url: 'https://{shop}.myshopify.com/admin/oauth/authorize',
    scopes: {
      separator: ',',
      // Orders older than 60 days need `read_all_orders`, which Shopify grants an app on request.
      default: [
        'read_orders',
        'read_all_orders',
        'read_customers',
        'read_products',
        'read_inventory',
        'read_fulfillments',
      ],
    },
    pkce: 'unsupported',
    sendResponseType: false,
  },
  callback: {
    match: { shop: '{shop}.myshopify.com' },
    signature: {
      parameter: 'hmac',
      algorithm: 'hmac-sha256',
      encoding: 'hex',
      exclude: ['signature'],
      // As Shopify's own library has it (@shopify/shopify-api, lib/utils/hmac-validator.ts).
      timestamp: { parameter: 'timestamp', tolerance: 90 },
    },
  },
  token: {
    url: 'https://{shop}.myshopify.com/admin/oauth/access_token',
    authentication: 'client_secret_post',
    // Without it, errors are pages.
    headers: { Accept: 'application/json' },
    // Asks for a token that expires, with a refresh token; public apps must (offline-access-tokens).
    params: { expiring: '1' },
    sendRedirectUri: false,
    sendGrantType: false,
  },
  tokenResponse: { lifetime: 3_600 },
  refresh: {
    rotates: true,
    sendGrantType: true,
    // Expired, rotated away or uninstalled: "This request requires an active refresh_token".
    dead: [{ status: 401, values: ['invalid_request'] }],
    // 30 days, or until the replacement is first used (more-resilient-refreshes-for-expiring-offline-access-tokens).
    reuse: { grace: 2_592_000, until: 'replacement-used' },
  },
  revocation: {
    // Uninstalls the app from the shop.
    url: 'https://{shop}.myshopify.com/admin/api_permissions/current.json',
    method: 'DELETE',
    body: 'none',
    authentication: 'access_token',
    token: 'access_token',
    gone: [{ status: 401 }, { status: 403 }, { status: 404 }],
    ends: 'account',
  },
  identity: {
    request: {
      url: 'https://{shop}.myshopify.com/admin/api/2026-10/graphql.json',
      method: 'POST',
      json: { query: '{ shop { id name myshopifyDomain } }' },
    },
    id: 'data.shop.myshopifyDomain',
    name: 'data.shop.name',
  },
  api: {
    baseUrl: 'https://{shop}.myshopify.com/admin/api/2026-10',
    credential: { header: 'X-Shopify-Access-Token', value: '{accessToken}' },
    rateLimited: [{ status: 200, at: 'errors[0].extensions.code', values: ['THROTTLED'] }],
  },
  history: {
    resource: '/graphql.json',
    json: {
      query:
        'query($filter: String!, $after: String) { orders(first: 100, after: $after, sortKey: UPDATED_AT, query: $filter) { nodes { id name createdAt updatedAt } pageInfo { hasNextPage endCursor } } }',
      variables: { filter: "updated_at:>='{since}' AND updated_at:<'{until}'" },
    },
    timeFormat: 'iso8601',
    items: 'data.orders.nodes',
    time: { at: 'updatedAt' },
    page: {
      by: 'cursor',
      at: 'data.orders.pageInfo.endCursor',
      more: 'data.orders.pageInfo.hasNextPage',
      json: 'variables.after',
    },
  },
} as const satisfies ProviderDefinition
