import { drift } from '../../../providers/drift.ts'
import type { FlowRow } from '../flow-row.ts'

const form = 'application/x-www-form-urlencoded'

export const row: FlowRow = {
  definition: drift,
  redirectUri: 'https://app.example.com/oauth/drift/callback',
  authorization: {
    url: 'https://dev.drift.com/authorize',
    query: {
      response_type: 'code',
      client_id: 'client-id',
      redirect_uri: 'https://app.example.com/oauth/drift/callback',
    },
    pkce: false,
  },
  callback: { code: 'EMaSR7kxMIWGpalXPeIdxix2Ko7KMStw' },
  exchange: {
    endpoint: 'POST https://driftapi.com/oauth2/token',
    headers: { authorization: undefined, 'content-type': form },
    body: {
      grant_type: 'authorization_code',
      code: 'EMaSR7kxMIWGpalXPeIdxix2Ko7KMStw',
      client_id: 'client-id',
      client_secret: 'client-secret',
    },
  },
  learning: [
    {
      endpoint: 'POST https://driftapi.com/app/token_info',
      headers: { authorization: undefined, 'content-type': 'application/json' },
      body: { access_token: 'drift-documentation-access-token' },
      answer: 'discovery',
    },
  ],
  tokens: {
    accessToken: 'drift-documentation-access-token',
    refreshToken: 'drift-documentation-refresh-token',
    expiresAt: new Date('2026-11-21T14:00:00.000Z'),
    scopes: [],
    tokenType: 'bearer',
  },
  connection: {
    scopes: [],
    tokenType: 'bearer',
    expiresAt: new Date('2026-11-21T14:00:00.000Z'),
    account: { id: '123' },
    params: { orgId: '123' },
  },
  error: 'Drift OAuth failed: invalid_grant - the authorization code is invalid',
  denied: 'Drift OAuth failed: access_denied',
  refresh: {
    because: 'end',
    accessToken: 'drift-documentation-new-access-token',
    requests: [
      {
        endpoint: 'POST https://driftapi.com/oauth2/token',
        headers: { authorization: undefined, 'content-type': form },
        body: {
          grant_type: 'refresh_token',
          refresh_token: 'drift-documentation-refresh-token',
          client_id: 'client-id',
          client_secret: 'client-secret',
        },
        answer: 'refresh',
      },
    ],
    tokens: {
      accessToken: 'drift-documentation-new-access-token',
      refreshToken: 'drift-documentation-new-refresh-token',
      expiresAt: new Date('2026-11-22T14:00:00.000Z'),
      scopes: [],
      tokenType: 'bearer',
    },
  },
  refreshError: 'Drift OAuth failed: invalid_grant',
  revocation: [],
  api: {
    path: '/conversations/list?limit=50',
    request: {
      endpoint: 'GET https://driftapi.com/conversations/list',
      query: { limit: '50' },
      headers: { authorization: 'Bearer drift-documentation-access-token' },
    },
    renewed: { authorization: 'Bearer drift-documentation-new-access-token' },
  },
}
