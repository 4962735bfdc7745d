import type { ProviderDefinition } from '../src/provider/definition.ts'

export const figma = {
  id: 'figma',
  name: 'Figma',
  category: 'design',
  aliases: ['figma.com'],
  docs: [
    'https://developers.figma.com/docs/rest-api/authentication/',
    'https://developers.figma.com/docs/rest-api/oauth-apps/',
    'https://developers.figma.com/docs/rest-api/scopes/',
    'https://developers.figma.com/docs/rest-api/rate-limits/',
    'https://developers.figma.com/docs/rest-api/changelog/',
  ],
  checked: '2026-11-21',
  protocol: 'oauth2',
  setup: {
    console: 'https://www.figma.com/developers/apps',
    register:
      'Create an app and give it the scopes the integration asks for, with a reason for each; Figma reviews it before people outside the owning plan can connect.',
    redirectUri: 'Exactly one of the registered URLs; https, or http on localhost.',
  },
  quirks: [
    'The code lives 30 seconds: answer the callback at once, never from a queue.',
    'Figma keeps one access token for an app and a user: a refresh, or a second connection of that user, ends the one before.',
    'No call lists a user’s teams or files: they come from links, `figma.com/design/{fileKey}/…` and `figma.com/files/team/{teamId}`.',
    'Listing projects needs `projects:read`, which Figma gives to private apps only: a public one that asks for it cannot connect anybody.',
    'An invalid token is answered with 403, and so is a missing scope.',
    'View and Collab seats get a few calls a month for files: `Retry-After` may be days.',
    'Nothing revokes a token: the user removes the app under Settings, Security, Connected apps.',
    'The consent page opens in real browsers only, not in embedded ones.',
  ],
  params: {
    fileKey: {
      description: 'a file to read, from its link: figma.com/design/{fileKey}/…',
      pattern: '^[A-Za-z0-9]{1,128}$',
      example: 'PcGX72lSWkYIk3',
    },
  },
  authorization: {
    url: 'https://www.figma.com/oauth',
    scopes: {
      default: ['current_user:read', 'file_metadata:read', 'file_versions:read', 'file_comments:read'],
    },
    pkce: 'supported',
  },
  token: {
    url: 'https://api.figma.com/v1/oauth/token',
    authentication: 'client_secret_basic',
    codeLifetime: 30,
  },
  tokenResponse: {
    // `error` is the boolean `true`, or absent; the words are those of the API's two shapes (rest-api-spec).
    error: { description: ['error_description', 'message', 'err'] },
    lifetime: 7_776_000,
  },
  refresh: {
    // The guide and the OpenAPI name this one, the changelog of 2025-05-16 moves refreshes to the token endpoint; nothing
    // says that either is closed. `grant_type`, which the guide leaves out, makes the request right for both.
    url: 'https://api.figma.com/v1/oauth/refresh',
    rotates: false,
    // Figma documents no answer: only one that speaks of the refresh token itself ends the grant.
    dead: [
      { status: 400, at: ['message', 'err', 'error_description'], contains: 'efresh token' },
      { status: 401, at: ['message', 'err', 'error_description'], contains: 'efresh token' },
      { status: 403, at: ['message', 'err', 'error_description'], contains: 'efresh token' },
    ],
    endsAccessToken: true,
  },
  identity: {
    request: { url: 'https://api.figma.com/v1/me' },
    id: 'id',
    name: ['email', 'handle'],
  },
  api: {
    baseUrl: 'https://api.figma.com',
    expired: [{ status: 403, at: ['err', 'message'], values: ['Invalid token', 'Token expired'] }],
  },
  history: {
    resource: '/v1/files/{fileKey}/versions?page_size=50',
    items: 'versions',
    time: { at: 'created_at' },
    page: { by: 'url', at: 'pagination.next_page' },
  },
} as const satisfies ProviderDefinition
