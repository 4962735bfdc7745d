import type { ProviderDefinition } from '../src/provider/definition.ts'

export const asana = {
  id: 'asana',
  name: 'Asana',
  category: 'project-management',
  aliases: ['asana.com'],
  docs: [
    'https://developers.asana.com/docs/oauth',
    'https://developers.asana.com/docs/oauth-scopes',
    'https://developers.asana.com/docs/rate-limits',
    'https://developers.asana.com/reference/getworkspaces',
  ],
  checked: '2026-11-21',
  protocol: 'oauth2',
  setup: {
    console: 'https://app.asana.com/0/my-apps',
    register:
      'Create an app, give it the scopes your integration asks for under OAuth, and make it available to the workspaces that will connect.',
    redirectUri: 'Exactly one of the registered URLs: https, http for localhost only.',
  },
  quirks: [
    'A scope that the app was not given in the console stops the authorization with `forbidden_scopes`.',
    'An app registered with full permissions may ask for the scope `default` only, any other is `forbidden_scopes`.',
    'A fuller scope does not include a lesser one: `tasks:write` reads nothing.',
    'The app must be available in the workspace of the user (manage distribution), or nobody there can authorize it.',
    'Tasks are listed by project: `/tasks?project={gid}&modified_since={since}`; the search of a whole workspace is for paying workspaces only.',
    'Every answer of the API stands in `data`, every error in `errors`.',
  ],
  params: {
    workspaceGid: {
      description: 'the workspace or organization',
      pattern: '^[0-9]{1,20}$',
      example: '12345',
      from: ['user', 'discovery'],
    },
  },
  authorization: {
    url: 'https://app.asana.com/-/oauth_authorize',
    scopes: { default: ['projects:read', 'stories:read', 'tasks:read', 'users:read', 'workspaces:read'] },
    pkce: 'supported',
  },
  token: {
    url: 'https://app.asana.com/-/oauth_token',
    authentication: 'client_secret_post',
  },
  tokenResponse: { lifetime: 3_600 },
  // A refresh answers without a refresh token: the first one stays good until the user takes it back (docs/oauth).
  refresh: { rotates: false },
  revocation: {
    url: 'https://app.asana.com/-/oauth_revoke',
    authentication: 'client_secret_post',
    // An access token is refused here; a refresh token takes the access tokens with it (docs/oauth).
    token: 'refresh_token',
  },
  discovery: [
    {
      url: 'https://app.asana.com/api/1.0/workspaces?limit=100&opt_fields=name',
      choose: { param: 'workspaceGid', list: 'data', id: 'gid', name: 'name' },
    },
  ],
  // Older samples of docs/oauth have only `id`, the same number.
  identity: { id: ['data.gid', 'data.id'], name: ['data.email', 'data.name'] },
  api: {
    baseUrl: 'https://app.asana.com/api/1.0',
    headers: { Accept: 'application/json' },
  },
  // Without a time bound: tasks have one (modified_since).
  history: {
    resource: '/projects?workspace={workspaceGid}&limit=100&opt_fields=name,modified_at',
    items: 'data',
    id: 'gid',
    page: { by: 'cursor', at: 'next_page.offset', query: 'offset' },
  },
} as const satisfies ProviderDefinition
