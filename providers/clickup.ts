import type { ProviderDefinition } from '../src/provider/definition.ts'

export const clickup = {
  id: 'clickup',
  name: 'ClickUp',
  category: 'project-management',
  aliases: ['click-up', 'clickup.com'],
  docs: [
    'https://developer.clickup.com/docs/authentication',
    'https://developer.clickup.com/reference/getaccesstoken',
    'https://developer.clickup.com/docs/common_errors',
    'https://developer.clickup.com/docs/rate-limits',
  ],
  checked: '2026-11-21',
  protocol: 'oauth2',
  setup: {
    console: 'https://app.clickup.com/settings/apps',
    register:
      'As owner or admin of a workspace, create an app and give it a redirect URL; the client id and secret follow.',
    redirectUri: 'A registered URL; https, since http may be refused one day.',
  },
  quirks: [
    'There are no scopes: a token may do what the user may, in the workspaces picked on the consent page.',
    'The API calls a workspace a team.',
    'Tokens have no end for now and no refresh; ClickUp keeps the right to change that.',
    'What becomes of a user who says no is not documented; the redirect may never come.',
    'Sending the user through the authorization again changes which workspaces the token reaches.',
    'Nothing revokes a token but the user, in the settings of ClickUp.',
  ],
  params: {
    teamId: {
      description: 'the workspace',
      pattern: '^[0-9]{1,20}$',
      example: '1234',
      from: ['user', 'discovery'],
    },
  },
  authorization: {
    url: 'https://app.clickup.com/api',
    pkce: 'unsupported',
    sendResponseType: false,
  },
  token: {
    url: 'https://api.clickup.com/api/v2/oauth/token',
    // Documented as query parameters; a JSON body is taken too, and keeps the secret out of URLs.
    body: 'json',
    authentication: 'client_secret_post',
    sendRedirectUri: false,
    sendGrantType: false,
  },
  tokenResponse: {
    error: { code: 'ECODE', description: 'err' },
    lifetime: false,
  },
  refresh: false,
  discovery: [
    {
      url: 'https://api.clickup.com/api/v2/team',
      choose: { param: 'teamId', list: 'teams', id: 'id', name: 'name' },
    },
  ],
  identity: {
    request: { url: 'https://api.clickup.com/api/v2/user' },
    id: 'user.id',
    name: ['user.email', 'user.username'],
  },
  api: {
    baseUrl: 'https://api.clickup.com/api/v2',
    // The token is good, the user has not opened this workspace to it (common_errors, "Team not authorized").
    notExpired: [
      {
        status: 401,
        at: 'ECODE',
        values: [
          'OAUTH_023',
          'OAUTH_026',
          'OAUTH_027',
          'OAUTH_029',
          'OAUTH_030',
          'OAUTH_031',
          'OAUTH_032',
          'OAUTH_033',
          'OAUTH_034',
          'OAUTH_035',
          'OAUTH_036',
          'OAUTH_037',
          'OAUTH_038',
          'OAUTH_039',
          'OAUTH_040',
          'OAUTH_041',
          'OAUTH_042',
          'OAUTH_043',
          'OAUTH_044',
          'OAUTH_045',
        ],
      },
    ],
    // The user took the authorization back (common_errors, "Token not found").
    ended: [{ status: 401, at: 'ECODE', values: ['OAUTH_019', 'OAUTH_021', 'OAUTH_025', 'OAUTH_077'] }],
    rateLimitReset: { header: 'x-ratelimit-reset', unit: 'unix-seconds' },
  },
  history: {
    resource:
      '/team/{teamId}/task?date_updated_gt={since}&order_by=updated&include_closed=true&subtasks=true',
    timeFormat: 'unix-ms',
    // Greater than: a task of that very millisecond would be missing. Without `date_updated_lt`: a task that is updated
    // meanwhile would leave the list, and the first of the next page would take its place on one that was read already.
    margin: 1,
    items: 'tasks',
    time: { at: 'date_updated', format: 'unix-ms' },
    page: { by: 'number', first: 0, query: 'page', done: 'last_page' },
  },
} as const satisfies ProviderDefinition
