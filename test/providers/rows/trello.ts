import { trello } from '../../../providers/trello.ts'
import type { FlowRow } from '../flow-row.ts'

const accessToken = 'eyJraWQiOiJzYW1wbGUifQ.trello-access-token.sample'
const refreshToken = 'eyJraWQiOiJzYW1wbGUifQ.trello-refresh-token.sample'
const newAccessToken = 'eyJraWQiOiJzYW1wbGUifQ.trello-new-access-token.sample'
const scopes = ['read:member:trello', 'read:board:trello', 'offline_access']

export const row: FlowRow = {
  definition: trello,
  redirectUri: 'https://app.example.com/oauth/trello/callback',
  authorization: {
    url: 'https://auth.atlassian.com/authorize',
    query: {
      response_type: 'code',
      client_id: 'client-id',
      redirect_uri: 'https://app.example.com/oauth/trello/callback',
      scope: 'read:member:trello read:board:trello offline_access',
      prompt: 'consent',
    },
    pkce: true,
  },
  callback: { code: 'eyJhbGciOiJIUzI1NiJ9.trello-code.sample' },
  exchange: {
    endpoint: 'POST https://auth.atlassian.com/oauth/token',
    headers: { authorization: undefined, 'content-type': 'application/json' },
    body: {
      grant_type: 'authorization_code',
      client_id: 'client-id',
      client_secret: 'client-secret',
      code: 'eyJhbGciOiJIUzI1NiJ9.trello-code.sample',
      redirect_uri: 'https://app.example.com/oauth/trello/callback',
    },
  },
  learning: [
    {
      endpoint: 'GET https://api.trello.com/1/members/me',
      query: { fields: 'id,username,fullName' },
      headers: { authorization: `Bearer ${accessToken}` },
      answer: 'identity',
    },
  ],
  tokens: {
    accessToken,
    refreshToken,
    expiresAt: new Date('2026-11-21T13:00:00.000Z'),
    // 90 days.
    refreshTokenExpiresAt: new Date('2027-02-19T12:00:00.000Z'),
    scopes,
    tokenType: 'Bearer',
  },
  connection: {
    scopes,
    tokenType: 'Bearer',
    expiresAt: new Date('2026-11-21T13:00:00.000Z'),
    refreshTokenExpiresAt: new Date('2027-02-19T12:00:00.000Z'),
    account: { id: '5abbe4b7ddc1b351ef961414', name: 'bentleycook' },
    params: {},
  },
  error: 'Trello OAuth failed: invalid_grant - Invalid authorization code',
  denied: 'Trello OAuth failed: access_denied - User did not authorize the request',
  refresh: {
    because: 'end',
    accessToken: newAccessToken,
    requests: [
      {
        endpoint: 'POST https://auth.atlassian.com/oauth/token',
        headers: { authorization: undefined, 'content-type': 'application/json' },
        body: {
          grant_type: 'refresh_token',
          client_id: 'client-id',
          client_secret: 'client-secret',
          refresh_token: refreshToken,
        },
        answer: 'refresh',
      },
    ],
    tokens: {
      accessToken: newAccessToken,
      refreshToken: 'eyJraWQiOiJzYW1wbGUifQ.trello-new-refresh-token.sample',
      expiresAt: new Date('2026-11-22T13:00:00.000Z'),
      refreshTokenExpiresAt: new Date('2027-02-20T12:00:00.000Z'),
      scopes,
      tokenType: 'Bearer',
    },
  },
  refreshError: 'Trello OAuth failed: invalid_grant - Unknown or invalid refresh token.',
  revocation: [],
  api: {
    path: '/members/me/boards?filter=all',
    request: {
      endpoint: 'GET https://api.trello.com/1/members/me/boards',
      query: { filter: 'all' },
      headers: { authorization: `Bearer ${accessToken}` },
    },
    renewed: { authorization: `Bearer ${newAccessToken}` },
  },
}
