import type { ProviderDefinition } from '../src/provider/definition.ts'

/**
 * The API refuses requests without a User-Agent (rest/using-the-rest-api/getting-started). The version is the one that
 * older Enterprise Servers know as well; 2026-03-10 is the latest.
 */
const apiHeaders = {
  Accept: 'application/vnd.github+json',
  'X-GitHub-Api-Version': '2022-11-28',
  'User-Agent': 'latchkey',
} as const

export const github = {
  id: 'github',
  name: 'GitHub',
  category: 'dev-tools',
  aliases: ['github.com', 'github-app', 'github-enterprise', 'ghe'],
  docs: [
    'https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps',
    'https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/refreshing-user-access-tokens',
    'https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors',
    'https://docs.github.com/en/rest/apps/oauth-applications',
  ],
  checked: '2026-11-21',
  protocol: 'oauth2',
  setup: {
    console: 'https://github.com/settings/developers',
    register:
      'An OAuth app, or a GitHub App with user authorization (its permissions take the place of scopes, and it must be installed where it is to see anything).',
    redirectUri:
      'OAuth app: one callback URL, and what is sent must be it or lie below it; GitHub App: up to ten, character by character. http://127.0.0.1 is taken with any port.',
  },
  quirks: [
    'No scope reads private repositories without writing them: `repo` does both. Leave it out for public ones.',
    'At most ten tokens per user, app and set of scopes: the next one silently ends the oldest.',
    'Users may grant less than was asked; what was granted stands in the scopes of the connection.',
    'A GitHub App that is installed from GitHub itself comes back without a state: begin the flow from the application.',
    'Organizations with SSO or app restrictions hide their data (403, 404) until the app is approved there.',
    'On /login/oauth/authorize an unknown client id is a page (404), from which nobody comes back.',
  ],
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
    // Sent since April 2026; older Enterprise Servers send none.
    issuer: { value: 'https://{host}/login/oauth', required: false },
  },
  token: {
    url: 'https://{host}/login/oauth/access_token',
    authentication: 'client_secret_post',
    // Without it, answers and errors are form-encoded (authorizing-oauth-apps).
    headers: { Accept: 'application/json' },
    codeLifetime: 600,
  },
  tokenResponse: {
    formEncoded: true,
    error: { status: 200 },
    // GitHub Apps; an OAuth app's token names no end.
    lifetime: 28_800,
  },
  // Only GitHub Apps' tokens expire; an OAuth app's come without a refresh token.
  refresh: {
    rotates: true,
    dead: [{ values: ['bad_refresh_token'] }],
    // Six months, which the answer says as well (`refresh_token_expires_in`).
    lifetime: { idle: 15_897_600 },
    endsAccessToken: true,
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
    // The primary limit, and the one that guards against bursts (rest/using-the-rest-api/rate-limits-for-the-rest-api).
    rateLimited: [
      { status: 403, header: { name: 'x-ratelimit-remaining', value: '0' } },
      { status: 403, at: 'message', contains: 'secondary rate limit' },
    ],
    rateLimitReset: { header: 'x-ratelimit-reset', unit: 'unix-seconds' },
  },
  history: {
    resource: '/issues?filter=all&state=all&per_page=100&since={since}',
    timeFormat: 'iso8601',
    time: { at: 'updated_at' },
    page: { by: 'link' },
  },
} as const satisfies ProviderDefinition
