import { notion } from '../../../providers/notion.ts'
import type { FlowRow } from '../flow-row.ts'

/** base64 of "client-id:client-secret". */
const basic = 'Basic Y2xpZW50LWlkOmNsaWVudC1zZWNyZXQ='

export const row: FlowRow = {
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
