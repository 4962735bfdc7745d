import { asana } from '../../../providers/asana.ts'
import type { FlowRow } from '../flow-row.ts'

const form = 'application/x-www-form-urlencoded'

export const row: FlowRow = {
  definition: asana,
  redirectUri: 'https://app.example.com/oauth/asana/callback',
  authorization: {
    url: 'https://app.asana.com/-/oauth_authorize',
    query: {
      response_type: 'code',
      client_id: 'client-id',
      redirect_uri: 'https://app.example.com/oauth/asana/callback',
      scope: 'projects:read stories:read tasks:read users:read workspaces:read',
    },
    pkce: true,
  },
  callback: { code: '325797325' },
  exchange: {
    endpoint: 'POST https://app.asana.com/-/oauth_token',
    headers: { authorization: undefined, 'content-type': form },
    body: {
      grant_type: 'authorization_code',
      code: '325797325',
      redirect_uri: 'https://app.example.com/oauth/asana/callback',
      client_id: 'client-id',
      client_secret: 'client-secret',
    },
  },
  learning: [
    {
      endpoint: 'GET https://app.asana.com/api/1.0/workspaces',
      query: { limit: '100', opt_fields: 'name' },
      headers: { authorization: 'Bearer f6ds7fdsa69ags7ag9sd5a', accept: 'application/json' },
      answer: 'discovery',
    },
  ],
  tokens: {
    accessToken: 'f6ds7fdsa69ags7ag9sd5a',
    refreshToken: 'hjkl325hjkl4325hj4kl32fjds',
    expiresAt: new Date('2026-11-21T13:00:00.000Z'),
    scopes: ['projects:read', 'stories:read', 'tasks:read', 'users:read', 'workspaces:read'],
    tokenType: 'bearer',
  },
  connection: {
    scopes: ['projects:read', 'stories:read', 'tasks:read', 'users:read', 'workspaces:read'],
    tokenType: 'bearer',
    expiresAt: new Date('2026-11-21T13:00:00.000Z'),
    account: { id: '4673218951', name: 'gsanchez@example.com' },
    params: { workspaceGid: '12345' },
    choices: { workspaceGid: [{ id: '12345', name: 'My Company Workspace' }] },
  },
  error: 'Asana OAuth failed: invalid_grant - The code provided was invalid.',
  denied: 'Asana OAuth failed: access_denied',
  refresh: {
    because: 'end',
    accessToken: 'new7fdsa69ags7ag9sd5a',
    requests: [
      {
        endpoint: 'POST https://app.asana.com/-/oauth_token',
        headers: { authorization: undefined, 'content-type': form },
        body: {
          grant_type: 'refresh_token',
          refresh_token: 'hjkl325hjkl4325hj4kl32fjds',
          client_id: 'client-id',
          client_secret: 'client-secret',
        },
        answer: 'refresh',
      },
    ],
    tokens: {
      accessToken: 'new7fdsa69ags7ag9sd5a',
      refreshToken: 'hjkl325hjkl4325hj4kl32fjds',
      expiresAt: new Date('2026-11-22T13:00:00.000Z'),
      scopes: ['projects:read', 'stories:read', 'tasks:read', 'users:read', 'workspaces:read'],
      tokenType: 'bearer',
    },
  },
  refreshError: 'Asana OAuth failed: invalid_grant',
  revocation: [
    {
      endpoint: 'POST https://app.asana.com/-/oauth_revoke',
      headers: { authorization: undefined, 'content-type': form },
      body: {
        token: 'hjkl325hjkl4325hj4kl32fjds',
        client_id: 'client-id',
        client_secret: 'client-secret',
      },
      answer: 'revoke',
    },
  ],
  api: {
    path: '/projects?workspace=12345&limit=100',
    request: {
      endpoint: 'GET https://app.asana.com/api/1.0/projects',
      query: { workspace: '12345', limit: '100' },
      headers: { authorization: 'Bearer f6ds7fdsa69ags7ag9sd5a', accept: 'application/json' },
    },
    renewed: { authorization: 'Bearer new7fdsa69ags7ag9sd5a' },
  },
}
