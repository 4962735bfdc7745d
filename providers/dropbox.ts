import type { ProviderDefinition } from '../src/provider/definition.ts'

export const dropbox = {
  id: 'dropbox',
  name: 'Dropbox',
  category: 'storage',
  aliases: ['dropbox.com', 'drop-box'],
  docs: [
    'https://developers.dropbox.com/oauth-guide',
    'https://www.dropbox.com/developers/documentation/http/documentation',
    'https://dropbox.tech/developers/using-oauth-2-0-with-offline-access',
    'https://developers.dropbox.com/error-handling-guide',
  ],
  checked: '2026-11-21',
  protocol: 'oauth2',
  setup: {
    console: 'https://www.dropbox.com/developers/apps',
    register:
      'Create a scoped app and tick, on its Permissions tab, every scope the integration asks for; apply for production before 50 users have connected.',
    redirectUri: 'Exactly one of the registered URIs; https, or http on localhost.',
  },
  quirks: [
    'The scope `offline_access` means nothing here: `token_access_type=offline` brings the refresh token.',
    'A scope ticked in the console later reaches only those who connect again.',
    'A 409 of the API is an error of that very endpoint, told in `error_summary`, and no conflict.',
    'Refusals of a request’s form (400), and some 429s, are plain text.',
    'Calls see the user’s own folder; a team’s space needs the header `Dropbox-API-Path-Root`.',
    'Listings know no time filter: keep what `server_modified` places inside the window, then follow the cursor.',
  ],
  authorization: {
    url: 'https://www.dropbox.com/oauth2/authorize',
    params: { token_access_type: 'offline' },
    scopes: { default: ['account_info.read', 'files.metadata.read', 'files.content.read'] },
    pkce: 'supported',
    stateMaxLength: 500,
  },
  token: {
    url: 'https://api.dropboxapi.com/oauth2/token',
    authentication: 'client_secret_post',
  },
  tokenResponse: { lifetime: 14_400 },
  // A refresh answers without a refresh token: the first one stays good until it is revoked (offline access).
  refresh: { rotates: false },
  revocation: {
    // Takes the refresh token with it, and every other access token made from that one (auth/token/revoke).
    url: 'https://api.dropboxapi.com/2/auth/token/revoke',
    body: 'none',
    authentication: 'access_token',
    token: 'access_token',
    gone: [{ status: 401, at: 'error[.tag]', values: ['invalid_access_token'] }],
  },
  identity: {
    // A POST without a body: even a form's content type is refused.
    request: { url: 'https://api.dropboxapi.com/2/users/get_current_account', method: 'POST' },
    id: 'account_id',
    name: ['email', 'name.display_name'],
  },
  api: {
    baseUrl: 'https://api.dropboxapi.com/2',
    // Uploads and downloads.
    hosts: ['https://content.dropboxapi.com'],
    notExpired: [
      {
        status: 401,
        at: 'error[.tag]',
        values: [
          'missing_scope',
          'user_suspended',
          'invalid_select_user',
          'invalid_select_admin',
          'route_access_denied',
        ],
      },
    ],
  },
  history: {
    resource: '/files/list_folder',
    json: { path: '', recursive: true, limit: 2_000 },
    items: 'entries',
    // What was deleted meanwhile has no id; only files have a time, and the others are kept.
    id: ['id', 'path_lower'],
    time: { at: 'server_modified' },
    page: {
      by: 'cursor',
      at: 'cursor',
      more: 'has_more',
      json: 'cursor',
      resource: '/files/list_folder/continue',
    },
  },
} as const satisfies ProviderDefinition
