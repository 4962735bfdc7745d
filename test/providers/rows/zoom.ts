import { zoom } from '../../../providers/zoom.ts'
import type { FlowRow } from '../flow-row.ts'

/** base64 of "client-id:client-secret". */
const basic = 'Basic Y2xpZW50LWlkOmNsaWVudC1zZWNyZXQ='
const form = 'application/x-www-form-urlencoded'

export const row: FlowRow = {
  definition: zoom,
  redirectUri: 'https://app.example.com/oauth/zoom/callback',
  authorization: {
    url: 'https://zoom.us/oauth/authorize',
    query: {
      response_type: 'code',
      client_id: 'client-id',
      redirect_uri: 'https://app.example.com/oauth/zoom/callback',
    },
    pkce: true,
  },
  callback: { code: 'obBEe8ewaL_KdYKjnimT4KPd8KKdQt9FQ' },
  exchange: {
    endpoint: 'POST https://zoom.us/oauth/token',
    headers: { authorization: basic, 'content-type': form },
    body: {
      grant_type: 'authorization_code',
      code: 'obBEe8ewaL_KdYKjnimT4KPd8KKdQt9FQ',
      redirect_uri: 'https://app.example.com/oauth/zoom/callback',
    },
  },
  learning: [
    {
      endpoint: 'GET https://api.zoom.us/v2/users/me',
      headers: { authorization: 'Bearer eyJzdiI6IjAwMDAwMSIsImFsZyI6IkhTNTEyIn0.eyJ2ZXIiOjl9.access' },
      answer: 'identity',
    },
  ],
  tokens: {
    accessToken: 'eyJzdiI6IjAwMDAwMSIsImFsZyI6IkhTNTEyIn0.eyJ2ZXIiOjl9.access',
    refreshToken: 'eyJzdiI6IjAwMDAwMSIsImFsZyI6IkhTNTEyIn0.eyJ2ZXIiOjl9.refresh',
    expiresAt: new Date('2026-11-21T12:59:59.000Z'),
    scopes: ['user:read:user', 'meeting:read:list_meetings'],
    tokenType: 'bearer',
  },
  connection: {
    scopes: ['user:read:user', 'meeting:read:list_meetings'],
    tokenType: 'bearer',
    expiresAt: new Date('2026-11-21T12:59:59.000Z'),
    account: { id: 'KDcuGIm1QgePTO8WbOqwIQ', name: 'jchill@example.com' },
    params: { apiUrl: 'https://api.zoom.us' },
  },
  error: 'Zoom OAuth failed: invalid_request - Invalid authorization code',
  denied: 'Zoom OAuth failed: access_denied',
  refresh: {
    because: 'end',
    accessToken: 'eyJzdiI6IjAwMDAwMSIsImFsZyI6IkhTNTEyIn0.eyJ2ZXIiOjl9.access-new',
    requests: [
      {
        endpoint: 'POST https://zoom.us/oauth/token',
        headers: { authorization: basic, 'content-type': form },
        body: {
          grant_type: 'refresh_token',
          refresh_token: 'eyJzdiI6IjAwMDAwMSIsImFsZyI6IkhTNTEyIn0.eyJ2ZXIiOjl9.refresh',
        },
        answer: 'refresh',
      },
    ],
    tokens: {
      accessToken: 'eyJzdiI6IjAwMDAwMSIsImFsZyI6IkhTNTEyIn0.eyJ2ZXIiOjl9.access-new',
      refreshToken: 'eyJzdiI6IjAwMDAwMSIsImFsZyI6IkhTNTEyIn0.eyJ2ZXIiOjl9.refresh-new',
      expiresAt: new Date('2026-11-22T12:59:59.000Z'),
      scopes: ['user:read:user'],
      tokenType: 'bearer',
    },
  },
  refreshError: 'Zoom OAuth failed: invalid_grant - Invalid Token!',
  revocation: [
    {
      endpoint: 'POST https://zoom.us/oauth/revoke',
      headers: { authorization: basic, 'content-type': form },
      body: { token: 'eyJzdiI6IjAwMDAwMSIsImFsZyI6IkhTNTEyIn0.eyJ2ZXIiOjl9.access' },
      answer: 'revoke',
    },
  ],
  api: {
    path: '/users/me/meetings?page_size=300',
    request: {
      endpoint: 'GET https://api.zoom.us/v2/users/me/meetings',
      query: { page_size: '300' },
      headers: { authorization: 'Bearer eyJzdiI6IjAwMDAwMSIsImFsZyI6IkhTNTEyIn0.eyJ2ZXIiOjl9.access' },
    },
    renewed: { authorization: 'Bearer eyJzdiI6IjAwMDAwMSIsImFsZyI6IkhTNTEyIn0.eyJ2ZXIiOjl9.access-new' },
  },
}
