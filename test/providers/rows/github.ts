import { github } from '../../../providers/github.ts'
import type { FlowRow } from '../flow-row.ts'

/** base64 of "client-id:client-secret". */
const basic = 'Basic Y2xpZW50LWlkOmNsaWVudC1zZWNyZXQ='
const form = 'application/x-www-form-urlencoded'

export const row: FlowRow = {
  definition: github,
  redirectUri: 'https://app.example.com/oauth/github/callback',
  authorization: {
    url: 'https://github.com/login/oauth/authorize',
    query: {
      response_type: 'code',
      client_id: 'client-id',
      redirect_uri: 'https://app.example.com/oauth/github/callback',
      scope: 'read:user user:email repo read:org',
    },
    pkce: true,
  },
  callback: { code: 'e2c9a0b1d3f4a5b6c7d8', iss: 'https://github.com/login/oauth' },
  exchange: {
    endpoint: 'POST https://github.com/login/oauth/access_token',
    headers: { authorization: undefined, 'content-type': form, accept: 'application/json' },
    body: {
      grant_type: 'authorization_code',
      code: 'e2c9a0b1d3f4a5b6c7d8',
      redirect_uri: 'https://app.example.com/oauth/github/callback',
      client_id: 'client-id',
      client_secret: 'client-secret',
    },
  },
  learning: [
    {
      endpoint: 'GET https://api.github.com/user',
      headers: {
        authorization: 'Bearer gho_16C7e42F292c6912E7710c838347Ae178B4a',
        accept: 'application/vnd.github+json',
        'x-github-api-version': '2022-11-28',
        'user-agent': 'latchkey',
      },
      answer: 'identity',
    },
  ],
  tokens: {
    accessToken: 'gho_16C7e42F292c6912E7710c838347Ae178B4a',
    scopes: ['repo', 'gist'],
    tokenType: 'bearer',
  },
  connection: {
    scopes: ['repo', 'gist'],
    tokenType: 'bearer',
    account: { id: '1', name: 'octocat' },
    params: {},
  },
  error: 'GitHub OAuth failed: bad_verification_code - The code passed is incorrect or expired.',
  denied: 'GitHub OAuth failed: access_denied - The user has denied your application access.',
  refresh: {
    from: 'token-github-app',
    because: 'end',
    accessToken: 'ghu_newC7e42F292c6912E7710c838347Ae178B4a',
    requests: [
      {
        endpoint: 'POST https://github.com/login/oauth/access_token',
        headers: { authorization: undefined, 'content-type': form, accept: 'application/json' },
        body: {
          grant_type: 'refresh_token',
          refresh_token: 'ghr_1B4a2e77838347a7E420ce178F2E7c6912E169246c34E1ccbF66C46812d16D5B1A9Dc86A1498',
          client_id: 'client-id',
          client_secret: 'client-secret',
        },
        answer: 'refresh',
      },
    ],
    tokens: {
      accessToken: 'ghu_newC7e42F292c6912E7710c838347Ae178B4a',
      refreshToken: 'ghr_newa2e77838347a7E420ce178F2E7c6912E169246c34E1ccbF66C46812d16D5B1A9Dc86A1498',
      expiresAt: new Date('2026-11-22T20:00:00.000Z'),
      refreshTokenExpiresAt: new Date('2027-05-25T12:00:00.000Z'),
      scopes: [],
      tokenType: 'bearer',
    },
  },
  refreshError: 'GitHub OAuth failed: bad_refresh_token - The refresh token passed is incorrect or expired.',
  revocation: [
    {
      endpoint: 'DELETE https://api.github.com/applications/client-id/token',
      headers: {
        authorization: basic,
        'content-type': 'application/json',
        accept: 'application/vnd.github+json',
        'x-github-api-version': '2022-11-28',
        'user-agent': 'latchkey',
      },
      body: { access_token: 'gho_16C7e42F292c6912E7710c838347Ae178B4a' },
      answer: 'revoke',
    },
  ],
  api: {
    path: '/user/repos?per_page=100',
    request: {
      endpoint: 'GET https://api.github.com/user/repos',
      query: { per_page: '100' },
      headers: {
        authorization: 'Bearer gho_16C7e42F292c6912E7710c838347Ae178B4a',
        accept: 'application/vnd.github+json',
        'x-github-api-version': '2022-11-28',
        'user-agent': 'latchkey',
      },
    },
    renewed: { authorization: 'Bearer ghu_newC7e42F292c6912E7710c838347Ae178B4a' },
  },
}
