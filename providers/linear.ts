import type { ProviderDefinition } from '../src/provider/definition.ts'

export const linear = {
  id: 'linear',
  name: 'Linear',
  category: 'project-management',
  aliases: ['linear.app', 'linear-app'],
  docs: [
    'https://linear.app/developers/oauth-2-0-authentication',
    'https://linear.app/developers/rate-limiting',
    'https://linear.app/developers/filtering',
  ],
  checked: '2026-11-21',
  protocol: 'oauth2',
  setup: {
    console: 'https://linear.app/settings/api/applications/new',
    register:
      'Create an OAuth2 application, preferably in a workspace kept for it, since every admin there can see it.',
    redirectUri: 'Exactly one of the callback URLs of the application.',
  },
  quirks: [
    'One token opens one workspace; the workspace is chosen on the consent page, which `prompt=consent` shows again.',
    'The API is GraphQL: errors come under 200 as well as 400, in `errors`.',
    'A personal API key goes without `Bearer`; tokens of this flow go with it.',
    'Apps made before December 2023 get `scope` as a list.',
  ],
  authorization: {
    url: 'https://linear.app/oauth/authorize',
    scopes: { separator: ',', default: ['read'] },
    pkce: 'supported',
  },
  token: {
    url: 'https://api.linear.app/oauth/token',
    authentication: 'client_secret_post',
  },
  tokenResponse: { lifetime: 86_399 },
  // The same refresh repeated within half an hour gives the same answer (oauth-2-0-authentication).
  refresh: { rotates: true, reuse: { grace: 1_800 } },
  revocation: {
    url: 'https://api.linear.app/oauth/revoke',
    authentication: 'none',
    token: 'refresh_token',
    // Revoked before, and a token that is known no more (oauth-2-0-authentication).
    gone: [{ status: 400 }, { status: 401 }],
  },
  identity: {
    request: {
      url: 'https://api.linear.app/graphql',
      json: { query: '{ organization { id name urlKey } viewer { id name email } }' },
    },
    id: 'data.organization.id',
    name: 'data.organization.name',
  },
  api: {
    baseUrl: 'https://api.linear.app',
    expired: [{ status: 400, at: 'errors[0].extensions.code', values: ['AUTHENTICATION_ERROR'] }],
    rateLimited: [{ status: 400, at: 'errors[0].extensions.code', values: ['RATELIMITED'] }],
    rateLimitReset: { header: 'x-ratelimit-requests-reset', unit: 'unix-ms' },
  },
  history: {
    resource: '/graphql',
    json: {
      query:
        'query ($since: DateTimeOrDuration!, $until: DateTimeOrDuration!, $after: String) { issues(filter: { updatedAt: { gte: $since, lt: $until } }, first: 100, after: $after, orderBy: updatedAt) { nodes { id identifier title updatedAt } pageInfo { hasNextPage endCursor } } }',
      variables: { since: '{since}', until: '{until}' },
    },
    timeFormat: 'iso8601',
    items: 'data.issues.nodes',
    time: { at: 'updatedAt' },
    page: {
      by: 'cursor',
      at: 'data.issues.pageInfo.endCursor',
      more: 'data.issues.pageInfo.hasNextPage',
      json: 'variables.after',
    },
  },
} as const satisfies ProviderDefinition
