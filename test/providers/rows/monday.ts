import { monday } from '../../../providers/monday.ts'
import type { FlowRow } from '../flow-row.ts'

/** `exp` is 2026-11-21T13:00:00Z. */
const accessToken =
  'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ0aWQiOjEyMzQ1Njc4OSwiYWFpIjoxMSwidWlkIjo0MDEyNjg5LCJhY3RpZCI6MTgyNTUyOSwicmduIjoidXNlMSIsImlhdCI6MTc5NTI2MjQwMCwiZXhwIjoxNzk1MjY2MDAwfQ.c2FtcGxlLW5vLXNpZ25hdHVyZQ'
/** `exp` is 2026-11-22T13:00:00Z. */
const renewedToken =
  'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ0aWQiOjEyMzQ1Njc4OSwiYWFpIjoxMSwidWlkIjo0MDEyNjg5LCJhY3RpZCI6MTgyNTUyOSwicmduIjoidXNlMSIsImlhdCI6MTc5NTM0ODgwMCwiZXhwIjoxNzk1MzUyNDAwfQ.c2FtcGxlLW5vLXNpZ25hdHVyZQ'
const refreshToken =
  'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ0eXAiOiJyZWZyZXNoIiwibiI6MX0.c2FtcGxlLW5vLXNpZ25hdHVyZQ'
const renewedRefreshToken =
  'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ0eXAiOiJyZWZyZXNoIiwibiI6Mn0.c2FtcGxlLW5vLXNpZ25hdHVyZQ'

export const row: FlowRow = {
  definition: monday,
  redirectUri: 'https://app.example.com/oauth/monday/callback',
  authorization: {
    url: 'https://auth.monday.com/oauth2/authorize',
    query: {
      client_id: 'client-id',
      redirect_uri: 'https://app.example.com/oauth/monday/callback',
      scope: 'me:read account:read boards:read updates:read users:read workspaces:read',
      force_install_if_needed: 'true',
    },
    pkce: true,
  },
  callback: { code: 'ef3f3e2a6f0b4a2f9c1d', status: 'success' },
  exchange: {
    endpoint: 'POST https://auth.monday.com/oauth_ms/oauth/token',
    headers: { authorization: undefined, 'content-type': 'application/json' },
    body: {
      grant_type: 'authorization_code',
      code: 'ef3f3e2a6f0b4a2f9c1d',
      redirect_uri: 'https://app.example.com/oauth/monday/callback',
      client_id: 'client-id',
      client_secret: 'client-secret',
    },
  },
  learning: [
    {
      endpoint: 'POST https://api.monday.com/v2',
      headers: {
        authorization: `Bearer ${accessToken}`,
        'api-version': '2026-10',
        'content-type': 'application/json',
      },
      body: { query: '{ me { id name account { id name slug } } }' },
      answer: 'identity',
    },
  ],
  tokens: {
    accessToken,
    refreshToken,
    expiresAt: new Date('2026-11-21T13:00:00.000Z'),
    scopes: ['boards:read', 'users:read'],
    tokenType: 'Bearer',
  },
  connection: {
    scopes: ['boards:read', 'users:read'],
    tokenType: 'Bearer',
    expiresAt: new Date('2026-11-21T13:00:00.000Z'),
    account: { id: '1825529', name: 'Acme' },
    params: {},
  },
  error: 'monday.com OAuth failed: invalid_grant - Invalid authorization code',
  denied: 'monday.com OAuth failed: access_denied',
  refresh: {
    because: 'end',
    accessToken: renewedToken,
    requests: [
      {
        endpoint: 'POST https://auth.monday.com/oauth_ms/oauth/token',
        headers: { authorization: undefined, 'content-type': 'application/json' },
        body: {
          grant_type: 'refresh_token',
          refresh_token: refreshToken,
          client_id: 'client-id',
          client_secret: 'client-secret',
        },
        answer: 'refresh',
      },
    ],
    tokens: {
      accessToken: renewedToken,
      refreshToken: renewedRefreshToken,
      expiresAt: new Date('2026-11-22T13:00:00.000Z'),
      scopes: ['boards:read', 'users:read'],
      tokenType: 'Bearer',
    },
  },
  refreshError: 'monday.com OAuth failed: invalid_grant - Invalid refresh token',
  revocation: [
    {
      endpoint: 'POST https://auth.monday.com/oauth_ms/oauth/revoke',
      headers: { authorization: undefined, 'content-type': 'application/json' },
      body: { token: refreshToken, client_id: 'client-id', client_secret: 'client-secret' },
      answer: 'revoke',
    },
  ],
  api: {
    path: '/v2',
    request: {
      endpoint: 'GET https://api.monday.com/v2',
      headers: { authorization: `Bearer ${accessToken}`, 'api-version': '2026-10' },
    },
    renewed: { authorization: `Bearer ${renewedToken}` },
  },
}
