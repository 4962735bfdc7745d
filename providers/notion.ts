import type { ProviderDefinition } from '../src/provider/definition.ts'

/** Demanded on every call, those to the token endpoint included (reference/versioning). */
const version = { 'Notion-Version': '2026-03-11' } as const

export const notion = {
  id: 'notion',
  name: 'Notion',
  category: 'knowledge-base',
  docs: [
    'https://developers.notion.com/guides/get-started/authorization',
    'https://developers.notion.com/reference/create-a-token',
    'https://developers.notion.com/reference/refresh-a-token',
    'https://developers.notion.com/reference/revoke-token',
    'https://developers.notion.com/reference/versioning',
  ],
  checked: '2026-11-21',
  protocol: 'oauth2',
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
} as const satisfies ProviderDefinition
