import type { ProviderDefinition } from '../src/provider/definition.ts'

export const zoom = {
  id: 'zoom',
  name: 'Zoom',
  category: 'communication',
  docs: [
    'https://developers.zoom.us/docs/integrations/oauth/',
    'https://developers.zoom.us/docs/integrations/oauth-error-messages/',
    'https://developers.zoom.us/docs/integrations/oauth-scopes/',
    'https://developers.zoom.us/docs/api/rate-limits/',
  ],
  checked: '2026-11-21',
  protocol: 'oauth2',
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
    pkce: 'supported',
  },
  token: {
    url: 'https://{host}/oauth/token',
    authentication: 'client_secret_basic',
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
  api: { baseUrl: '{apiUrl}/v2' },
  history: {
    resource: '/users/me/recordings?page_size=300&from={since}',
    sinceFormat: 'date',
    maxMonths: 6,
  },
} as const satisfies ProviderDefinition
