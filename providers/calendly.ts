import type { ProviderDefinition } from '../src/provider/definition.ts'

export const calendly = {
  id: 'calendly',
  name: 'Calendly',
  category: 'calendar',
  aliases: ['calendly.com'],
  docs: [
    'https://developer.calendly.com/creating-an-oauth-app',
    'https://developer.calendly.com/api-docs/calendly-o-auth/o-auth/get-oauth-authorize',
    'https://developer.calendly.com/api-docs/calendly-o-auth/o-auth/post-oauth-refresh-token',
    'https://developer.calendly.com/api-docs/calendly-o-auth/o-auth/post-oauth-revoke',
    'https://developer.calendly.com/refresh-token-rotation-guide',
    'https://developer.calendly.com/scopes',
  ],
  checked: '2026-11-21',
  protocol: 'oauth2',
  setup: {
    console: 'https://developer.calendly.com/console/apps',
    register:
      'With a developer account, which is not a Calendly user account, create a web app and select the scopes it will ask for.',
    redirectUri:
      'Exactly a registered URL: https in a production app, http://localhost with a port only in a sandbox app.',
  },
  quirks: [
    'Apps made since March 2026 reach nothing until scopes are selected in the console and asked for; older ones keep full access under the scope `default`.',
    'Resources are named by their whole URL: lists are filtered by `user` or `organization` with such a URL.',
    'At most 8 token requests for a user in a minute.',
    'A refresh token without use has no end; a used one ends at once, so an answer that is lost costs a reconnect.',
    'https://calendly.com publishes the metadata of another authorization server, the one for MCP.',
  ],
  params: {
    ownerUri: {
      description: 'the user, as a URL of the API',
      pattern: '^https://api\\.calendly\\.com/users/[A-Za-z0-9_-]{1,64}$',
      example: 'https://api.calendly.com/users/AAAAAAAAAAAAAAAA',
      from: 'token',
    },
    organizationUri: {
      description: 'the organization, as a URL of the API',
      pattern: '^https://api\\.calendly\\.com/organizations/[A-Za-z0-9_-]{1,64}$',
      example: 'https://api.calendly.com/organizations/EBHAAFHDCAEQTSEZ',
      from: 'token',
    },
  },
  authorization: {
    url: 'https://auth.calendly.com/oauth/authorize',
    scopes: { default: ['users:read', 'event_types:read', 'scheduled_events:read'] },
    pkce: 'supported',
  },
  token: {
    url: 'https://auth.calendly.com/oauth/token',
    authentication: 'client_secret_basic',
    codeLifetime: 600,
  },
  tokenResponse: {
    lifetime: 7_200,
    capture: { ownerUri: 'owner', organizationUri: 'organization' },
  },
  refresh: { rotates: true },
  revocation: {
    url: 'https://auth.calendly.com/oauth/revoke',
    // Unlike the token endpoint, which takes Basic (post-oauth-revoke).
    authentication: 'client_secret_post',
    token: 'refresh_token',
  },
  identity: { id: 'owner' },
  api: {
    baseUrl: 'https://api.calendly.com',
    rateLimitReset: { header: 'x-ratelimit-reset', unit: 'seconds' },
  },
  history: {
    resource:
      '/scheduled_events?user={ownerUri}&min_start_time={since}&max_start_time={until}&sort=start_time%3Aasc&count=100',
    timeFormat: 'iso8601',
    // "After" and "before": an event that begins on a bound may belong to neither side.
    margin: 1,
    items: 'collection',
    id: 'uri',
    time: { at: 'start_time' },
    page: { by: 'cursor', at: 'pagination.next_page_token', query: 'page_token' },
  },
} as const satisfies ProviderDefinition
