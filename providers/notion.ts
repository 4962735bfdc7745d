import type { ProviderDefinition } from '../src/provider/definition.ts'

/** Demanded on every call, those to the token endpoint included (reference/versioning). */
const version = { 'Notion-Version': '2026-03-11' } as const

export const notion = {
  id: 'notion',
  name: 'Notion',
  category: 'knowledge-base',
  aliases: ['notion.so', 'notion.com'],
  docs: [
    'https://developers.notion.com/guides/get-started/authorization',
    'https://developers.notion.com/reference/create-a-token',
    'https://developers.notion.com/reference/refresh-a-token',
    'https://developers.notion.com/reference/revoke-token',
    'https://developers.notion.com/reference/versioning',
    'https://developers.notion.com/reference/post-search',
    'https://developers.notion.com/guides/get-started/public-connections',
  ],
  checked: '2026-11-21',
  protocol: 'oauth2',
  setup: {
    console: 'https://www.notion.so/developers/connections',
    register:
      'Create a public connection (an internal one has no OAuth), choose its installation scope, which cannot be changed later, and its capabilities.',
    redirectUri: 'One of the registered redirect URIs, the same in the exchange.',
  },
  quirks: [
    'There are no scopes: capabilities are set in the developer portal, and the user picks the pages; a connection sees nothing else.',
    'Answers name no end of a token although a refresh token comes: a refresh is due when the API answers 401.',
    'Every authorization since 2026-06-08 gives a new pair of tokens; connections from before refresh tokens have none and go on.',
    'Rows of a database are read from its data source: `POST /data_sources/{id}/query`, with a filter on `last_edited_time`.',
    'The MCP server of Notion is another authorization server.',
  ],
  // No scopes: what an integration may do is set in the developer portal, and users pick the pages.
  authorization: {
    url: 'https://api.notion.com/v1/oauth/authorize',
    params: { owner: 'user' },
    pkce: 'unsupported',
  },
  token: {
    url: 'https://api.notion.com/v1/oauth/token',
    body: 'json',
    authentication: 'client_secret_basic',
    headers: version,
  },
  tokenResponse: {
    // OAuth's own shape, or the API's (`object: "error"`), depending on what was wrong (create-a-token).
    error: { code: ['error', 'code'], description: ['error_description', 'message'] },
    lifetime: false,
  },
  refresh: { rotates: true },
  revocation: {
    url: 'https://api.notion.com/v1/oauth/revoke',
    body: 'json',
    authentication: 'client_secret_basic',
    token: 'access_token',
    headers: version,
  },
  identity: { id: 'workspace_id', name: 'workspace_name' },
  api: {
    baseUrl: 'https://api.notion.com/v1',
    headers: version,
  },
  // Newest first, without a time bound: a backfill stops at the first page that is too old.
  history: {
    resource: '/search',
    json: { sort: { timestamp: 'last_edited_time', direction: 'descending' }, page_size: 100 },
    items: 'results',
    time: { at: 'last_edited_time', order: 'newest-first' },
    page: { by: 'cursor', at: 'next_cursor', more: 'has_more', json: 'start_cursor' },
  },
} as const satisfies ProviderDefinition
