import type { ProviderDefinition } from '../src/provider/definition.ts'

export const gitlab = {
  id: 'gitlab',
  name: 'GitLab',
  category: 'dev-tools',
  aliases: ['gitlab.com', 'gitlab-self-managed'],
  docs: ['https://docs.gitlab.com/api/oauth2/', 'https://docs.gitlab.com/integration/oauth_provider/'],
  checked: '2026-11-21',
  protocol: 'oauth2',
  setup: {
    console: 'https://gitlab.com/-/user_settings/applications',
    register:
      'An application of a user, a group or the instance: confidential, with the scopes read_user and read_api ticked. A self-managed GitLab has its own.',
    redirectUri: 'One of those in the application, character by character; http is taken.',
  },
  quirks: [
    'A refresh ends the old access token at once, so whoever still holds it gets a 401.',
    'Every instance has its own client id and secret: a client with a fixed `host` and an id of its own for each.',
    'An account id is unique within its instance only.',
    'Groups that enforce SAML SSO hide their data (403, 404) from a token that was made without their `rootNamespaceId`.',
    'An unknown client id or redirect URI is a page of GitLab, from which nobody comes back.',
  ],
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
    rootNamespaceId: {
      description: 'the id of the top-level group whose SAML SSO the user must pass',
      pattern: '^[0-9]{1,20}$',
      example: '112',
    },
  },
  authorization: {
    url: 'https://{host}/oauth/authorize',
    // Since GitLab 18.3; older ones ignore it (api/oauth2).
    params: { root_namespace_id: '{rootNamespaceId}' },
    scopes: { default: ['read_user', 'read_api'] },
    pkce: 'supported',
  },
  token: {
    url: 'https://{host}/oauth/token',
    authentication: 'client_secret_post',
  },
  tokenResponse: { lifetime: 7_200 },
  refresh: {
    rotates: true,
    endsAccessToken: true,
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
    resource:
      '/issues?scope=all&order_by=updated_at&sort=desc&per_page=100&updated_after={since}&updated_before={until}',
    timeFormat: 'iso8601',
    time: { at: 'updated_at' },
    page: { by: 'link' },
  },
} as const satisfies ProviderDefinition
