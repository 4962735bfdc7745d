import { jira } from '../../../providers/jira.ts'
import type { FlowRow } from '../flow-row.ts'

const accessToken = 'eyJraWQiOiJzYW1wbGUifQ.jira-access-token.sample'
const refreshToken = 'eyJraWQiOiJzYW1wbGUifQ.jira-refresh-token.sample'
const newAccessToken = 'eyJraWQiOiJzYW1wbGUifQ.jira-new-access-token.sample'
const scopes = ['read:jira-work', 'read:jira-user', 'read:me', 'offline_access']

export const row: FlowRow = {
  definition: jira,
  redirectUri: 'https://app.example.com/oauth/jira/callback',
  authorization: {
    url: 'https://auth.atlassian.com/authorize',
    query: {
      audience: 'api.atlassian.com',
      response_type: 'code',
      client_id: 'client-id',
      redirect_uri: 'https://app.example.com/oauth/jira/callback',
      scope: 'read:jira-work read:jira-user read:me offline_access',
      prompt: 'consent',
    },
    pkce: false,
  },
  callback: { code: 'eyJhbGciOiJIUzI1NiJ9.jira-code.sample' },
  exchange: {
    endpoint: 'POST https://auth.atlassian.com/oauth/token',
    headers: { authorization: undefined, 'content-type': 'application/json' },
    body: {
      grant_type: 'authorization_code',
      client_id: 'client-id',
      client_secret: 'client-secret',
      code: 'eyJhbGciOiJIUzI1NiJ9.jira-code.sample',
      redirect_uri: 'https://app.example.com/oauth/jira/callback',
    },
  },
  learning: [
    {
      endpoint: 'GET https://api.atlassian.com/oauth/token/accessible-resources',
      headers: { authorization: `Bearer ${accessToken}`, accept: 'application/json' },
      answer: 'discovery',
    },
    {
      endpoint: 'GET https://api.atlassian.com/me',
      headers: { authorization: `Bearer ${accessToken}`, accept: 'application/json' },
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
    account: { id: '112233aa-bb11-cc22-33dd-445566abcabc', name: 'Mia Krystof' },
    params: { cloudId: '1324a887-45db-1bf4-1e99-ef0ff456d421' },
    choices: { cloudId: [{ id: '1324a887-45db-1bf4-1e99-ef0ff456d421', name: 'Site name' }] },
  },
  error: 'Jira OAuth failed: invalid_grant - Invalid authorization code',
  denied: 'Jira OAuth failed: access_denied - User did not authorize the request',
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
      refreshToken: 'eyJraWQiOiJzYW1wbGUifQ.jira-new-refresh-token.sample',
      expiresAt: new Date('2026-11-22T13:00:00.000Z'),
      refreshTokenExpiresAt: new Date('2027-02-20T12:00:00.000Z'),
      scopes,
      tokenType: 'Bearer',
    },
  },
  refreshError: 'Jira OAuth failed: invalid_grant - Unknown or invalid refresh token.',
  revocation: [],
  api: {
    path: '/rest/api/3/project/search?maxResults=50',
    request: {
      endpoint:
        'GET https://api.atlassian.com/ex/jira/1324a887-45db-1bf4-1e99-ef0ff456d421/rest/api/3/project/search',
      query: { maxResults: '50' },
      headers: { authorization: `Bearer ${accessToken}`, accept: 'application/json' },
    },
    renewed: { authorization: `Bearer ${newAccessToken}` },
  },
}
