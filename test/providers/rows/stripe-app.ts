import { stripeApp } from '../../../providers/stripe-app.ts'
import type { FlowRow } from '../flow-row.ts'

/** base64 of "client-secret:": the secret key as user name, without a password. */
const basic = 'Basic Y2xpZW50LXNlY3JldDo='
const form = 'application/x-www-form-urlencoded'

export const row: FlowRow = {
  definition: stripeApp,
  redirectUri: 'https://app.example.com/oauth/stripe-app/callback',
  authorization: {
    url: 'https://marketplace.stripe.com/oauth/v2/authorize',
    query: {
      client_id: 'client-id',
      redirect_uri: 'https://app.example.com/oauth/stripe-app/callback',
    },
    pkce: false,
  },
  callback: { code: 'ac_123456789' },
  exchange: {
    endpoint: 'POST https://api.stripe.com/v1/oauth/token',
    headers: { authorization: basic, 'content-type': form },
    body: { grant_type: 'authorization_code', code: 'ac_123456789' },
  },
  learning: [],
  tokens: {
    accessToken: '{{ ACCESS_TOKEN }}',
    refreshToken: '{{ REFRESH_TOKEN }}',
    expiresAt: new Date('2026-11-21T13:00:00.000Z'),
    refreshTokenExpiresAt: new Date('2027-11-21T12:00:00.000Z'),
    scopes: ['stripe_apps'],
    tokenType: 'bearer',
  },
  connection: {
    scopes: ['stripe_apps'],
    tokenType: 'bearer',
    expiresAt: new Date('2026-11-21T13:00:00.000Z'),
    refreshTokenExpiresAt: new Date('2027-11-21T12:00:00.000Z'),
    account: { id: 'acct_1032D82eZvKYlo2C' },
    params: { accountId: 'acct_1032D82eZvKYlo2C' },
  },
  error: 'Stripe Apps OAuth failed: invalid_grant - Authorization code provided does not belong to you',
  denied: 'Stripe Apps OAuth failed: access_denied',
  refresh: {
    because: 'end',
    accessToken: '{{ ACCESS_TOKEN_2 }}',
    requests: [
      {
        endpoint: 'POST https://api.stripe.com/v1/oauth/token',
        headers: { authorization: basic, 'content-type': form },
        body: { grant_type: 'refresh_token', refresh_token: '{{ REFRESH_TOKEN }}' },
        answer: 'refresh',
      },
    ],
    tokens: {
      accessToken: '{{ ACCESS_TOKEN_2 }}',
      refreshToken: '{{ REFRESH_TOKEN_2 }}',
      expiresAt: new Date('2026-11-22T13:00:00.000Z'),
      refreshTokenExpiresAt: new Date('2027-11-22T12:00:00.000Z'),
      scopes: ['stripe_apps'],
      tokenType: 'bearer',
    },
  },
  refreshError: 'Stripe Apps OAuth failed: invalid_grant - Token has been expired or revoked.',
  revocation: [
    {
      endpoint: 'POST https://api.stripe.com/v1/oauth/deauthorize',
      headers: { authorization: basic, 'content-type': form },
      body: { client_id: 'client-id', stripe_user_id: 'acct_1032D82eZvKYlo2C' },
      answer: 'revoke',
    },
  ],
  api: {
    path: '/customers?limit=3',
    request: {
      endpoint: 'GET https://api.stripe.com/v1/customers',
      query: { limit: '3' },
      headers: { authorization: 'Bearer {{ ACCESS_TOKEN }}' },
    },
    renewed: { authorization: 'Bearer {{ ACCESS_TOKEN_2 }}' },
  },
}
