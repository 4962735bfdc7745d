import { airtable } from '../../../providers/airtable.ts'
import type { FlowRow } from '../flow-row.ts'

/** base64 of "client-id:client-secret". */
const basic = 'Basic Y2xpZW50LWlkOmNsaWVudC1zZWNyZXQ='
const form = 'application/x-www-form-urlencoded'

export const row: FlowRow = {
  definition: airtable,
  redirectUri: 'https://app.example.com/oauth/airtable/callback',
  authorization: {
    url: 'https://airtable.com/oauth2/v1/authorize',
    query: {
      response_type: 'code',
      client_id: 'client-id',
      redirect_uri: 'https://app.example.com/oauth/airtable/callback',
      scope: 'data.records:read schema.bases:read user.email:read',
    },
    pkce: true,
  },
  // Airtable repeats the challenge of the authorization request.
  callback: {
    code: 'sample-grant-code',
    code_challenge: '4B1bJeKvC4iI_OG3z9Q2Y9HvwQ0yB6k8cD7e6f5a4b3',
    code_challenge_method: 'S256',
  },
  exchange: {
    endpoint: 'POST https://airtable.com/oauth2/v1/token',
    headers: { authorization: basic, 'content-type': form },
    body: {
      grant_type: 'authorization_code',
      code: 'sample-grant-code',
      redirect_uri: 'https://app.example.com/oauth/airtable/callback',
    },
  },
  learning: [
    {
      endpoint: 'GET https://api.airtable.com/v0/meta/whoami',
      headers: { authorization: 'Bearer oaaSAMPLE0000000001.v1.eyJzYW1wbGUiOjF9.sample' },
      answer: 'identity',
    },
  ],
  tokens: {
    accessToken: 'oaaSAMPLE0000000001.v1.eyJzYW1wbGUiOjF9.sample',
    refreshToken: 'oarSAMPLE0000000001.v1.refresh.sample',
    expiresAt: new Date('2026-11-21T13:00:00.000Z'),
    refreshTokenExpiresAt: new Date('2027-01-20T12:00:00.000Z'),
    scopes: ['data.records:read', 'schema.bases:read', 'user.email:read'],
    tokenType: 'Bearer',
  },
  connection: {
    scopes: ['data.records:read', 'schema.bases:read', 'user.email:read'],
    tokenType: 'Bearer',
    expiresAt: new Date('2026-11-21T13:00:00.000Z'),
    refreshTokenExpiresAt: new Date('2027-01-20T12:00:00.000Z'),
    account: { id: 'usrL2PNC5o3H4lBEi', name: 'foo@bar.com' },
    params: {},
  },
  error: 'Airtable OAuth failed: invalid_grant - Invalid grant code.',
  denied: 'Airtable OAuth failed: access_denied - The user denied the request',
  refresh: {
    because: 'end',
    accessToken: 'oaaSAMPLE0000000002.v1.eyJzYW1wbGUiOjJ9.sample',
    requests: [
      {
        endpoint: 'POST https://airtable.com/oauth2/v1/token',
        headers: { authorization: basic, 'content-type': form },
        body: {
          grant_type: 'refresh_token',
          refresh_token: 'oarSAMPLE0000000001.v1.refresh.sample',
        },
        answer: 'refresh',
      },
    ],
    tokens: {
      accessToken: 'oaaSAMPLE0000000002.v1.eyJzYW1wbGUiOjJ9.sample',
      refreshToken: 'oarSAMPLE0000000002.v1.refresh.sample',
      expiresAt: new Date('2026-11-22T13:00:00.000Z'),
      refreshTokenExpiresAt: new Date('2027-01-21T12:00:00.000Z'),
      scopes: ['data.records:read', 'schema.bases:read', 'user.email:read'],
      tokenType: 'Bearer',
    },
  },
  refreshError: 'Airtable OAuth failed: invalid_grant - Token has been expired or revoked.',
  revocation: [],
  api: {
    path: '/meta/bases',
    request: {
      endpoint: 'GET https://api.airtable.com/v0/meta/bases',
      headers: { authorization: 'Bearer oaaSAMPLE0000000001.v1.eyJzYW1wbGUiOjF9.sample' },
    },
    renewed: { authorization: 'Bearer oaaSAMPLE0000000002.v1.eyJzYW1wbGUiOjJ9.sample' },
  },
}
