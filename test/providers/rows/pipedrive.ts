import { pipedrive } from '../../../providers/pipedrive.ts'
import type { FlowRow } from '../flow-row.ts'

/** base64 of "client-id:client-secret". */
const basic = 'Basic Y2xpZW50LWlkOmNsaWVudC1zZWNyZXQ='
const form = 'application/x-www-form-urlencoded'

export const row: FlowRow = {
  definition: pipedrive,
  redirectUri: 'https://app.example.com/oauth/pipedrive/callback',
  authorization: {
    url: 'https://oauth.pipedrive.com/oauth/authorize',
    query: {
      client_id: 'client-id',
      redirect_uri: 'https://app.example.com/oauth/pipedrive/callback',
    },
    pkce: false,
  },
  callback: { code: '1234567.7654321.c4a0d0ef8b' },
  exchange: {
    endpoint: 'POST https://oauth.pipedrive.com/oauth/token',
    headers: { authorization: basic, 'content-type': form },
    body: {
      grant_type: 'authorization_code',
      code: '1234567.7654321.c4a0d0ef8b',
      redirect_uri: 'https://app.example.com/oauth/pipedrive/callback',
    },
  },
  learning: [
    {
      endpoint: 'GET https://acme.pipedrive.com/api/v1/users/me',
      headers: { authorization: 'Bearer v1u:AQIBAHj-LzTNK2yuuuaLqifzhWb9crUNKTpk4FlQ9rjnXqp_6AFXGQ' },
      answer: 'identity',
    },
  ],
  tokens: {
    accessToken: 'v1u:AQIBAHj-LzTNK2yuuuaLqifzhWb9crUNKTpk4FlQ9rjnXqp_6AFXGQ',
    refreshToken: '1234567:1234567:c4a0d0ef8b',
    expiresAt: new Date('2026-11-21T12:59:59.000Z'),
    refreshTokenExpiresAt: new Date('2027-01-20T12:00:00.000Z'),
    scopes: ['base', 'deals:read', 'contacts:read', 'activities:read'],
    tokenType: 'Bearer',
  },
  connection: {
    scopes: ['base', 'deals:read', 'contacts:read', 'activities:read'],
    tokenType: 'Bearer',
    expiresAt: new Date('2026-11-21T12:59:59.000Z'),
    refreshTokenExpiresAt: new Date('2027-01-20T12:00:00.000Z'),
    account: { id: '77', name: 'Acme' },
    params: { apiDomain: 'https://acme.pipedrive.com' },
  },
  error: 'Pipedrive OAuth failed: invalid_grant - Invalid grant: authorization_code is invalid',
  denied: 'Pipedrive OAuth failed: user_denied',
  refresh: {
    because: 'end',
    accessToken: 'v1u:AQIBAHj-NEWTNK2yuuuaLqifzhWb9crUNKTpk4FlQ9rjnXqp_6AFXGQ',
    requests: [
      {
        endpoint: 'POST https://oauth.pipedrive.com/oauth/token',
        headers: { authorization: basic, 'content-type': form },
        body: { grant_type: 'refresh_token', refresh_token: '1234567:1234567:c4a0d0ef8b' },
        answer: 'refresh',
      },
    ],
    tokens: {
      accessToken: 'v1u:AQIBAHj-NEWTNK2yuuuaLqifzhWb9crUNKTpk4FlQ9rjnXqp_6AFXGQ',
      refreshToken: '1234567:1234567:c4a0d0ef8b',
      expiresAt: new Date('2026-11-22T12:59:59.000Z'),
      refreshTokenExpiresAt: new Date('2027-01-21T12:00:00.000Z'),
      scopes: ['base', 'deals:read', 'contacts:read', 'activities:read'],
      tokenType: 'Bearer',
    },
  },
  refreshError: 'Pipedrive OAuth failed: invalid_grant - Invalid grant: refresh_token is invalid',
  revocation: [
    {
      endpoint: 'POST https://oauth.pipedrive.com/oauth/revoke',
      headers: { authorization: basic, 'content-type': form },
      body: { token: '1234567:1234567:c4a0d0ef8b' },
      answer: 'revoke',
    },
  ],
  api: {
    path: '/v2/deals?limit=500',
    request: {
      endpoint: 'GET https://acme.pipedrive.com/api/v2/deals',
      query: { limit: '500' },
      headers: { authorization: 'Bearer v1u:AQIBAHj-LzTNK2yuuuaLqifzhWb9crUNKTpk4FlQ9rjnXqp_6AFXGQ' },
    },
    renewed: { authorization: 'Bearer v1u:AQIBAHj-NEWTNK2yuuuaLqifzhWb9crUNKTpk4FlQ9rjnXqp_6AFXGQ' },
  },
}
