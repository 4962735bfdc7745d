import type { ProviderDefinition } from '../src/provider/definition.ts'

/** What both a new link and a mended one say. */
const page = {
  client_name: '{clientName}',
  language: '{language}',
  country_codes: ['{country}'],
  user: { client_user_id: '{userId}' },
  // Half an hour is Plaid's default; a flow of ours lives ten minutes.
  hosted_link: { completion_redirect_uri: '{completionUri}', url_lifetime_seconds: 600 },
} as const

const version = { 'Plaid-Version': '2020-09-14' } as const
const session = 'link_sessions'

export const plaid = {
  id: 'plaid',
  name: 'Plaid',
  category: 'finance',
  aliases: ['plaid-link'],
  docs: [
    'https://plaid.com/docs/link/hosted-link/',
    'https://plaid.com/docs/link/update-mode/',
    'https://plaid.com/docs/api/link/',
    'https://plaid.com/docs/api/items/',
    'https://plaid.com/docs/errors/',
  ],
  checked: '2026-11-21',
  protocol: 'plaid-link',
  setup: {
    console: 'https://dashboard.plaid.com/developers/keys',
    register:
      'A team; client id and secret are those of the keys page, the secret being another one for each environment.',
    redirectUri: 'https in production. It is sent as the completion redirect, with a state in its query.',
  },
  quirks: [
    'Connecting the same connection again repairs it (update mode): its access token stays. For another bank, use another connectionId.',
    'How far back transactions reach is fixed when the bank is linked (here 90 days) and cannot be changed later.',
    'Transactions answer PRODUCT_NOT_READY until the first pull is done.',
    'Every call is a POST with a JSON body; client.fetch puts the token and the client’s credentials in.',
    'The state of a flow stays with the browser: pass what authorize returned as state to callback, as the handler does.',
    'Access tokens do not expire; a bank can still ask for a new login (ITEM_LOGIN_REQUIRED), which marks the connection.',
  ],
  params: {
    environment: {
      description: 'the environment the secret belongs to: production or sandbox',
      pattern: '^(?:production|sandbox)$',
      example: 'sandbox',
      default: 'production',
      trusted: true,
    },
    clientName: {
      description: 'the name of your application, as the hosted page shows it',
      pattern: '^[^\\x00-\\x1f<>]{1,30}$',
      example: 'Acme',
      default: 'Connected app',
      trusted: true,
    },
    country: {
      description: 'the country whose banks are shown',
      pattern: '^[A-Z]{2}$',
      example: 'US',
      default: 'US',
    },
    language: {
      description: 'the language of the hosted page',
      pattern: '^[a-z]{2}$',
      example: 'en',
      default: 'en',
    },
    itemId: {
      description: 'the Item: one login at one bank',
      pattern: '^[A-Za-z0-9_-]{1,100}$',
      example: 'M5eVJqLnv3tbzdngLDp9FL5OlDNxlNhlE55op',
      from: ['token', 'discovery'],
    },
    institutionId: {
      description: 'the bank',
      pattern: '^[A-Za-z0-9_]{1,60}$',
      example: 'ins_109508',
      from: 'discovery',
    },
    institutionName: {
      description: "the bank's name",
      pattern: '^.{1,500}$',
      example: 'First Platypus Bank',
      from: 'discovery',
      // Newer answers have the name; the id is in all.
      default: '{institutionId}',
    },
  },
  link: {
    create: {
      url: 'https://{environment}.plaid.com/link/token/create',
      json: { ...page, products: '{scopes}', transactions: { days_requested: 90 } },
    },
    // With the token and without products (link/update-mode).
    update: {
      url: 'https://{environment}.plaid.com/link/token/create',
      json: { ...page, access_token: '{accessToken}' },
    },
    token: 'link_token',
    url: 'hosted_link_url',
    session: {
      url: 'https://{environment}.plaid.com/link/token/get',
      json: { link_token: '{linkToken}' },
    },
    // A user who begins again on the page begins another session of the same link.
    publicToken: [
      `${session}[0].results.item_add_results[0].public_token`,
      `${session}[1].results.item_add_results[0].public_token`,
      `${session}[2].results.item_add_results[0].public_token`,
    ],
    finished: [`${session}[0].finished_at`, `${session}[1].finished_at`, `${session}[2].finished_at`],
    // Of the same session each as `finished`.
    exit: {
      at: [`${session}[0].exit`, `${session}[1].exit`, `${session}[2].exit`],
      code: [
        `${session}[0].exit.error.error_code`,
        `${session}[1].exit.error.error_code`,
        `${session}[2].exit.error.error_code`,
        `${session}[0].exit.metadata.status`,
        `${session}[1].exit.metadata.status`,
        `${session}[2].exit.metadata.status`,
      ],
      description: [
        `${session}[0].exit.error.display_message`,
        `${session}[1].exit.error.display_message`,
        `${session}[2].exit.error.display_message`,
        `${session}[0].exit.error.error_message`,
        `${session}[1].exit.error.error_message`,
        `${session}[2].exit.error.error_message`,
      ],
    },
    scopes: { default: ['transactions'] },
  },
  token: {
    url: 'https://{environment}.plaid.com/item/public_token/exchange',
    json: { public_token: '{publicToken}' },
  },
  tokenResponse: {
    error: { code: 'error_code', description: ['error_message', 'display_message'] },
    capture: { itemId: 'item_id' },
    lifetime: false,
  },
  revocation: {
    url: 'https://{environment}.plaid.com/item/remove',
    body: 'json',
    authentication: 'access_token',
    token: 'none',
    headers: version,
    gone: [{ status: 400, values: ['ITEM_NOT_FOUND', 'INVALID_ACCESS_TOKEN'] }],
  },
  discovery: [
    {
      url: 'https://{environment}.plaid.com/item/get',
      method: 'POST',
      capture: {
        itemId: 'item.item_id',
        institutionId: 'item.institution_id',
        institutionName: 'item.institution_name',
      },
    },
  ],
  identity: { id: '{itemId}', name: '{institutionName}' },
  api: {
    baseUrl: 'https://{environment}.plaid.com',
    headers: version,
    credential: {
      json: 'access_token',
      headers: { 'PLAID-CLIENT-ID': '{clientId}', 'PLAID-SECRET': '{clientSecret}' },
    },
    ended: [
      {
        status: 400,
        values: ['ITEM_LOGIN_REQUIRED', 'INVALID_ACCESS_TOKEN', 'ITEM_NOT_FOUND', 'ACCESS_NOT_GRANTED'],
      },
    ],
    rateLimited: [{ at: 'error_type', values: ['RATE_LIMIT_EXCEEDED'] }],
  },
  // Not /transactions/sync: while Plaid still collects, that one answers with nothing and no more to come.
  history: {
    resource: '/transactions/get',
    method: 'POST',
    json: { start_date: '{since}', end_date: '{until}', options: { count: 500 } },
    timeFormat: 'date',
    items: 'transactions',
    id: 'transaction_id',
    time: { at: 'date', format: 'date', order: 'newest-first' },
    page: { by: 'offset', json: 'options.offset', size: 500 },
    notReady: [{ at: 'error_code', values: ['PRODUCT_NOT_READY'] }],
  },
} as const satisfies ProviderDefinition
