import type { ProviderDefinition } from '../src/provider/definition.ts'

export const intercom = {
  id: 'intercom',
  name: 'Intercom',
  category: 'support',
  aliases: ['intercom.io', 'intercom.com'],
  docs: [
    'https://developers.intercom.com/docs/build-an-integration/learn-more/authentication/setting-up-oauth',
    'https://developers.intercom.com/docs/build-an-integration/learn-more/authentication/installing-uninstalling-apps',
    'https://developers.intercom.com/building-apps/docs/rest-apis',
    'https://developers.intercom.com/docs/references/rest-api/api.intercom.io',
  ],
  checked: '2026-11-21',
  setup: {
    console: 'https://app.intercom.com/a/apps/_/developer-hub',
    register:
      'An app with OAuth switched on and the permissions to read conversations, contacts, admins and tickets: permissions are check boxes there, not in the authorization request.',
    redirectUri: 'One or more redirect URLs, https without exception (no localhost over http).',
  },
  quirks: [
    'A token has no end and no refresh token; once it is refused, the user connects again.',
    'Disconnecting uninstalls the app from the workspace for everybody.',
    'An app that other workspaces may install needs Intercom’s review, and so does every change of its permissions.',
    'A workspace in the EU or Australia gives its consent on its own host: choose the region before the flow begins.',
  ],
  protocol: 'oauth2',
  params: {
    region: {
      description: 'where the workspace is hosted: us, eu or au',
      pattern: '^(?:us|eu|au)$',
      example: 'eu',
      default: 'us',
      normalize: { lowercase: true },
    },
  },
  derived: {
    appHost: {
      from: 'region',
      cases: [
        { when: '^us$', value: 'app.intercom.com' },
        { when: '^eu$', value: 'app.eu.intercom.com' },
        { when: '^au$', value: 'app.au.intercom.com' },
      ],
    },
    // The first finds a workspace wherever it is; the others stay in their region (rest-apis).
    apiHost: {
      from: 'region',
      cases: [
        { when: '^us$', value: 'api.intercom.io' },
        { when: '^eu$', value: 'api.eu.intercom.io' },
        { when: '^au$', value: 'api.au.intercom.io' },
      ],
    },
  },
  authorization: {
    url: 'https://{appHost}/oauth',
    // Client id, state and redirect URI are all it knows (using-oauth).
    sendResponseType: false,
    pkce: 'unsupported',
  },
  token: {
    url: 'https://{apiHost}/auth/eagle/token',
    authentication: 'client_secret_post',
    // Code, client id and client secret are all it knows (using-oauth).
    sendGrantType: false,
    sendRedirectUri: false,
    codeLifetime: 300,
  },
  tokenResponse: {
    // The same token under two names; older answers have the second one only.
    fields: { accessToken: ['access_token', 'token'] },
    error: { code: 'errors[0].code', description: 'errors[0].message' },
    lifetime: false,
  },
  refresh: false,
  revocation: {
    // The global host, which finds the workspace by its token; no regional one is documented.
    url: 'https://api.intercom.io/auth/uninstall',
    body: 'json',
    authentication: 'access_token',
    token: 'none',
    gone: [{ status: 401 }],
    ends: 'account',
  },
  identity: {
    request: { url: 'https://{apiHost}/me' },
    id: 'app.id_code',
    name: 'app.name',
  },
  api: {
    baseUrl: 'https://{apiHost}',
    headers: { Accept: 'application/json', 'Intercom-Version': '2.16' },
    // There is nothing to refresh: a refused token means that the user must connect again.
    ended: [{ status: 401, at: 'errors[0].code', values: ['unauthorized', 'token_revoked'] }],
    rateLimitReset: { header: 'x-ratelimit-reset', unit: 'unix-seconds' },
  },
  history: {
    resource: '/conversations/search',
    json: {
      query: {
        operator: 'AND',
        value: [
          { field: 'updated_at', operator: '>', value: '{since}' },
          { field: 'updated_at', operator: '<', value: '{until}' },
        ],
      },
      sort: { field: 'updated_at', order: 'ascending' },
      pagination: { per_page: 150 },
    },
    timeFormat: 'unix-seconds',
    // The search of contacts reads a time as its whole UTC day; that of conversations does not say.
    margin: 24,
    items: 'conversations',
    time: { at: 'updated_at', format: 'unix-seconds' },
    page: { by: 'cursor', at: 'pages.next.starting_after', json: 'pagination.starting_after' },
  },
} as const satisfies ProviderDefinition
