import type { ProviderDefinition } from '../src/provider/definition.ts'

export const drift = {
  id: 'drift',
  name: 'Drift',
  category: 'communication',
  aliases: ['salesloft-drift', 'drift.com'],
  docs: [
    'https://devdocs.drift.com/docs/authentication-and-scopes',
    'https://devdocs.drift.com/docs/get-token-information',
    'https://devdocs.drift.com/docs/faqs',
  ],
  checked: '2026-11-21',
  // No page of Clari + Salesloft could be read; the notes quote their announcement.
  lifecycle: {
    status: 'closing',
    since: '2026-03-06',
    source: 'https://github.com/productdevbook/ahize/issues/81',
    note: 'Clari + Salesloft are winding Drift down, with 60 to 90 days for customers: expect its servers to be gone, and begin no new integration.',
  },
  setup: {
    console: 'https://dev.drift.com/apps',
    register:
      'An app with the scopes conversation_read, contact_read, user_read and account_read on its OAuth & Permissions page: scopes are chosen there, not in the authorization request.',
    redirectUri: 'One redirect URL, the one in the app’s settings, compared exactly.',
  },
  quirks: [
    'A token belongs to the organization, not to the person who connected.',
    'Drift was offline for weeks from September 2025, and every OAuth token of its own integrations was revoked.',
    'There is no way to revoke a token: an administrator removes the app in Drift’s settings.',
    'The documented example of the callback has a second "?" where "&" belongs; the redirect itself is well-formed.',
  ],
  protocol: 'oauth2',
  params: {
    orgId: {
      description: 'the Drift organization',
      pattern: '^[0-9]{1,20}$',
      example: '123',
      from: ['token', 'discovery'],
    },
  },
  authorization: {
    url: 'https://dev.drift.com/authorize',
    pkce: 'unsupported',
  },
  token: {
    url: 'https://driftapi.com/oauth2/token',
    authentication: 'client_secret_post',
    sendRedirectUri: false,
  },
  tokenResponse: {
    // Other clients find it there; the documentation asks token_info, below.
    capture: { orgId: 'orgId' },
    // Two hours, in seconds as RFC 6749 has it; token_info counts in milliseconds, and the answer's own unit is nowhere
    // said. Should it be milliseconds too, the 401 at the end of the token still leads to a refresh.
    lifetime: 7_200,
  },
  // Whether the refresh token changes is not documented: store what comes.
  refresh: { rotates: 'sometimes' },
  discovery: [
    {
      url: 'https://driftapi.com/app/token_info',
      json: { access_token: '{accessToken}' },
      credential: false,
      capture: { orgId: { at: 'authenticated_userid', extract: '^orgId:([0-9]+)$' } },
    },
  ],
  identity: { id: '{orgId}' },
  api: { baseUrl: 'https://driftapi.com' },
  history: {
    resource: '/conversations/list?limit=50',
    items: 'data',
    time: { at: 'updatedAt', format: 'unix-ms', order: 'newest-first' },
    page: { by: 'cursor', at: 'pagination.next', more: 'pagination.more', query: 'next' },
  },
} as const satisfies ProviderDefinition
