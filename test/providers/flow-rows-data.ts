import { hubspot } from '../../providers/hubspot.ts'
import { notion } from '../../providers/notion.ts'
import type { FlowRow } from './flow-row.ts'

/** base64 of "client-id:client-secret". */
const basic = 'Basic Y2xpZW50LWlkOmNsaWVudC1zZWNyZXQ='
const form = 'application/x-www-form-urlencoded'

export const notionRow: FlowRow = {
  definition: notion,
  redirectUri: 'https://app.example.com/oauth/notion/callback',
  authorization: {
    url: 'https://api.notion.com/v1/oauth/authorize',
    query: {
      response_type: 'code',
      client_id: 'client-id',
      redirect_uri: 'https://app.example.com/oauth/notion/callback',
      owner: 'user',
    },
    pkce: false,
  },
  callback: { code: '03a0066c-f0cf-442c-bcd9-9d25e3e1c8a4' },
  exchange: {
    endpoint: 'POST https://api.notion.com/v1/oauth/token',
    headers: { authorization: basic, 'content-type': 'application/json', 'notion-version': '2026-03-11' },
    body: {
      grant_type: 'authorization_code',
      code: '03a0066c-f0cf-442c-bcd9-9d25e3e1c8a4',
      redirect_uri: 'https://app.example.com/oauth/notion/callback',
    },
  },
  learning: [],
  tokens: {
    accessToken: 'ntn_1234567890abcdefghijklmnopqrstuvwxyzABCDEFG',
    refreshToken: 'nrt_4991090011501Ejc6Xn4sHguI7jZIN449mKe9PRhpMfNK',
    scopes: [],
    tokenType: 'bearer',
  },
  connection: {
    scopes: [],
    tokenType: 'bearer',
    account: { id: '3c90c3cc-0d44-4b50-8888-8dd25736052a', name: 'Acme' },
    params: {},
  },
  error:
    'Notion OAuth failed: validation_error - body failed validation: body.redirect_uri should be a string.',
  denied: 'Notion OAuth failed: access_denied',
  refresh: {
    because: 'rejected',
    accessToken: 'ntn_new4567890abcdefghijklmnopqrstuvwxyzABCDEFG',
    requests: [
      {
        endpoint: 'POST https://api.notion.com/v1/oauth/token',
        headers: { authorization: basic, 'content-type': 'application/json', 'notion-version': '2026-03-11' },
        body: {
          grant_type: 'refresh_token',
          refresh_token: 'nrt_4991090011501Ejc6Xn4sHguI7jZIN449mKe9PRhpMfNK',
        },
        answer: 'refresh',
      },
    ],
    tokens: {
      accessToken: 'ntn_new4567890abcdefghijklmnopqrstuvwxyzABCDEFG',
      refreshToken: 'nrt_new1090011501Ejc6Xn4sHguI7jZIN449mKe9PRhpMfNK',
      scopes: [],
      tokenType: 'bearer',
    },
  },
  refreshError: 'Notion OAuth failed: invalid_grant',
  revocation: [
    {
      endpoint: 'POST https://api.notion.com/v1/oauth/revoke',
      headers: { authorization: basic, 'content-type': 'application/json', 'notion-version': '2026-03-11' },
      body: { token: 'ntn_1234567890abcdefghijklmnopqrstuvwxyzABCDEFG' },
      answer: 'revoke',
    },
  ],
  api: {
    path: '/users/me',
    request: {
      endpoint: 'GET https://api.notion.com/v1/users/me',
      headers: {
        authorization: 'Bearer ntn_1234567890abcdefghijklmnopqrstuvwxyzABCDEFG',
        'notion-version': '2026-03-11',
      },
    },
    renewed: { authorization: 'Bearer ntn_new4567890abcdefghijklmnopqrstuvwxyzABCDEFG' },
  },
}

export const hubspotRow: FlowRow = {
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
