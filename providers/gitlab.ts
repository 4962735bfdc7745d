import type { ProviderDefinition } from '../src/provider/definition.ts'

export const gitlab = {
  id: 'gitlab',
  name: 'GitLab',
  category: 'dev-tools',
  docs: ['https://docs.gitlab.com/api/oauth2/', 'https://docs.gitlab.com/integration/oauth_provider/'],
  checked: '2026-11-21',
  protocol: 'oauth2',
  params: {
    host: {
      description: 'the host of a self-managed GitLab, with its port and path where it has them',
      pattern:
        '^[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})(?:\\.[A-Za-z0-9-]{1,63})*(?::[0-9]{1,5})?(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*$',
      example: 'gitlab.example.com',
      default: 'gitlab.com',
      trusted: true,
      format: 'host',
    },
  },
  authorization: {
    url: 'https://{host}/oauth/authorize',
    scopes: { default: ['read_user', 'read_api'] },
    pkce: 'supported',
  },
  token: {
    url: 'https://{host}/oauth/token',
    authentication: 'client_secret_post',
  },
  tokenResponse: { lifetime: 7_200 },
  refresh: {
    // The old access token ends as well, at once (api/oauth2).
    rotates: true,
    // api/oauth2: a refresh repeats the authorization request's redirect URI.
    sendRedirectUri: true,
  },
  revocation: {
    url: 'https://{host}/oauth/revoke',
    authentication: 'client_secret_post',
    token: 'refresh_token',
  },
  identity: {
    request: { url: 'https://{host}/api/v4/user' },
    id: 'id',
    name: 'username',
  },
  api: { baseUrl: 'https://{host}/api/v4' },
  history: {
    resource: '/issues?scope=all&order_by=updated_at&per_page=100&updated_after={since}',
    sinceFormat: 'iso8601',
  },
} as const satisfies ProviderDefinition
