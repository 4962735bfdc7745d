import type { ProviderDefinition } from '../src/provider/definition.ts'

export const webex = {
  id: 'webex',
  name: 'Webex',
  category: 'communication',
  aliases: ['cisco-webex', 'webex-teams', 'cisco-spark'],
  docs: [
    'https://developer.webex.com/docs/integrations',
    'https://developer.webex.com/docs/login-with-webex',
    'https://developer.webex.com/docs/api/v1/rooms/list-rooms',
    'https://developer.webex.com/docs/api/v1/authorizations',
  ],
  checked: '2026-11-21',
  protocol: 'oauth2',
  setup: {
    console: 'https://developer.webex.com/my-apps',
    register:
      'An integration (not a bot) with every scope that is asked for: a scope that was not selected there ends in `invalid_scope`.',
    redirectUri: 'https, one or more registered, compared as a whole; http://localhost for development.',
  },
  quirks: [
    'Messages are encrypted: without `spark:kms` they cannot be read.',
    'The message list has no lower time bound: ask with `before` and walk back, room by room.',
    'A refresh keeps the refresh token and starts its 90 days anew, so only an unused connection ends.',
    'There is no revocation endpoint; a user or an administrator ends the grant in the Webex settings.',
  ],
  authorization: {
    url: 'https://webexapis.com/v1/authorize',
    scopes: {
      default: [
        'spark:kms',
        'spark:people_read',
        'spark:rooms_read',
        'spark:messages_read',
        'meeting:schedules_read',
      ],
    },
  },
  token: {
    url: 'https://webexapis.com/v1/access_token',
    authentication: 'client_secret_post',
  },
  tokenResponse: {
    // Most refusals come in the API's envelope, without an OAuth code (login-with-webex); some as RFC 6749 has them.
    error: { description: ['error_description', 'errors[0].description', 'message'] },
    lifetime: 1_209_599,
  },
  refresh: {
    rotates: 'sometimes',
    // Not documented; the words that Webex's own SDK logs a user out on (webex/webex-js-sdk#855), under any code.
    dead: [{ contains: 'refresh token provided is expired' }],
    lifetime: { idle: 7_776_000 },
  },
  identity: {
    request: { url: 'https://webexapis.com/v1/people/me' },
    id: 'id',
    name: ['displayName', 'emails[0]'],
  },
  api: { baseUrl: 'https://webexapis.com/v1' },
  // Sorted by their last activity, rooms are missing where a user has more than 3,000 (list-rooms, "Known Limitations").
  // Sorted by their last activity, rooms are missing where a user has more than 3,000 (list-rooms, "Known Limitations").
  history: { resource: '/rooms?sortBy=id&max=1000', items: 'items', page: { by: 'link' } },
} as const satisfies ProviderDefinition
