import type { ProviderDefinition } from '../src/provider/definition.ts'

export const slack = {
  id: 'slack',
  name: 'Slack',
  category: 'communication',
  docs: [
    'https://docs.slack.dev/authentication/installing-with-oauth',
    'https://docs.slack.dev/authentication/using-token-rotation',
    'https://docs.slack.dev/reference/methods/oauth.v2.access',
    'https://docs.slack.dev/reference/methods/auth.revoke',
  ],
  checked: '2026-11-21',
  protocol: 'oauth2',
  params: {
    host: {
      description: 'the Slack cloud the app is registered in: slack.com, or slack-gov.com for GovSlack',
      pattern: '^(?:slack\\.com|slack-gov\\.com)$',
      example: 'slack-gov.com',
      default: 'slack.com',
      trusted: true,
      format: 'host',
    },
  },
  authorization: {
    url: 'https://{host}/oauth/v2/authorize',
    scopes: {
      separator: ',',
      default: [
        'channels:read',
        'channels:history',
        'groups:read',
        'groups:history',
        'im:read',
        'im:history',
        'mpim:read',
        'mpim:history',
        'users:read',
        'users:read.email',
        'team:read',
        'files:read',
      ],
    },
    // Nothing is asked for in the user's name unless a client says so; `user_scope` is then left out.
    additionalScopes: { user: { parameter: 'user_scope', default: [] } },
    // An app opts in once and for good, as a public client; the others answer `pkce_not_allowed` (using-pkce).
    pkce: 'unsupported',
  },
  token: {
    url: 'https://{host}/api/oauth.v2.access',
    authentication: 'client_secret_basic',
  },
  tokenResponse: {
    error: { when: { ok: false } },
    // With token rotation on; without it an answer names no end (using-token-rotation).
    lifetime: 43_200,
    additionalTokens: { user: { at: 'authed_user' } },
  },
  refresh: {
    rotates: true,
    dead: [{ values: ['invalid_refresh_token', 'token_revoked', 'token_expired', 'account_inactive'] }],
  },
  revocation: {
    url: 'https://{host}/api/auth.revoke',
    body: 'none',
    authentication: 'access_token',
    token: 'access_token',
    // Without rotation the first token takes the whole authorization with it, and the second then answers this.
    gone: [{ values: ['token_revoked', 'account_inactive', 'invalid_auth'] }],
  },
  identity: {
    // An organisation-wide installation has `team: null` (oauth.v2.access).
    id: ['team.id', 'enterprise.id'],
    name: ['team.name', 'enterprise.name'],
  },
  api: {
    baseUrl: 'https://{host}/api',
    // A file's `url_private` is read with the token (files.info).
    hosts: ['https://files.{host}'],
    expired: [{ status: 200, values: ['token_expired'] }],
  },
  history: { resource: '/conversations.list?types=public_channel,private_channel,im,mpim&limit=200' },
} as const satisfies ProviderDefinition
