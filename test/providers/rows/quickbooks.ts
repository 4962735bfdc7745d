import { quickbooks } from '../../../providers/quickbooks.ts'
import type { FlowRow } from '../flow-row.ts'

/** base64 of "client-id:client-secret". */
const basic = 'Basic Y2xpZW50LWlkOmNsaWVudC1zZWNyZXQ='
const form = 'application/x-www-form-urlencoded'

export const row: FlowRow = {
  definition: quickbooks,
  redirectUri: 'https://app.example.com/oauth/quickbooks/callback',
  authorization: {
    url: 'https://appcenter.intuit.com/connect/oauth2',
    query: {
      response_type: 'code',
      client_id: 'client-id',
      redirect_uri: 'https://app.example.com/oauth/quickbooks/callback',
      scope: 'com.intuit.quickbooks.accounting',
    },
    pkce: false,
  },
  callback: { code: 'AB11xyz1234567890', realmId: '9130347596842384' },
  exchange: {
    endpoint: 'POST https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer',
    headers: { authorization: basic, 'content-type': form, accept: 'application/json' },
    body: {
      grant_type: 'authorization_code',
      code: 'AB11xyz1234567890',
      redirect_uri: 'https://app.example.com/oauth/quickbooks/callback',
    },
  },
  learning: [
    {
      endpoint:
        'GET https://quickbooks.api.intuit.com/v3/company/9130347596842384/companyinfo/9130347596842384',
      query: { minorversion: '75' },
      headers: {
        authorization: 'Bearer eyJlbmMiOiJBMTI4Q0JDLUhTMjU2IiwiYWxnIjoiZGlyIn0..accesstoken',
        accept: 'application/json',
      },
      answer: 'discovery',
    },
  ],
  tokens: {
    accessToken: 'eyJlbmMiOiJBMTI4Q0JDLUhTMjU2IiwiYWxnIjoiZGlyIn0..accesstoken',
    refreshToken: 'AB11587654321qwertyuiopasdfghjklzxcvbnm1234567890ABCD',
    expiresAt: new Date('2026-11-21T13:00:00.000Z'),
    refreshTokenExpiresAt: new Date('2027-03-02T12:00:00.000Z'),
    scopes: ['com.intuit.quickbooks.accounting'],
    tokenType: 'bearer',
  },
  connection: {
    scopes: ['com.intuit.quickbooks.accounting'],
    tokenType: 'bearer',
    expiresAt: new Date('2026-11-21T13:00:00.000Z'),
    refreshTokenExpiresAt: new Date('2027-03-02T12:00:00.000Z'),
    account: { id: '9130347596842384', name: 'Sandbox Company_US_1' },
    params: { realmId: '9130347596842384', companyName: 'Sandbox Company_US_1' },
  },
  error: 'QuickBooks OAuth failed: invalid_grant - Token invalid',
  denied: 'QuickBooks OAuth failed: access_denied',
  refresh: {
    because: 'end',
    accessToken: 'eyJlbmMiOiJBMTI4Q0JDLUhTMjU2IiwiYWxnIjoiZGlyIn0..newaccess',
    requests: [
      {
        endpoint: 'POST https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer',
        headers: { authorization: basic, 'content-type': form, accept: 'application/json' },
        body: {
          grant_type: 'refresh_token',
          refresh_token: 'AB11587654321qwertyuiopasdfghjklzxcvbnm1234567890ABCD',
        },
        answer: 'refresh',
      },
    ],
    tokens: {
      accessToken: 'eyJlbmMiOiJBMTI4Q0JDLUhTMjU2IiwiYWxnIjoiZGlyIn0..newaccess',
      refreshToken: 'AB11587654321qwertyuiopasdfghjklzxcvbnm1234567890ABCD',
      expiresAt: new Date('2026-11-22T13:00:00.000Z'),
      refreshTokenExpiresAt: new Date('2027-03-03T10:52:25.000Z'),
      scopes: ['com.intuit.quickbooks.accounting'],
      tokenType: 'bearer',
    },
  },
  refreshError: 'QuickBooks OAuth failed: invalid_grant - Incorrect or invalid refresh token',
  revocation: [
    {
      endpoint: 'POST https://developer.api.intuit.com/v2/oauth2/tokens/revoke',
      headers: { authorization: basic, 'content-type': 'application/json', accept: 'application/json' },
      body: { token: 'AB11587654321qwertyuiopasdfghjklzxcvbnm1234567890ABCD' },
      answer: 'revoke',
    },
  ],
  api: {
    path: '/query?query=select%20*%20from%20Invoice&minorversion=75',
    request: {
      endpoint: 'GET https://quickbooks.api.intuit.com/v3/company/9130347596842384/query',
      query: { query: 'select * from Invoice', minorversion: '75' },
      headers: {
        authorization: 'Bearer eyJlbmMiOiJBMTI4Q0JDLUhTMjU2IiwiYWxnIjoiZGlyIn0..accesstoken',
        accept: 'application/json',
      },
    },
    renewed: { authorization: 'Bearer eyJlbmMiOiJBMTI4Q0JDLUhTMjU2IiwiYWxnIjoiZGlyIn0..newaccess' },
  },
}
