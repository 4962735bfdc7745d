import type { ProviderDefinition } from '../src/provider/definition.ts'

export const airtable = {
  id: 'airtable',
  name: 'Airtable',
  category: 'project-management',
  aliases: ['airtable.com', 'air-table'],
  docs: [
    'https://airtable.com/developers/web/api/oauth-reference',
    'https://airtable.com/developers/web/api/scopes',
    'https://airtable.com/developers/web/api/get-user-id-scopes',
    'https://airtable.com/developers/web/api/rate-limits',
    'https://support.airtable.com/docs/troubleshooting-oauth-integrations-in-airtable',
  ],
  checked: '2026-11-21',
  protocol: 'oauth2',
  setup: {
    console: 'https://airtable.com/create/oauth',
    register:
      'Register an OAuth integration, select every scope it will ask for, generate a client secret for a server, and give the terms, privacy and support addresses, without which other users get `access_denied`.',
    redirectUri:
      'Exactly one of the registered URLs: https without fragment or user info, http for localhost only.',
  },
  quirks: [
    'A scope that is named twice, or was not registered, is `invalid_scope`.',
    'A wrong client id or redirect URI leaves the user on a page of Airtable; the redirect never comes.',
    'The old access token ends at the moment of a refresh: calls still under way with it come back as 401.',
    'The user picks the bases, and may change them later without a new authorization.',
    'After a 429 of the API, Airtable wants 30 seconds of silence.',
  ],
  authorization: {
    url: 'https://airtable.com/oauth2/v1/authorize',
    scopes: { default: ['data.records:read', 'schema.bases:read', 'user.email:read'] },
    pkce: 'required',
    stateMaxLength: 1_024,
  },
  token: {
    url: 'https://airtable.com/oauth2/v1/token',
    authentication: 'client_secret_basic',
    codeLifetime: 600,
  },
  tokenResponse: {
    fields: { refreshTokenExpiresIn: 'refresh_expires_in' },
    // The API's own errors are an object or a word; those of the token endpoint are RFC 6749's.
    error: {
      code: ['error.type', 'error'],
      description: ['error_description', 'error.message'],
    },
    lifetime: 3_600,
  },
  refresh: {
    rotates: true,
    // Another process has just refreshed this token: no reason to give it up (oauth-reference).
    conflict: [{ status: 409 }],
    lifetime: { idle: 5_184_000 },
    // Repeated refreshes with a used token may cost the authorization (oauth-reference; Airtable/oauth-example).
    reuse: { late: 'ends-grant' },
    endsAccessToken: true,
  },
  identity: {
    request: { url: 'https://api.airtable.com/v0/meta/whoami' },
    id: 'id',
    name: 'email',
  },
  api: { baseUrl: 'https://api.airtable.com/v0' },
  // Records follow base by base: `filterByFormula=IS_AFTER(LAST_MODIFIED_TIME(),'…')`.
  history: {
    resource: '/meta/bases',
    items: 'bases',
    page: { by: 'cursor', at: 'offset', query: 'offset' },
  },
} as const satisfies ProviderDefinition
