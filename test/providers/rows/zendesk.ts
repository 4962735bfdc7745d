import { zendesk } from '../../../providers/zendesk.ts'
import type { FlowRow } from '../flow-row.ts'

const json = 'application/json'
const refused =
  'invalid_grant - The provided authorization grant (e.g., authorization code, resource owner credentials) or refresh token is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.'

export const row: FlowRow = {
  definition: zendesk,
  redirectUri: 'https://app.example.com/oauth/zendesk/callback',
  params: { subdomain: 'https://Acme.zendesk.com/' },
  authorization: {
    url: 'https://acme.zendesk.com/oauth/authorizations/new',
    query: {
      response_type: 'code',
      client_id: 'client-id',
      redirect_uri: 'https://app.example.com/oauth/zendesk/callback',
      scope: 'read',
    },
    pkce: true,
  },
  callback: { code: '7xqwtlf3rrdj8uyeb1yf' },
  exchange: {
    endpoint: 'POST https://acme.zendesk.com/oauth/tokens',
    headers: { authorization: undefined, 'content-type': json },
    body: {
      grant_type: 'authorization_code',
      code: '7xqwtlf3rrdj8uyeb1yf',
      client_id: 'client-id',
      client_secret: 'client-secret',
      redirect_uri: 'https://app.example.com/oauth/zendesk/callback',
      scope: 'read',
      expires_in: '1800',
      refresh_token_expires_in: '2592000',
    },
  },
  learning: [
    {
      endpoint: 'GET https://acme.zendesk.com/api/v2/users/me.json',
      headers: { authorization: 'Bearer gErypPlm4dOVgGRvA1ZzMH5MQ3nLo8bo' },
      answer: 'identity',
    },
  ],
  tokens: {
    accessToken: 'gErypPlm4dOVgGRvA1ZzMH5MQ3nLo8bo',
    refreshToken: '31048ba4d7c601302f3173f243da835f',
    expiresAt: new Date('2026-11-21T12:30:00.000Z'),
    refreshTokenExpiresAt: new Date('2026-12-21T12:00:00.000Z'),
    scopes: ['read'],
    tokenType: 'bearer',
  },
  connection: {
    scopes: ['read'],
    tokenType: 'bearer',
    expiresAt: new Date('2026-11-21T12:30:00.000Z'),
    refreshTokenExpiresAt: new Date('2026-12-21T12:00:00.000Z'),
    account: { id: '35436', name: 'Roger Wilco' },
    params: { subdomain: 'acme' },
  },
  error: `Zendesk OAuth failed: ${refused}`,
  denied: 'Zendesk OAuth failed: access_denied - The end-user or authorization server denied the request.',
  refresh: {
    because: 'end',
    accessToken: 'gErypNEW4dOVgGRvA1ZzMH5MQ3nLo8bo',
    requests: [
      {
        endpoint: 'POST https://acme.zendesk.com/oauth/tokens',
        headers: { authorization: undefined, 'content-type': json },
        body: {
          grant_type: 'refresh_token',
          refresh_token: '31048ba4d7c601302f3173f243da835f',
          expires_in: '1800',
          refresh_token_expires_in: '2592000',
          client_id: 'client-id',
          client_secret: 'client-secret',
        },
        answer: 'refresh',
      },
    ],
    tokens: {
      accessToken: 'gErypNEW4dOVgGRvA1ZzMH5MQ3nLo8bo',
      refreshToken: '3104NEWad7c601302f3173f243da835f',
      expiresAt: new Date('2026-11-22T12:30:00.000Z'),
      refreshTokenExpiresAt: new Date('2026-12-22T12:00:00.000Z'),
      scopes: ['read'],
      tokenType: 'bearer',
    },
  },
  refreshError: `Zendesk OAuth failed: ${refused}`,
  revocation: [
    {
      endpoint: 'GET https://acme.zendesk.com/api/v2/oauth/tokens/current.json',
      headers: { authorization: 'Bearer gErypPlm4dOVgGRvA1ZzMH5MQ3nLo8bo' },
      answer: 'revoke-lookup',
    },
    {
      endpoint: 'DELETE https://acme.zendesk.com/api/v2/oauth/tokens/223443.json',
      headers: { authorization: 'Bearer gErypPlm4dOVgGRvA1ZzMH5MQ3nLo8bo' },
      answer: 'revoke',
    },
  ],
  api: {
    path: '/tickets.json?page[size]=100',
    request: {
      endpoint: 'GET https://acme.zendesk.com/api/v2/tickets.json',
      query: { 'page[size]': '100' },
      headers: { authorization: 'Bearer gErypPlm4dOVgGRvA1ZzMH5MQ3nLo8bo' },
    },
    renewed: { authorization: 'Bearer gErypNEW4dOVgGRvA1ZzMH5MQ3nLo8bo' },
  },
}
