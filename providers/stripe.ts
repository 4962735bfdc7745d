import type { ProviderDefinition } from '../src/provider/definition.ts'

export const stripe = {
  id: 'stripe',
  name: 'Stripe',
  category: 'payments',
  aliases: ['stripe-connect', 'stripe.com'],
  docs: [
    'https://docs.stripe.com/connect/oauth-reference',
    'https://docs.stripe.com/connect/oauth-standard-accounts',
    'https://docs.stripe.com/connect/oauth-changes-for-standard-platforms',
    'https://docs.stripe.com/api/accounts/retrieve',
  ],
  checked: '2026-11-21',
  protocol: 'oauth2',
  lifecycle: {
    status: 'legacy',
    since: '2021-06-01',
    source: 'https://docs.stripe.com/connect/oauth-changes-for-standard-platforms',
    note: 'Connect OAuth is for platforms that have it; accounts under another platform cannot connect, and a new integration takes Stripe Apps (stripe-app).',
  },
  setup: {
    console: 'https://dashboard.stripe.com/settings/connect/onboarding-options/oauth',
    register:
      'Enable OAuth for Standard accounts in the Connect settings; the client id is `ca_…`, and the client secret is the platform’s own secret API key.',
    redirectUri: 'Exactly one of the registered URIs; https in live mode.',
  },
  quirks: [
    'The client secret is the platform’s secret API key; its mode, live or test, must be that of the client id.',
    'A code that is used twice ends the connection of the account.',
    'A refusal comes back to the redirect URI; every other mistake leaves the user at Stripe with a JSON error.',
    'Platforms are given `read_write` and nothing less; `read_only` is for Extensions.',
    'Stripe advises the platform’s own key with the header `Stripe-Account` over the access token; the account id is the param `accountId`.',
    'An account that disconnects at Stripe is told by the webhook `account.application.deauthorized`.',
    'Errors of the API are objects, those of the OAuth endpoints are strings.',
    '`/v1/events` reaches back 30 days only.',
  ],
  params: {
    accountId: {
      description: 'the connected account',
      pattern: '^acct_[A-Za-z0-9]{1,64}$',
      example: 'acct_1032D82eZvKYlo2C',
      from: 'token',
    },
  },
  authorization: {
    url: 'https://connect.stripe.com/oauth/authorize',
    // Read access alone is not to be had (oauth-changes-for-standard-platforms).
    scopes: { default: ['read_write'] },
    pkce: 'unsupported',
  },
  token: {
    url: 'https://connect.stripe.com/oauth/token',
    // The secret key goes where other providers want a client secret (oauth-reference).
    authentication: 'client_secret_post',
    sendRedirectUri: false,
    codeLifetime: 300,
  },
  tokenResponse: {
    capture: { accountId: 'stripe_user_id' },
    lifetime: false,
  },
  refresh: {
    // Nothing says whether the refresh token changes: what comes is kept.
    rotates: 'sometimes',
    // It revokes the access token of the same scope and mode (oauth-reference).
    endsAccessToken: true,
  },
  revocation: {
    // By account, with the platform's key.
    url: 'https://connect.stripe.com/oauth/deauthorize',
    authentication: 'client_secret_basic',
    basicCredentials: { username: '{clientSecret}', password: '' },
    token: 'none',
    params: { client_id: '{clientId}', stripe_user_id: '{accountId}' },
    gone: [{ values: ['invalid_client'], contains: 'is not connected to stripe account' }],
    ends: 'account',
  },
  identity: {
    request: { url: 'https://api.stripe.com/v1/account' },
    id: 'id',
    name: ['settings.dashboard.display_name', 'business_profile.name', 'email'],
  },
  api: {
    baseUrl: 'https://api.stripe.com/v1',
    // Reports and exports.
    hosts: ['https://files.stripe.com'],
  },
  history: {
    resource: '/charges?limit=100&created%5Bgte%5D={since}&created%5Blt%5D={until}',
    timeFormat: 'unix-seconds',
    items: 'data',
    time: { at: 'created', format: 'unix-seconds', order: 'newest-first' },
    page: { by: 'last-item', at: 'id', more: 'has_more', query: 'starting_after' },
  },
} as const satisfies ProviderDefinition
