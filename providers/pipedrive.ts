import type { ProviderDefinition } from '../src/provider/definition.ts'

export const pipedrive = {
  id: 'pipedrive',
  name: 'Pipedrive',
  category: 'crm',
  aliases: ['pipe-drive', 'pipedrive-crm'],
  docs: [
    'https://pipedrive.readme.io/docs/marketplace-oauth-authorization',
    'https://pipedrive.readme.io/docs/marketplace-oauth-and-api-proxy-status-codes',
    'https://developers.pipedrive.com/docs/api/v1/Oauth',
    'https://pipedrive.readme.io/docs/app-installation-flows',
    'https://pipedrive.readme.io/docs/app-uninstallation',
    'https://pipedrive.readme.io/docs/marketplace-getting-user-data',
    'https://pipedrive.readme.io/docs/marketplace-scopes-and-permissions-explanations',
  ],
  checked: '2026-11-21',
  setup: {
    console: 'https://app.pipedrive.com/developer-hub',
    register:
      'An app with the scopes base, deals:read, contacts:read, activities:read, leads:read, mail:read and users:read: scopes are chosen there, not in the authorization request.',
    redirectUri: 'Exactly one callback URL per app, over https, compared exactly.',
  },
  quirks: [
    'A customer who cancels comes back with error=user_denied, not access_denied.',
    'An installation begun in Pipedrive’s marketplace arrives at the callback without a state of yours; send such a user to your own connect link.',
    'An uninstallation is told to the same callback URL, with DELETE and Basic authentication; latchkey does not serve it, so route it to your own code.',
    'The scopes of an answer are parted by commas.',
    'The API host changes when a company renames its subdomain; every refresh brings the present one.',
  ],
  protocol: 'oauth2',
  params: {
    apiDomain: {
      description: "the company's own API server",
      pattern: '^https://[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.pipedrive\\.com$',
      example: 'https://acme.pipedrive.com',
      from: 'token',
      format: 'url',
    },
  },
  authorization: {
    url: 'https://oauth.pipedrive.com/oauth/authorize',
    // Client id, redirect URI and state are all it knows (marketplace-oauth-authorization).
    sendResponseType: false,
    pkce: 'unsupported',
  },
  token: {
    url: 'https://oauth.pipedrive.com/oauth/token',
    authentication: 'client_secret_basic',
    codeLifetime: 300,
  },
  tokenResponse: {
    error: { description: 'message' },
    capture: { apiDomain: 'api_domain' },
    lifetime: 3_600,
  },
  refresh: {
    // A token "already exchanged" is refused (status codes), though its value often stays: store what comes.
    rotates: 'sometimes',
    lifetime: { idle: 5_184_000 },
  },
  revocation: {
    url: 'https://oauth.pipedrive.com/oauth/revoke',
    authentication: 'client_secret_basic',
    // The refresh token: that uninstalls the app for this user.
    token: 'refresh_token',
    ends: 'grant',
  },
  identity: {
    request: { url: '{apiDomain}/api/v1/users/me' },
    id: 'data.company_id',
    name: 'data.company_name',
  },
  api: {
    // Both versions are in use: what v2 does not have yet is under /v1.
    baseUrl: '{apiDomain}/api',
    rateLimitReset: { header: 'x-ratelimit-reset', unit: 'seconds' },
  },
  history: {
    resource:
      '/v2/deals?limit=500&sort_by=update_time&sort_direction=desc&updated_since={since}&updated_until={until}',
    timeFormat: 'iso8601',
    items: 'data',
    time: { at: 'update_time', order: 'newest-first' },
    page: { by: 'cursor', at: 'additional_data.next_cursor', query: 'cursor' },
  },
} as const satisfies ProviderDefinition
