import type { ProviderDefinition } from '../src/provider/definition.ts'

export const box = {
  id: 'box',
  name: 'Box',
  category: 'storage',
  aliases: ['box.com', 'box-com'],
  docs: [
    'https://developer.box.com/guides/authentication/oauth2/without-sdk/',
    'https://developer.box.com/guides/authentication/tokens/refresh/',
    'https://developer.box.com/reference/get-authorize/',
    'https://developer.box.com/reference/post-oauth2-token/',
    'https://developer.box.com/reference/post-oauth2-revoke/',
    'https://developer.box.com/reference/get-events/',
  ],
  checked: '2026-11-21',
  protocol: 'oauth2',
  setup: {
    console: 'https://app.box.com/developers/console',
    register:
      'Create a Platform App with User Authentication (OAuth 2.0), a choice that cannot be changed, and tick the application scopes it needs.',
    redirectUri: 'Exactly one of the registered URIs, and https but for localhost.',
  },
  quirks: [
    'The code lives 30 seconds: answer the callback at once, never from a queue.',
    'Without `scope` the connection gets what is ticked in the console; `root_readonly` narrows it to reading.',
    'The administrator of an enterprise may have to allow the app before anybody there can connect.',
    'A wrong client id, redirect URI or scope leaves the user on a page of Box; the redirect never comes.',
    'A connection that nobody refreshes for 60 days is over.',
    'Downloads answer with a redirect to a signed URL on another host, which wants no token.',
    '`created_after` filters only `stream_type=admin_logs`, which needs an administrator and `manage_enterprise_properties`.',
  ],
  params: {
    // Verified Enterprises sign in at ent.box.com, some companies under a name of their own (oauth2/without-sdk).
    accountHost: {
      description: 'the host where the users of this company sign in to Box',
      pattern: '^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.)?(?:account|ent)\\.box\\.com$',
      example: 'acme.account.box.com',
      default: 'account.box.com',
      format: 'host',
      normalize: { lowercase: true, stripPrefixes: ['https://'], stripSuffixes: ['/'] },
    },
  },
  authorization: {
    url: 'https://{accountHost}/api/oauth2/authorize',
    scopes: { default: [] },
    // In neither the reference nor the OpenAPI of Box.
    pkce: 'unsupported',
  },
  token: {
    url: 'https://api.box.com/oauth2/token',
    authentication: 'client_secret_post',
    codeLifetime: 30,
  },
  tokenResponse: { lifetime: 3_600 },
  // Single use, and no grace is promised (tokens/refresh).
  refresh: { rotates: true, lifetime: { idle: 5_184_000 } },
  revocation: {
    // Either token of a pair takes the other one with it.
    url: 'https://api.box.com/oauth2/revoke',
    authentication: 'client_secret_post',
    token: 'refresh_token',
  },
  identity: {
    request: { url: 'https://api.box.com/2.0/users/me?fields=id,login,name' },
    id: 'id',
    name: ['login', 'name'],
  },
  api: {
    baseUrl: 'https://api.box.com/2.0',
    hosts: ['https://upload.box.com'],
  },
  // Up to a year of a user's own events, oldest first, without a time filter (get-events).
  history: {
    // No `stream_position` is where the events begin (guides/events/parameters/pagination).
    resource: '/events?stream_type=all&limit=500',
    maxMonths: 12,
    items: 'entries',
    id: 'event_id',
    time: { at: 'created_at' },
    // The next position comes with the last page, too; a page can be short before the end.
    page: { by: 'cursor', at: 'next_stream_position', more: 'chunk_size', query: 'stream_position' },
  },
} as const satisfies ProviderDefinition
