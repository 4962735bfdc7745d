import type { ProviderDefinition } from '../src/provider/definition.ts'

export const zoom = {
  id: 'zoom',
  name: 'Zoom',
  category: 'communication',
  aliases: ['zoom.us', 'zoom-meetings', 'zoomgov'],
  docs: [
    'https://developers.zoom.us/docs/integrations/oauth/',
    'https://developers.zoom.us/docs/integrations/oauth-error-messages/',
    'https://developers.zoom.us/docs/integrations/oauth-scopes/',
    'https://developers.zoom.us/docs/api/rate-limits/',
  ],
  checked: '2026-11-21',
  protocol: 'oauth2',
  setup: {
    console: 'https://marketplace.zoom.us/develop/create',
    register:
      'A General app, user-managed (admin-managed for `:admin` scopes), with granular scopes such as user:read:user, meeting:read:list_meetings and cloud_recording:read:list_user_recordings.',
    redirectUri:
      'https, equal to the OAuth redirect URL or an entry of the allow list; 127.0.0.1, not localhost.',
  },
  quirks: [
    'Scopes are chosen where the app is registered; users can untick the optional ones.',
    'A second connect of the same user to the same app ends the tokens of the first: two connections cannot live side by side.',
    'Refresh tokens are used once, and there is no grace: a lost answer is a lost connection.',
    'Recordings are listed for at most a month a call and six months back; a meeting UUID that begins with / or holds // is percent-encoded twice.',
    'Revoking ends the tokens; the app stays in the list of the user until removed there.',
    'Rate limits are counted for the whole account, over all of its apps.',
  ],
  params: {
    host: {
      description: 'the Zoom cloud the app is registered in: zoom.us, or zoomgov.com for government',
      pattern: '^(?:zoom\\.us|zoomgov\\.com)$',
      example: 'zoomgov.com',
      default: 'zoom.us',
      trusted: true,
      format: 'host',
    },
    apiUrl: {
      description: 'the API server of the account',
      pattern: '^https://(?:[a-z0-9-]{1,63}\\.){1,4}(?:zoom\\.us|zoomgov\\.com)$',
      example: 'https://api.zoom.us',
      from: 'token',
      default: 'https://api.{host}',
      format: 'url',
    },
  },
  authorization: {
    url: 'https://{host}/oauth/authorize',
    // Chosen where the app is registered; an authorization without `scope` asks for all of them (integrations/oauth).
    scopes: { default: [] },
  },
  token: {
    url: 'https://{host}/oauth/token',
    authentication: 'client_secret_basic',
    codeLifetime: 300,
  },
  tokenResponse: {
    error: { description: ['error_description', 'reason'] },
    capture: { apiUrl: 'api_url' },
    lifetime: 3_599,
  },
  refresh: {
    rotates: true,
    // The same failure under two names (oauth-error-messages); the other one is RFC 6749's.
    dead: [{ values: ['invalid_request'], contains: 'Invalid Token!' }],
  },
  revocation: {
    url: 'https://{host}/oauth/revoke',
    authentication: 'client_secret_basic',
    token: 'access_token',
  },
  identity: {
    request: { url: '{apiUrl}/v2/users/me' },
    id: 'id',
    name: ['email', 'display_name'],
  },
  api: {
    baseUrl: '{apiUrl}/v2',
    // A `download_url` stands on the account's cluster (us02web.zoom.us) or its own name, and takes the token.
    hosts: [{ pattern: '^https://(?:[a-z0-9-]{1,63}\\.){0,2}(?:zoom\\.us|zoomgov\\.com)$' }],
    // "Invalid access token, does not contain scopes": mostly HTTP 400, seen under 401 as well.
    notExpired: [{ at: 'code', values: ['4711'] }],
  },
  history: {
    resource: '/users/me/recordings?page_size=300&from={since}&to={until}',
    timeFormat: 'date',
    items: 'meetings',
    id: 'uuid',
    time: { at: 'start_time' },
    page: { by: 'cursor', at: 'next_page_token', query: 'next_page_token' },
    maxMonths: 6,
    maxDays: 30,
  },
} as const satisfies ProviderDefinition
