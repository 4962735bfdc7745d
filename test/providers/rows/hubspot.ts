import { hubspot } from '../../../providers/hubspot.ts'
import type { FlowRow } from '../flow-row.ts'

const form = 'application/x-www-form-urlencoded'

export const row: FlowRow = {
  definition: hubspot,
  redirectUri: 'https://app.example.com/oauth/hubspot/callback',
  authorization: {
    url: 'https://app.hubspot.com/oauth/authorize',
    query: {
      response_type: 'code',
      client_id: 'client-id',
      redirect_uri: 'https://app.example.com/oauth/hubspot/callback',
      scope:
        'crm.objects.contacts.read crm.objects.companies.read crm.objects.deals.read crm.objects.owners.read oauth',
      optional_scope: 'sales-email-read conversations.read',
    },
    pkce: true,
  },
  callback: { code: 'na1-bcad-aad3-41ac-ae81' },
  exchange: {
    endpoint: 'POST https://api.hubapi.com/oauth/2026-03/token',
    headers: { authorization: undefined, 'content-type': form },
    body: {
      grant_type: 'authorization_code',
      code: 'na1-bcad-aad3-41ac-ae81',
      redirect_uri: 'https://app.example.com/oauth/hubspot/callback',
      client_id: 'client-id',
      client_secret: 'client-secret',
    },
  },
  learning: [
    {
      endpoint: 'POST https://api.hubapi.com/oauth/2026-03/token/introspect',
      headers: { authorization: undefined, 'content-type': form },
      body: {
        token: 'CKDZpunPLhICAQEYs-gDIIGOBii1hQIyGQAf3xBK',
        token_type_hint: 'access_token',
        client_id: 'client-id',
        client_secret: 'client-secret',
      },
      answer: 'discovery',
    },
  ],
  tokens: {
    accessToken: 'CKDZpunPLhICAQEYs-gDIIGOBii1hQIyGQAf3xBK',
    refreshToken: 'na1-ab12-cd34-ef56-gh78-abcdef123456',
    expiresAt: new Date('2026-11-21T12:30:00.000Z'),
    scopes: ['oauth', 'crm.objects.contacts.read'],
    tokenType: 'bearer',
  },
  connection: {
    scopes: ['oauth', 'crm.objects.contacts.read'],
    tokenType: 'bearer',
    expiresAt: new Date('2026-11-21T12:30:00.000Z'),
    account: { id: '62515', name: 'acme.com' },
    params: { hubId: '62515', hubDomain: 'acme.com' },
  },
  error: 'HubSpot OAuth failed: VALIDATION_ERROR - Invalid input (details will vary based on the error)',
  denied: 'HubSpot OAuth failed: access_denied',
  refresh: {
    because: 'end',
    accessToken: 'CNEWpunPLhICAQEYs-gDIIGOBii1hQIyGQAf3xBK',
    requests: [
      {
        endpoint: 'POST https://api.hubapi.com/oauth/2026-03/token',
        headers: { authorization: undefined, 'content-type': form },
        body: {
          grant_type: 'refresh_token',
          refresh_token: 'na1-ab12-cd34-ef56-gh78-abcdef123456',
          client_id: 'client-id',
          client_secret: 'client-secret',
        },
        answer: 'refresh',
      },
    ],
    tokens: {
      accessToken: 'CNEWpunPLhICAQEYs-gDIIGOBii1hQIyGQAf3xBK',
      refreshToken: 'na1-ab12-cd34-ef56-gh78-abcdef123456',
      expiresAt: new Date('2026-11-22T12:30:00.000Z'),
      scopes: ['oauth', 'crm.objects.contacts.read'],
      tokenType: 'bearer',
    },
  },
  refreshError: 'HubSpot OAuth failed: invalid_grant - refresh token is invalid, expired or revoked',
  revocation: [
    {
      endpoint: 'POST https://api.hubapi.com/oauth/2026-03/token/revoke',
      headers: { authorization: undefined, 'content-type': form },
      body: {
        token: 'na1-ab12-cd34-ef56-gh78-abcdef123456',
        token_type_hint: 'refresh_token',
        client_id: 'client-id',
        client_secret: 'client-secret',
      },
      answer: 'revoke',
    },
  ],
  api: {
    path: '/crm/objects/2026-03/contacts?limit=100',
    request: {
      endpoint: 'GET https://api.hubapi.com/crm/objects/2026-03/contacts',
      query: { limit: '100' },
      headers: { authorization: 'Bearer CKDZpunPLhICAQEYs-gDIIGOBii1hQIyGQAf3xBK' },
    },
    renewed: { authorization: 'Bearer CNEWpunPLhICAQEYs-gDIIGOBii1hQIyGQAf3xBK' },
  },
}
