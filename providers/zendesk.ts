import type { ProviderDefinition } from '../src/provider/definition.ts'

export const zendesk = {
  id: 'zendesk',
  name: 'Zendesk',
  category: 'support',
  aliases: ['zendesk-support', 'zen-desk'],
  docs: [
    'https://developer.zendesk.com/api-reference/ticketing/oauth/grant_type_tokens/',
    'https://developer.zendesk.com/api-reference/ticketing/oauth/oauth_tokens/',
    'https://developer.zendesk.com/documentation/api-basics/authentication/refresh-token',
    'https://developer.zendesk.com/documentation/api-basics/authentication/oauth-pkce',
    'https://support.zendesk.com/hc/en-us/articles/10212201463962',
  ],
  checked: '2026-11-21',
  setup: {
    console:
      'https://developer.zendesk.com/documentation/marketplace/building-a-marketplace-app/set-up-a-global-oauth-client/',
    register:
      'An OAuth client in Admin Center (Apps and integrations, APIs, OAuth clients), kind confidential. It works for that one subdomain; connecting the accounts of customers takes a global client (identifier zdg-…), which Zendesk approves.',
    redirectUri:
      'Absolute and https, or http on localhost; each is listed on the client and compared exactly.',
  },
  quirks: [
    'The client id is the client’s "unique identifier", a word, not its numeric id.',
    'A refresh ends the old access token at once: requests under way elsewhere get a 401 and must read the stored token again.',
    'A scope that does not exist is granted all the same, and its token then answers 403 everywhere.',
    'An account may forbid a read-only token to delete itself: a disconnect then says that nothing was revoked.',
    'Only the zendesk.com host of an account serves OAuth, not a brand’s own domain.',
    'Incremental exports need an administrator.',
  ],
  protocol: 'oauth2',
  params: {
    subdomain: {
      description: "the account's subdomain, the part before .zendesk.com",
      pattern: '^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$',
      example: 'acme',
      required: true,
      normalize: {
        lowercase: true,
        stripPrefixes: ['https://', 'http://'],
        stripSuffixes: ['/', '/agent', '/admin', '.zendesk.com'],
      },
    },
    tokenId: {
      description: 'the number under which the account lists the token',
      pattern: '^[0-9]{1,20}$',
      example: '223443',
      from: 'discovery',
    },
  },
  authorization: {
    url: 'https://{subdomain}.zendesk.com/oauth/authorizations/new',
    scopes: { default: ['read'] },
    pkce: 'supported',
  },
  token: {
    url: 'https://{subdomain}.zendesk.com/oauth/tokens',
    body: 'json',
    authentication: 'client_secret_post',
    params: {
      scope: '{scope}',
      // Clients from before 2026 give a token without an end, and no refresh, unless they ask for one. These are the
      // ends that Zendesk sets for every client by April 2027.
      expires_in: '1800',
      refresh_token_expires_in: '2592000',
    },
    codeLifetime: 120,
  },
  tokenResponse: { lifetime: 1_800 },
  refresh: {
    rotates: true,
    params: { expires_in: '1800', refresh_token_expires_in: '2592000' },
    lifetime: { idle: 2_592_000 },
    endsAccessToken: true,
  },
  revocation: {
    lookup: {
      url: 'https://{subdomain}.zendesk.com/api/v2/oauth/tokens/current.json',
      capture: { tokenId: 'token.id' },
    },
    url: 'https://{subdomain}.zendesk.com/api/v2/oauth/tokens/{tokenId}.json',
    method: 'DELETE',
    body: 'none',
    authentication: 'access_token',
    token: 'access_token',
    // Not 401: an expired access token gets it too, and its refresh token lives on.
    gone: [{ status: 404 }],
  },
  identity: {
    request: { url: 'https://{subdomain}.zendesk.com/api/v2/users/me.json' },
    id: 'user.id',
    name: ['user.name', 'user.email'],
  },
  api: { baseUrl: 'https://{subdomain}.zendesk.com/api/v2' },
  history: {
    resource: '/incremental/tickets/cursor.json?per_page=1000&start_time={since}',
    timeFormat: 'unix-seconds',
    items: 'tickets',
    // What start_time is compared with; updated_at leaves out changes that Zendesk makes itself.
    time: { at: 'generated_timestamp', format: 'unix-seconds' },
    page: { by: 'url', at: 'after_url', done: 'end_of_stream' },
  },
} as const satisfies ProviderDefinition
