import type { ProviderDefinition } from '../src/provider/definition.ts'

export const trelloOauth1 = {
  id: 'trello-oauth1',
  name: 'Trello (OAuth 1.0a)',
  category: 'project-management',
  aliases: ['trello-legacy', 'trello-auth'],
  docs: [
    'https://developer.atlassian.com/cloud/trello/guides/rest-api/authorization/',
    'https://community.developer.atlassian.com/t/rfc-89-introducing-oauth2-to-trello/90359',
  ],
  checked: '2026-11-21',
  lifecycle: {
    status: 'legacy',
    since: '2026-09-15',
    source: 'https://community.developer.atlassian.com/t/rfc-89-introducing-oauth2-to-trello/90359',
    note: 'Trello has OAuth 2.0 now (definition "trello"); OAuth 1.0a still works and has no date for its end.',
  },
  protocol: 'oauth1',
  setup: {
    console: 'https://trello.com/power-ups/admin',
    register:
      'A Power-Up with its API key; the client id is that key, the client secret the "Secret" beside it. Keys of the OAuth 2.0 tab do not work here.',
    redirectUri: "Its origin must be among the API key's allowed origins.",
  },
  quirks: [
    'A token of the default expiry dies after 30 days and cannot be refreshed: this definition asks for one that never expires.',
    'Errors of the API are plain text.',
    'The member’s e-mail address needs the scope "account".',
    'The state of a flow stays with the browser: pass what authorize returned as state to callback, as the handler does.',
  ],
  signatureMethod: 'HMAC-SHA1',
  requestToken: { url: 'https://trello.com/1/OAuthGetRequestToken' },
  authorization: {
    url: 'https://trello.com/1/OAuthAuthorizeToken',
    // The name stands on the consent page; without it users read of "An unknown application".
    params: { expiration: 'never', name: '{appName}' },
    scopes: { separator: ',', default: ['read'] },
  },
  accessToken: { url: 'https://trello.com/1/OAuthGetAccessToken' },
  tokenResponse: { lifetime: false },
  params: {
    appName: {
      description: 'the name of your application, as the consent page shows it',
      pattern: '^[^\\x00-\\x1f<>]{1,60}$',
      example: 'Acme',
      trusted: true,
    },
  },
  revocation: {
    url: 'https://api.trello.com/1/tokens/{accessToken}',
    method: 'DELETE',
    body: 'none',
    authentication: 'access_token',
    token: 'access_token',
    gone: [{ status: 401 }, { status: 404 }],
  },
  identity: {
    request: { url: 'https://api.trello.com/1/members/me?fields=id,username,fullName' },
    id: 'id',
    name: ['username', 'fullName'],
  },
  api: {
    baseUrl: 'https://api.trello.com/1',
    // No signature is asked for (guides/rest-api/authorization); attachments are served to this header alone.
    credential: {
      header: 'Authorization',
      value: 'OAuth oauth_consumer_key="{clientId}", oauth_token="{accessToken}"',
    },
    ended: [{ status: 401, at: '', contains: 'invalid token' }],
  },
  history: {
    resource: '/members/me/actions?limit=1000&since={since}',
    timeFormat: 'iso8601',
    // Whether an action of that very second is among them is not said.
    margin: 1,
    time: { at: 'date', order: 'newest-first' },
    // `before` is also an upper bound; the id of the last action takes its place from the second page on.
    page: { by: 'last-item', at: 'id', query: 'before', size: 1_000 },
  },
} as const satisfies ProviderDefinition
