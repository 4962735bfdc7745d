import { bitbucket } from '../../../providers/bitbucket.ts'
import type { FlowRow } from '../flow-row.ts'

/** base64 of "client-id:client-secret". */
const basic = 'Basic Y2xpZW50LWlkOmNsaWVudC1zZWNyZXQ='
const form = 'application/x-www-form-urlencoded'
const accessToken = 'S85XmKEpZ7Qlyl26g4StUv7prcHJBnBaUxcROPWIstx7-sample'
const newAccessToken = 'iGlAhaHfmkMnReym0Wa00V-sample'
const scopes = ['repository', 'pullrequest', 'account']

export const row: FlowRow = {
  definition: bitbucket,
  redirectUri: 'https://app.example.com/oauth/bitbucket/callback',
  authorization: {
    url: 'https://bitbucket.org/site/oauth2/authorize',
    query: {
      response_type: 'code',
      client_id: 'client-id',
      redirect_uri: 'https://app.example.com/oauth/bitbucket/callback',
    },
    pkce: false,
  },
  callback: { code: 'zGhbdUbXqQBhJRmVgS' },
  exchange: {
    endpoint: 'POST https://bitbucket.org/site/oauth2/access_token',
    headers: { authorization: basic, 'content-type': form },
    body: {
      grant_type: 'authorization_code',
      code: 'zGhbdUbXqQBhJRmVgS',
      redirect_uri: 'https://app.example.com/oauth/bitbucket/callback',
    },
  },
  learning: [
    {
      endpoint: 'GET https://api.bitbucket.org/2.0/user/workspaces',
      query: { pagelen: '100' },
      headers: { authorization: `Bearer ${accessToken}` },
      answer: 'discovery',
    },
    {
      endpoint: 'GET https://api.bitbucket.org/2.0/user',
      headers: { authorization: `Bearer ${accessToken}` },
      answer: 'identity',
    },
  ],
  tokens: {
    accessToken,
    refreshToken: 'XwDdnmBedJ9TuF4hjq-sample',
    expiresAt: new Date('2026-11-21T14:00:00.000Z'),
    // Three months, counted as 90 days.
    refreshTokenExpiresAt: new Date('2027-02-19T12:00:00.000Z'),
    scopes,
    tokenType: 'bearer',
  },
  connection: {
    scopes,
    tokenType: 'bearer',
    expiresAt: new Date('2026-11-21T14:00:00.000Z'),
    refreshTokenExpiresAt: new Date('2027-02-19T12:00:00.000Z'),
    account: { id: '557058:c0b72ad0-1cb5-4018-9cdc-0cde8492c443', name: 'Jane Doe' },
    params: { workspace: 'bbworkspace1' },
    choices: { workspace: [{ id: 'bbworkspace1', name: 'bbworkspace1' }] },
  },
  error: 'Bitbucket OAuth failed: invalid_grant - The specified code is not valid.',
  denied: 'Bitbucket OAuth failed: access_denied',
  refresh: {
    because: 'end',
    accessToken: newAccessToken,
    requests: [
      {
        endpoint: 'POST https://bitbucket.org/site/oauth2/access_token',
        headers: { authorization: basic, 'content-type': form },
        body: { grant_type: 'refresh_token', refresh_token: 'XwDdnmBedJ9TuF4hjq-sample' },
        answer: 'refresh',
      },
    ],
    tokens: {
      accessToken: newAccessToken,
      refreshToken: 'newRefreshToken-sample',
      expiresAt: new Date('2026-11-22T14:00:00.000Z'),
      refreshTokenExpiresAt: new Date('2027-02-20T12:00:00.000Z'),
      scopes,
      tokenType: 'bearer',
    },
  },
  refreshError: 'Bitbucket OAuth failed: invalid_request - Invalid refresh_token',
  revocation: [],
  api: {
    path: '/repositories/bbworkspace1?role=member',
    request: {
      endpoint: 'GET https://api.bitbucket.org/2.0/repositories/bbworkspace1',
      query: { role: 'member' },
      headers: { authorization: `Bearer ${accessToken}` },
    },
    renewed: { authorization: `Bearer ${newAccessToken}` },
  },
}
