import type { ProviderDefinition } from '../src/provider/definition.ts'

export const monday = {
  id: 'monday',
  name: 'monday.com',
  category: 'project-management',
  aliases: ['monday.com', 'monday-com', 'mondaycom'],
  docs: [
    'https://developer.monday.com/apps/docs/oauth',
    'https://developer.monday.com/apps/docs/migrating-to-the-new-oauth-flow',
    'https://developer.monday.com/api-reference/docs/api-versioning',
    'https://developer.monday.com/api-reference/docs/rate-limits',
    'https://developer.monday.com/api-reference/docs/error-handling',
    'https://developer.monday.com/api-reference/changelog/board-activity-logs-cursor-pagination-and-90-day-limit',
  ],
  checked: '2026-11-21',
  lifecycle: {
    status: 'sunset',
    since: '2027-04-01',
    source: 'https://developer.monday.com/api-reference/docs/api-versioning',
    note: 'monday.com keeps the API version 2026-10 for at least six months; after that the version here has to be raised.',
  },
  protocol: 'oauth2',
  setup: {
    console: 'https://monday.com/developers/apps',
    register:
      'Create an app, choose its scopes under OAuth & Permissions, turn on "New OAuth Flow" in a draft version, and promote that version to live.',
    redirectUri: 'One of the URLs registered under OAuth & Permissions.',
  },
  quirks: [
    'The app must be installed on the account; only an admin can do that, and a member is stopped on a page of monday.com until then.',
    'A connection may do what the user may: an admin who connects gives the access of an admin.',
    'Scopes are set for each version of the app; an authorization may ask for some of them, never for others.',
    'Access tokens of the old flow, which had no end, were announced to stop on 2026-10-01; this definition speaks the new flow (OAuth 2.1) only.',
    'The API is GraphQL: most errors come under 200, in `errors`; failed calls count against the daily limit too.',
    'A version of the API is current for a quarter and kept for one more; this definition asks for 2026-10.',
    'The activity log of a board takes a time bound; from version 2027-01 on it reaches 90 days back, less than three months.',
  ],
  params: {
    subdomain: {
      description: 'the account to open on the consent page, the part before .monday.com',
      pattern: '^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$',
      example: 'acme',
      normalize: {
        lowercase: true,
        stripPrefixes: ['https://', 'http://'],
        stripSuffixes: ['/', '.monday.com'],
      },
    },
  },
  authorization: {
    url: 'https://auth.monday.com/oauth2/authorize',
    params: {
      // Lets an admin install the app on the way, where the flow would end otherwise (docs/oauth).
      force_install_if_needed: 'true',
      subdomain: '{subdomain}',
    },
    scopes: {
      default: ['me:read', 'account:read', 'boards:read', 'updates:read', 'users:read', 'workspaces:read'],
    },
    pkce: 'required',
    // The documented requests are without it; `response_type=install` is another flow (docs/oauth).
    sendResponseType: false,
    // No `issuer`: the only metadata seen are those of the MCP server, and they name https://auth.monday.com/mcp.
  },
  token: {
    url: 'https://auth.monday.com/oauth_ms/oauth/token',
    body: 'json',
    authentication: 'client_secret_post',
    codeLifetime: 600,
  },
  tokenResponse: {
    // No `expires_in`: the end stands in the token alone (migrating-to-the-new-oauth-flow).
    fields: { expiresAt: { at: 'jwt(access_token).exp', format: 'unix-seconds' } },
    lifetime: 3_600,
  },
  refresh: { rotates: true },
  revocation: {
    url: 'https://auth.monday.com/oauth_ms/oauth/revoke',
    body: 'json',
    authentication: 'client_secret_post',
    token: 'refresh_token',
  },
  identity: {
    request: {
      url: 'https://api.monday.com/v2',
      json: { query: '{ me { id name account { id name slug } } }' },
    },
    id: 'data.me.account.id',
    name: 'data.me.account.name',
  },
  api: {
    baseUrl: 'https://api.monday.com',
    headers: { 'API-Version': '2026-10' },
    // Besides HTTP 429: the same said in GraphQL, under 200 (error-handling).
    rateLimited: [
      {
        status: 200,
        at: ['errors[0].extensions.code', 'error_code'],
        values: [
          'COMPLEXITY_BUDGET_EXHAUSTED',
          'DAILY_LIMIT_EXCEEDED',
          'FIELD_LIMIT_EXCEEDED',
          'FIELD_MINUTE_RATE_LIMIT_EXCEEDED',
          'IP_RATE_LIMIT_EXCEEDED',
          'RATE_LIMIT_EXCEEDED',
          'maxConcurrencyExceeded',
        ],
      },
    ],
  },
  // Without a time bound; what changed on a board follows from its `activity_logs(from: …)`.
  history: {
    resource: '/v2',
    json: {
      query:
        'query ($page: Int!) { boards(limit: 100, page: $page, order_by: created_at) { id name updated_at } }',
    },
    items: 'data.boards',
    // By their creation, since a board that is used meanwhile would lose its place. Without a size: whether boards that
    // the user may not see shorten a page is not said.
    page: { by: 'number', json: 'variables.page' },
  },
} as const satisfies ProviderDefinition
