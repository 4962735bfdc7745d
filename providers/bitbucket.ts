import type { ProviderDefinition } from '../src/provider/definition.ts'

/** Bitbucket Cloud. Its authorization server is its own, and not that of Jira and Trello. */
export const bitbucket = {
  id: 'bitbucket',
  name: 'Bitbucket',
  category: 'dev-tools',
  aliases: ['bitbucket-cloud', 'bitbucket.org', 'atlassian-bitbucket'],
  docs: [
    'https://developer.atlassian.com/cloud/bitbucket/oauth-2/',
    'https://support.atlassian.com/bitbucket-cloud/docs/use-oauth-on-bitbucket-cloud/',
    'https://community.developer.atlassian.com/t/oauth-2-0-and-api-authentication-changes-for-bitbucket-cloud/99003',
    'https://developer.atlassian.com/cloud/bitbucket/rest/api-group-workspaces/',
  ],
  checked: '2026-11-21',
  protocol: 'oauth2',
  setup: {
    console: 'https://support.atlassian.com/bitbucket-cloud/docs/use-oauth-on-bitbucket-cloud/',
    register:
      'An OAuth consumer in the settings of a workspace, as a private consumer, with the permissions Account: Read, Repositories: Read and Pull requests: Read. These are the scopes of every token.',
    redirectUri: 'One callback URL per consumer; what is sent must be it, or extend it.',
  },
  quirks: [
    "The scopes are those ticked on the consumer; the authorization request's are ignored.",
    'Since 4 May 2026 refresh tokens rotate and end after three months without use, and a token is taken in the Authorization header only.',
    "The token answer's `state` is the grant type, and not the flow's state.",
    'Lists across workspaces (/workspaces, /repositories) are gone since 14 April 2026: every list names its workspace.',
    'A workspace that changes its id (slug) must be chosen again.',
    'There is no revocation endpoint: the user removes the app under Personal settings, App authorizations.',
  ],
  params: {
    workspace: {
      description: 'the Bitbucket workspace, by its id in the address bar',
      pattern: '^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$',
      example: 'bbworkspace1',
      from: ['user', 'discovery'],
    },
  },
  authorization: {
    url: 'https://bitbucket.org/site/oauth2/authorize',
    // Undocumented, so nothing is sent.
    pkce: 'unsupported',
  },
  token: {
    url: 'https://bitbucket.org/site/oauth2/access_token',
    authentication: 'client_secret_basic',
  },
  tokenResponse: {
    // `scopes` until May 2026 (oauth-2-0-and-api-authentication-changes).
    fields: { scope: ['scope', 'scopes'] },
    // Newer pages speak of one hour; what counts is what an answer says.
    lifetime: 7_200,
  },
  refresh: {
    rotates: true,
    // The word that was seen for it; RFC 6749's own counts as well.
    dead: [{ values: ['invalid_request'], contains: 'Invalid refresh_token' }],
    lifetime: { idle: 7_776_000 },
  },
  discovery: [
    {
      // Everything but the account itself is asked of a workspace.
      url: 'https://api.bitbucket.org/2.0/user/workspaces?pagelen=100',
      choose: {
        param: 'workspace',
        list: 'values',
        id: 'workspace.slug',
        name: ['workspace.name', 'workspace.slug'],
      },
    },
  ],
  identity: {
    request: { url: 'https://api.bitbucket.org/2.0/user' },
    id: ['account_id', 'uuid'],
    name: ['display_name', 'nickname'],
  },
  api: { baseUrl: 'https://api.bitbucket.org/2.0' },
  // Without an upper bound: a repository that changed since then still holds what came before.
  history: {
    resource:
      '/repositories/{workspace}?q=updated_on%20%3E%3D%20{since}&sort=-updated_on&role=member&pagelen=100',
    timeFormat: 'iso8601',
    items: 'values',
    id: 'uuid',
    total: 'size',
    page: { by: 'url', at: 'next' },
  },
} as const satisfies ProviderDefinition
