import { xero } from '../../../providers/xero.ts'
import type { FlowRow } from '../flow-row.ts'

/** base64 of "client-id:client-secret". */
const basic = 'Basic Y2xpZW50LWlkOmNsaWVudC1zZWNyZXQ='
const form = 'application/x-www-form-urlencoded'
/** The JWTs of token.json and refresh.json: authentication event d0ddcf81-…, user 1945393b-…. */
const accessToken =
  'eyJhbGciOiJSUzI1NiIsImtpZCI6InNhbXBsZSIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2lkZW50aXR5Lnhlcm8uY29tIiwiYXVkIjoiaHR0cHM6Ly9pZGVudGl0eS54ZXJvLmNvbS9yZXNvdXJjZXMiLCJjbGllbnRfaWQiOiJjbGllbnQtaWQiLCJzdWIiOiJhM2E0ZGJhZmgzNDk1YTgwOGVkN2E3Yjk2NDM4OGY1MyIsInhlcm9fdXNlcmlkIjoiMTk0NTM5M2ItNmViNy00MTQzLWIwODMtN2FiMjZjZDc2OTBiIiwiYXV0aGVudGljYXRpb25fZXZlbnRfaWQiOiJkMGRkY2Y4MS1mOTQyLTRmNGQtYjNjNy1mOTgwNDUyMDRkYjQiLCJzY29wZSI6WyJvcGVuaWQiLCJwcm9maWxlIiwiZW1haWwiLCJhY2NvdW50aW5nLnNldHRpbmdzLnJlYWQiLCJvZmZsaW5lX2FjY2VzcyJdLCJqdGkiOiJmaXJzdCJ9.documentation-sample'
const renewedToken =
  'eyJhbGciOiJSUzI1NiIsImtpZCI6InNhbXBsZSIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2lkZW50aXR5Lnhlcm8uY29tIiwiYXVkIjoiaHR0cHM6Ly9pZGVudGl0eS54ZXJvLmNvbS9yZXNvdXJjZXMiLCJjbGllbnRfaWQiOiJjbGllbnQtaWQiLCJzdWIiOiJhM2E0ZGJhZmgzNDk1YTgwOGVkN2E3Yjk2NDM4OGY1MyIsInhlcm9fdXNlcmlkIjoiMTk0NTM5M2ItNmViNy00MTQzLWIwODMtN2FiMjZjZDc2OTBiIiwiYXV0aGVudGljYXRpb25fZXZlbnRfaWQiOiJkMGRkY2Y4MS1mOTQyLTRmNGQtYjNjNy1mOTgwNDUyMDRkYjQiLCJzY29wZSI6WyJvcGVuaWQiLCJwcm9maWxlIiwiZW1haWwiLCJhY2NvdW50aW5nLnNldHRpbmdzLnJlYWQiLCJvZmZsaW5lX2FjY2VzcyJdLCJqdGkiOiJzZWNvbmQifQ.documentation-sample'

export const row: FlowRow = {
  definition: xero,
  redirectUri: 'https://app.example.com/oauth/xero/callback',
  authorization: {
    url: 'https://login.xero.com/identity/connect/authorize',
    query: {
      response_type: 'code',
      client_id: 'client-id',
      redirect_uri: 'https://app.example.com/oauth/xero/callback',
      scope:
        'openid profile email accounting.settings.read accounting.contacts.read accounting.invoices.read accounting.payments.read accounting.banktransactions.read offline_access',
    },
    pkce: true,
  },
  callback: { code: 'd9c0f3a5e1', scope: 'openid offline_access', session_state: 'sample.state' },
  exchange: {
    endpoint: 'POST https://identity.xero.com/connect/token',
    headers: { authorization: basic, 'content-type': form },
    body: {
      grant_type: 'authorization_code',
      code: 'd9c0f3a5e1',
      redirect_uri: 'https://app.example.com/oauth/xero/callback',
    },
  },
  learning: [
    {
      endpoint: 'GET https://api.xero.com/connections',
      headers: {
        authorization: `Bearer ${accessToken}`,
        accept: 'application/json',
        'xero-tenant-id': undefined,
      },
      answer: 'discovery',
    },
  ],
  tokens: {
    accessToken,
    refreshToken: '0d8fc2a5e1c94b7a9c1b2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f708192a3b4c5d6',
    expiresAt: new Date('2026-11-21T12:30:00.000Z'),
    refreshTokenExpiresAt: new Date('2027-01-20T12:00:00.000Z'),
    scopes: [
      'openid',
      'profile',
      'email',
      'accounting.settings.read',
      'accounting.contacts.read',
      'accounting.invoices.read',
      'accounting.payments.read',
      'accounting.banktransactions.read',
      'offline_access',
    ],
    tokenType: 'Bearer',
  },
  connection: {
    scopes: [
      'openid',
      'profile',
      'email',
      'accounting.settings.read',
      'accounting.contacts.read',
      'accounting.invoices.read',
      'accounting.payments.read',
      'accounting.banktransactions.read',
      'offline_access',
    ],
    tokenType: 'Bearer',
    expiresAt: new Date('2026-11-21T12:30:00.000Z'),
    refreshTokenExpiresAt: new Date('2027-01-20T12:00:00.000Z'),
    account: { id: '1945393b-6eb7-4143-b083-7ab26cd7690b', name: 'hello@world.example' },
    params: {
      authEventId: 'd0ddcf81-f942-4f4d-b3c7-f98045204db4',
      organisationId: 'e0da6937-de07-4a14-adee-37abfac298ce',
    },
    choices: {
      organisationId: [{ id: 'e0da6937-de07-4a14-adee-37abfac298ce', name: 'Adam Demo Company (NZ)' }],
    },
  },
  error: 'Xero OAuth failed: invalid_grant',
  denied: 'Xero OAuth failed: access_denied',
  refresh: {
    because: 'end',
    accessToken: renewedToken,
    requests: [
      {
        endpoint: 'POST https://identity.xero.com/connect/token',
        headers: { authorization: basic, 'content-type': form },
        body: {
          grant_type: 'refresh_token',
          refresh_token: '0d8fc2a5e1c94b7a9c1b2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f708192a3b4c5d6',
        },
        answer: 'refresh',
      },
    ],
    tokens: {
      accessToken: renewedToken,
      refreshToken: '1e9fd3b6f2da5c8bad2c3e4f5061728394a5b6c7d8e9f0a1b2c3d4e5f6071829',
      expiresAt: new Date('2026-11-22T12:30:00.000Z'),
      refreshTokenExpiresAt: new Date('2027-01-21T12:00:00.000Z'),
      scopes: [
        'openid',
        'profile',
        'email',
        'accounting.settings.read',
        'accounting.contacts.read',
        'accounting.invoices.read',
        'accounting.payments.read',
        'accounting.banktransactions.read',
        'offline_access',
      ],
      tokenType: 'Bearer',
    },
  },
  refreshError: 'Xero OAuth failed: invalid_grant',
  revocation: [
    {
      endpoint: 'POST https://identity.xero.com/connect/revocation',
      headers: { authorization: basic, 'content-type': form },
      body: { token: '0d8fc2a5e1c94b7a9c1b2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f708192a3b4c5d6' },
      answer: 'revoke',
    },
  ],
  api: {
    path: '/Invoices?page=1&pageSize=100',
    request: {
      endpoint: 'GET https://api.xero.com/api.xro/2.0/Invoices',
      query: { page: '1', pageSize: '100' },
      headers: {
        authorization: `Bearer ${accessToken}`,
        accept: 'application/json',
        'xero-tenant-id': 'e0da6937-de07-4a14-adee-37abfac298ce',
      },
    },
    renewed: {
      authorization: `Bearer ${renewedToken}`,
      'xero-tenant-id': 'e0da6937-de07-4a14-adee-37abfac298ce',
    },
  },
}
