import type { ProviderDefinition } from '../src/provider/definition.ts'

export const slack = {
  id: 'slack',
  name: 'Slack',
  category: 'communication',
  aliases: ['slack-v2', 'govslack', 'slack.com'],
  docs: [
    'https://docs.slack.dev/authentication/installing-with-oauth',
    'https://docs.slack.dev/authentication/using-token-rotation',
    'https://docs.slack.dev/reference/methods/oauth.v2.access',
    'https://docs.slack.dev/reference/methods/auth.revoke',
    'https://docs.slack.dev/apis/web-api/rate-limits',
  ],
  checked: '2026-11-21',
  protocol: 'oauth2',
  setup: {
    console: 'https://api.slack.com/apps',
    register:
      'An app with the scopes under OAuth & Permissions, and public distribution for workspaces besides your own; token rotation is switched on there, for good.',
    redirectUri: 'https without a fragment, equal to a registered one or below it, the port included.',
  },
  quirks: [
    'Errors come under HTTP 200, as `ok: false`.',
    "A bot reads the channels it was invited to; to read what a person sees, ask for the same scopes as the user's own (`user_scope`).",
    'Scopes add up from one installation to the next; only a revocation takes them back.',
    'An app that is sold outside the Marketplace reads one page of 15 messages a minute: a backfill of months is out of its reach.',
    'Without token rotation a token has no end, and all connections of a workspace hold the same one.',
  ],
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
    codeLifetime: 600,
  },
  tokenResponse: {
    error: { when: { ok: false } },
    // With token rotation on; without it an answer names no end (using-token-rotation).
    lifetime: 43_200,
    tokenName: 'bot',
    additionalTokens: { user: { at: 'authed_user' } },
  },
  refresh: {
    rotates: true,
    dead: [{ values: ['invalid_refresh_token', 'token_revoked', 'token_expired', 'account_inactive'] }],
    // Slack's own trouble, under HTTP 200 (oauth.v2.access, "Errors").
    transient: [
      {
        values: [
          'internal_error',
          'fatal_error',
          'ratelimited',
          'service_unavailable',
          'request_timeout',
          'team_added_to_org',
        ],
      },
    ],
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
    // Uninstalled, or the user was deactivated. Not `invalid_auth`, which a disallowed IP address gets too.
    ended: [{ values: ['token_revoked', 'account_inactive'] }],
  },
  history: {
    // Old conversations have new messages, so that all of them count.
    resource: '/conversations.list?types=public_channel,private_channel,im,mpim&limit=200',
    items: 'channels',
    page: { by: 'cursor', at: 'response_metadata.next_cursor', query: 'cursor' },
  },
} as const satisfies ProviderDefinition
