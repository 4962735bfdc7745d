import { salesforce } from '../../../providers/salesforce.ts'
import type { FlowRow } from '../flow-row.ts'

const form = 'application/x-www-form-urlencoded'
const accessToken =
  '00DB0000000TfcR!AQQAQFhoK8vTMg_rKA.esrJ2bCs.OOIjJgl.9Cx6O7KqjZmHMLOyVb.U61BU9tm4xRusf7d3fD1P9oefzqS6i9sJMPWj48IK'
const renewedToken =
  '00DB0000000TfcR!AQQAQNEWK8vTMg_rKA.esrJ2bCs.OOIjJgl.9Cx6O7KqjZmHMLOyVb.U61BU9tm4xRusf7d3fD1P9oefzqS6i9sJMPWj48IK'

export const row: FlowRow = {
  definition: salesforce,
  redirectUri: 'https://app.example.com/oauth/salesforce/callback',
  authorization: {
    url: 'https://login.salesforce.com/services/oauth2/authorize',
    query: {
      response_type: 'code',
      client_id: 'client-id',
      redirect_uri: 'https://app.example.com/oauth/salesforce/callback',
      scope: 'api refresh_token',
    },
    pkce: true,
  },
  callback: { code: 'aPrxhgZ2MIpkSy0aOdn07LjKFvsFOis6RGcWXz7p8JQCjcqfed5NQLe7sxWwMY_JQFuLwHRaRA==' },
  exchange: {
    endpoint: 'POST https://login.salesforce.com/services/oauth2/token',
    headers: { authorization: undefined, accept: 'application/json', 'content-type': form },
    body: {
      grant_type: 'authorization_code',
      code: 'aPrxhgZ2MIpkSy0aOdn07LjKFvsFOis6RGcWXz7p8JQCjcqfed5NQLe7sxWwMY_JQFuLwHRaRA==',
      redirect_uri: 'https://app.example.com/oauth/salesforce/callback',
      client_id: 'client-id',
      client_secret: 'client-secret',
    },
  },
  learning: [
    {
      endpoint: 'GET https://mydomainname.my.salesforce.com/services/data/v67.0/query',
      query: { q: 'SELECT Name FROM Organization' },
      headers: { authorization: `Bearer ${accessToken}` },
      answer: 'discovery',
    },
  ],
  tokens: {
    accessToken,
    refreshToken: '5Aep861KIwKdekr90I4iHdDtfBkO',
    refreshTokenExpiresAt: new Date('2026-12-21T12:00:00.000Z'),
    scopes: ['api', 'refresh_token'],
    tokenType: 'Bearer',
  },
  connection: {
    scopes: ['api', 'refresh_token'],
    tokenType: 'Bearer',
    refreshTokenExpiresAt: new Date('2026-12-21T12:00:00.000Z'),
    account: { id: '00DB0000000TfcRMAS', name: 'Acme' },
    params: {
      instanceUrl: 'https://MyDomainName.my.salesforce.com',
      organizationId: '00DB0000000TfcRMAS',
      salesforceUserId: '005B0000005Bk90IAC',
      organizationName: 'Acme',
    },
  },
  error: 'Salesforce OAuth failed: invalid_grant - expired authorization code',
  denied: 'Salesforce OAuth failed: access_denied - end-user denied authorization',
  refresh: {
    because: 'rejected',
    accessToken: renewedToken,
    requests: [
      {
        endpoint: 'POST https://login.salesforce.com/services/oauth2/token',
        headers: { authorization: undefined, accept: 'application/json', 'content-type': form },
        body: {
          grant_type: 'refresh_token',
          refresh_token: '5Aep861KIwKdekr90I4iHdDtfBkO',
          client_id: 'client-id',
          client_secret: 'client-secret',
        },
        answer: 'refresh',
      },
    ],
    tokens: {
      accessToken: renewedToken,
      refreshToken: '5Aep861KIwKdekr90I4iHdDtfBkO',
      refreshTokenExpiresAt: new Date('2026-12-21T12:00:00.000Z'),
      scopes: ['refresh_token', 'api'],
      tokenType: 'Bearer',
    },
  },
  refreshError: 'Salesforce OAuth failed: invalid_grant - expired access/refresh token',
  revocation: [
    {
      endpoint: 'POST https://login.salesforce.com/services/oauth2/revoke',
      headers: { authorization: undefined, 'content-type': form },
      body: { token: '5Aep861KIwKdekr90I4iHdDtfBkO' },
      answer: 'revoke',
    },
  ],
  api: {
    path: '/services/data/v67.0/limits',
    request: {
      endpoint: 'GET https://mydomainname.my.salesforce.com/services/data/v67.0/limits',
      headers: { authorization: `Bearer ${accessToken}` },
    },
    renewed: { authorization: `Bearer ${renewedToken}` },
  },
}
