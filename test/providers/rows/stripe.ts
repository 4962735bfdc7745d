import { stripe } from '../../../providers/stripe.ts'
import type { FlowRow } from '../flow-row.ts'

/** base64 of "client-secret:": the secret key as user name, without a password. */
const basic = 'Basic Y2xpZW50LXNlY3JldDo='
const form = 'application/x-www-form-urlencoded'

export const row: FlowRow = {
  definition: stripe,
  redirectUri: 'https://app.example.com/oauth/stripe/callback',
  authorization: {
    url: 'https://connect.stripe.com/oauth/authorize',
    query: {
      response_type: 'code',
      client_id: 'client-id',
      redirect_uri: 'https://app.example.com/oauth/stripe/callback',
      scope: 'read_write',
    },
    pkce: false,
  },
  callback: { code: 'ac_123456789', scope: 'read_write' },
  exchange: {
    endpoint: 'POST https://connect.stripe.com/oauth/token',
    headers: { authorization: undefined, 'content-type': form },
    body: {
      grant_type: 'authorization_code',
      code: 'ac_123456789',
      client_id: 'client-id',
      client_secret: 'client-secret',
    },
  },
  learning: [
    {
      endpoint: 'GET https://api.stripe.com/v1/account',
      headers: { authorization: 'Bearer sk_test_documentation_sample' },
      answer: 'identity',
    },
  ],
  tokens: {
    accessToken: 'sk_test_documentation_sample',
    refreshToken: 'rt_documentation_sample',
    scopes: ['read_write'],
    tokenType: 'bearer',
  },
  connection: {
    scopes: ['read_write'],
    tokenType: 'bearer',
    account: { id: 'acct_1032D82eZvKYlo2C', name: 'Acme' },
    params: { accountId: 'acct_1032D82eZvKYlo2C' },
  },
  error: 'Stripe OAuth failed: invalid_grant - Authorization code does not exist: ac_123',
  denied: 'Stripe OAuth failed: access_denied - The user denied your request',
  refresh: {
    because: 'rejected',
    accessToken: 'sk_test_documentation_sample_2',
    requests: [
      {
        endpoint: 'POST https://connect.stripe.com/oauth/token',
        headers: { authorization: undefined, 'content-type': form },
        body: {
          grant_type: 'refresh_token',
          refresh_token: 'rt_documentation_sample',
          client_id: 'client-id',
          client_secret: 'client-secret',
        },
        answer: 'refresh',
      },
    ],
    tokens: {
      accessToken: 'sk_test_documentation_sample_2',
      refreshToken: 'rt_documentation_sample',
      scopes: ['read_write'],
      tokenType: 'bearer',
    },
  },
  refreshError: 'Stripe OAuth failed: invalid_grant - Token has been expired or revoked.',
  revocation: [
    {
      endpoint: 'POST https://connect.stripe.com/oauth/deauthorize',
      headers: { authorization: basic, 'content-type': form },
      body: { client_id: 'client-id', stripe_user_id: 'acct_1032D82eZvKYlo2C' },
      answer: 'revoke',
    },
  ],
  api: {
    path: '/charges?limit=100&created[gte]=1787313600',
    request: {
      endpoint: 'GET https://api.stripe.com/v1/charges',
      query: { limit: '100', 'created[gte]': '1787313600' },
      headers: { authorization: 'Bearer sk_test_documentation_sample' },
    },
    renewed: { authorization: 'Bearer sk_test_documentation_sample_2' },
  },
}
