import type { ProviderDefinition } from '../src/provider/definition.ts'

export const stripeApp = {
  id: 'stripe-app',
  name: 'Stripe Apps',
  category: 'payments',
  aliases: ['stripe-apps', 'stripe-marketplace'],
  docs: [
    'https://docs.stripe.com/stripe-apps/api-authentication/oauth',
    'https://docs.stripe.com/stripe-apps/reference/permissions',
    'https://docs.stripe.com/stripe-apps/reference/app-manifest',
  ],
  checked: '2026-11-21',
  protocol: 'oauth2',
  setup: {
    console: 'https://dashboard.stripe.com/apps',
    register:
      'Upload a Stripe App whose manifest has `stripe_api_access_type: oauth`, public distribution and the permissions to read what the integration reads; the client secret is the app developer’s own secret API key.',
    redirectUri: 'One of `allowed_redirect_uris` of the app’s manifest.',
  },
  quirks: [
    'The client secret is the developer’s secret API key, of the mode, live or test, of the install link: use one client for each mode.',
    'Permissions stand in the manifest, not in the authorization request; every grant has the one scope `stripe_apps`.',
    'The public install link works once the app is published; before, set `installLinkId` to the id in the link of the “External test” tab.',
    'No answer says that an access token ends after an hour.',
    'A refresh that speaks of missing permissions means that another account’s or mode’s key was used.',
    'Disconnecting asks Stripe to remove the app from the account, by a call that its pages on Stripe Apps do not name; else the user uninstalls it in the dashboard.',
  ],
  params: {
    accountId: {
      description: 'the account that installed the app',
      pattern: '^acct_[A-Za-z0-9]{1,64}$',
      example: 'acct_1032D82eZvKYlo2C',
      from: 'token',
    },
    // The dashboard shows the whole link; its form is not documented.
    installLinkId: {
      description: 'the id in the install link of an external test',
      pattern: '^[A-Za-z0-9_-]{1,100}$',
      example: 'chnlink_61Abc',
      trusted: true,
    },
  },
  derived: {
    installLink: {
      from: 'installLinkId',
      cases: [
        { when: '^$', value: 'https://marketplace.stripe.com/oauth/v2' },
        { when: '^.+$', value: 'https://marketplace.stripe.com/oauth/v2/{installLinkId}' },
      ],
    },
  },
  authorization: {
    url: '{installLink}/authorize',
    // Three parameters are documented: client_id, redirect_uri, state.
    sendResponseType: false,
    pkce: 'unsupported',
  },
  token: {
    url: 'https://api.stripe.com/v1/oauth/token',
    authentication: 'client_secret_basic',
    basicCredentials: { username: '{clientSecret}', password: '' },
    sendRedirectUri: false,
    codeLifetime: 300,
  },
  tokenResponse: {
    // Either RFC 6749's words or the object of Stripe's API.
    error: {
      code: ['error.code', 'error.type', 'error'],
      description: ['error_description', 'error.message'],
    },
    capture: { accountId: 'stripe_user_id' },
    defaultExpiresIn: 3_600,
  },
  // A year from the last refresh; the one before ends at once.
  refresh: { rotates: true, lifetime: { idle: 31_536_000 } },
  revocation: {
    // What integrations of Stripe Apps do, and Stripe documents for Connect only: a refusal costs nothing.
    url: 'https://api.stripe.com/v1/oauth/deauthorize',
    authentication: 'client_secret_basic',
    basicCredentials: { username: '{clientSecret}', password: '' },
    token: 'none',
    params: { client_id: '{clientId}', stripe_user_id: '{accountId}' },
    gone: [{ contains: 'is not connected to stripe account' }],
    ends: 'account',
  },
  identity: { id: 'stripe_user_id' },
  api: {
    baseUrl: 'https://api.stripe.com/v1',
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
