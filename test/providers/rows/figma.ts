import { figma } from '../../../providers/figma.ts'
import type { FlowRow } from '../flow-row.ts'

/** base64 of "client-id:client-secret". */
const basic = 'Basic Y2xpZW50LWlkOmNsaWVudC1zZWNyZXQ='
const form = 'application/x-www-form-urlencoded'

export const row: FlowRow = {
  definition: figma,
  redirectUri: 'https://app.example.com/oauth/figma/callback',
  authorization: {
    url: 'https://www.figma.com/oauth',
    query: {
      response_type: 'code',
      client_id: 'client-id',
      redirect_uri: 'https://app.example.com/oauth/figma/callback',
      scope: 'current_user:read file_metadata:read file_versions:read file_comments:read',
    },
    pkce: true,
  },
  callback: { code: 'documentation-code' },
  exchange: {
    endpoint: 'POST https://api.figma.com/v1/oauth/token',
    headers: { authorization: basic, 'content-type': form },
    body: {
      grant_type: 'authorization_code',
      code: 'documentation-code',
      redirect_uri: 'https://app.example.com/oauth/figma/callback',
    },
  },
  learning: [
    {
      endpoint: 'GET https://api.figma.com/v1/me',
      headers: { authorization: 'Bearer figu_documentation-sample' },
      answer: 'identity',
    },
  ],
  tokens: {
    accessToken: 'figu_documentation-sample',
    refreshToken: 'figur_documentation-sample',
    expiresAt: new Date('2027-02-19T12:00:00.000Z'),
    scopes: ['current_user:read', 'file_metadata:read', 'file_versions:read', 'file_comments:read'],
    tokenType: 'bearer',
  },
  connection: {
    scopes: ['current_user:read', 'file_metadata:read', 'file_versions:read', 'file_comments:read'],
    tokenType: 'bearer',
    expiresAt: new Date('2027-02-19T12:00:00.000Z'),
    account: { id: '1234567890123456789', name: 'jane@example.com' },
    params: {},
  },
  error: 'Figma OAuth failed: http_400 - Invalid authorization code',
  denied: 'Figma OAuth failed: access_denied',
  refresh: {
    // A token lives 90 days; a connect of the same user elsewhere ends it at once.
    because: 'rejected',
    accessToken: 'figu_documentation-sample-2',
    requests: [
      {
        endpoint: 'POST https://api.figma.com/v1/oauth/refresh',
        headers: { authorization: basic, 'content-type': form },
        body: { grant_type: 'refresh_token', refresh_token: 'figur_documentation-sample' },
        answer: 'refresh',
      },
    ],
    tokens: {
      accessToken: 'figu_documentation-sample-2',
      refreshToken: 'figur_documentation-sample',
      expiresAt: new Date('2027-02-19T12:00:00.000Z'),
      scopes: ['current_user:read', 'file_metadata:read', 'file_versions:read', 'file_comments:read'],
      tokenType: 'bearer',
    },
  },
  refreshError: 'Figma OAuth failed: http_400 - Invalid refresh token',
  revocation: [],
  api: {
    path: '/v1/files/PcGX72lSWkYIk3/versions?page_size=50',
    request: {
      endpoint: 'GET https://api.figma.com/v1/files/PcGX72lSWkYIk3/versions',
      query: { page_size: '50' },
      headers: { authorization: 'Bearer figu_documentation-sample' },
    },
    renewed: { authorization: 'Bearer figu_documentation-sample-2' },
  },
}
