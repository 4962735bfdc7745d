import type { ProviderDefinition } from '../src/provider/definition.ts'

/** The API refuses requests without a User-Agent (rest/using-the-rest-api/getting-started). */
const apiHeaders = {
  Accept: 'application/vnd.github+json',
  'X-GitHub-Api-Version': '2022-11-28',
  'User-Agent': 'latchkey',
} as const

export const github = {
  id: 'github',
  name: 'GitHub',
  category: 'dev-tools',
  docs: [
    'https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps',
    'https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/refreshing-user-access-tokens',
    'https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors',
    'https://docs.github.com/en/rest/apps/oauth-applications',
  ],
  checked: '2026-11-21',
  protocol: 'oauth2',
  params: {
    host: {
      description: 'the host of a GitHub Enterprise Server or of GitHub Enterprise Cloud with data residency',
      pattern: '^[a-z0-9](?:[a-z0-9-]{0,62})(?:\\.[a-z0-9-]{1,63})+$',
      example: 'github.example.com',
      default: 'github.com',
      trusted: true,
      format: 'host',
      normalize: { lowercase: true },
    },
  },
  derived: {
    apiBase: {
      from: 'host',
      cases: [
        { when: '^github\\.com$', value: 'https://api.github.com' },
        { when: '^[a-z0-9-]+\\.ghe\\.com$', value: 'https://api.{host}' },
        { when: '^.*$', value: 'https://{host}/api/v3' },
      ],
    },
  },
  authorization: {
    url: 'https://{host}/login/oauth/authorize',
    scopes: { default: ['read:user', 'user:email', 'repo', 'read:org'] },
    pkce: 'supported',
    // Sent since April 2026; whether older servers send it is not documented, so it is not demanded.
    issuer: { value: 'https://{host}/login/oauth' },
  },
  token: {
    url: 'https://{host}/login/oauth/access_token',
    authentication: 'client_secret_post',
    // Without it, answers and errors are form-encoded (authorizing-oauth-apps).
    headers: { Accept: 'application/json' },
  },
  tokenResponse: {
    fields: { refreshTokenExpiresIn: 'refresh_token_expires_in' },
    formEncoded: true,
    error: { status: 200 },
    // GitHub Apps; an OAuth app's token names no end.
    lifetime: 28_800,
  },
  // Only GitHub Apps' tokens expire; an OAuth app's come without a refresh token.
  refresh: {
    rotates: true,
    dead: [{ values: ['bad_refresh_token'] }],
  },
  revocation: {
    url: '{apiBase}/applications/{clientId}/token',
    method: 'DELETE',
    body: 'json',
    authentication: 'client_secret_basic',
    token: 'access_token',
    parameter: 'access_token',
    headers: apiHeaders,
    gone: [{ status: 404 }, { status: 422 }],
  },
  identity: {
    request: { url: '{apiBase}/user' },
    id: 'id',
    name: 'login',
  },
  api: {
    baseUrl: '{apiBase}',
    headers: apiHeaders,
    rateLimitReset: { header: 'x-ratelimit-reset', unit: 'unix-seconds' },
  },
  history: {
    resource: '/issues?filter=all&state=all&per_page=100&since={since}',
    sinceFormat: 'iso8601',
  },
} as const satisfies ProviderDefinition
