import { webex } from '../../../providers/webex.ts'
import type { FlowRow } from '../flow-row.ts'

const form = 'application/x-www-form-urlencoded'

export const row: FlowRow = {
  definition: webex,
  redirectUri: 'https://app.example.com/oauth/webex/callback',
  authorization: {
    url: 'https://webexapis.com/v1/authorize',
    query: {
      response_type: 'code',
      client_id: 'client-id',
      redirect_uri: 'https://app.example.com/oauth/webex/callback',
      scope: 'spark:kms spark:people_read spark:rooms_read spark:messages_read meeting:schedules_read',
    },
    pkce: true,
  },
  callback: { code: 'YjAzYzgyNDYtZTE3YS00OGZkLTg2YTgtNDc3Zjg4YzFiZDlkNTRlN2FhMjMtYzUz' },
  exchange: {
    endpoint: 'POST https://webexapis.com/v1/access_token',
    headers: { authorization: undefined, 'content-type': form },
    body: {
      grant_type: 'authorization_code',
      code: 'YjAzYzgyNDYtZTE3YS00OGZkLTg2YTgtNDc3Zjg4YzFiZDlkNTRlN2FhMjMtYzUz',
      redirect_uri: 'https://app.example.com/oauth/webex/callback',
      client_id: 'client-id',
      client_secret: 'client-secret',
    },
  },
  learning: [
    {
      endpoint: 'GET https://webexapis.com/v1/people/me',
      headers: {
        authorization: 'Bearer ZDI3MGEyYzQtNmFlNS00NDNhLWFlNzAtZGVjNjE0MGU1OGZmZWNmZDEwN2ItYTU3',
      },
      answer: 'identity',
    },
  ],
  tokens: {
    accessToken: 'ZDI3MGEyYzQtNmFlNS00NDNhLWFlNzAtZGVjNjE0MGU1OGZmZWNmZDEwN2ItYTU3',
    refreshToken: 'MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4',
    expiresAt: new Date('2026-12-05T11:59:59.000Z'),
    refreshTokenExpiresAt: new Date('2027-02-19T11:59:59.000Z'),
    scopes: ['spark:kms', 'spark:people_read', 'spark:rooms_read', 'spark:messages_read'],
    tokenType: 'Bearer',
  },
  connection: {
    scopes: ['spark:kms', 'spark:people_read', 'spark:rooms_read', 'spark:messages_read'],
    tokenType: 'Bearer',
    expiresAt: new Date('2026-12-05T11:59:59.000Z'),
    refreshTokenExpiresAt: new Date('2027-02-19T11:59:59.000Z'),
    account: {
      id: 'Y2lzY29zcGFyazovL3VzL1BFT1BMRS9mNWIzNjE4Ny1jOGRkLTQ3MjctOGIyZi1mOWM0NDdmMjkwNDY',
      name: 'John Andersen',
    },
    params: {},
  },
  error: 'Webex OAuth failed: http_400 - Client Id is invalid',
  denied: 'Webex OAuth failed: access_denied - The user denied the request.',
  refresh: {
    because: 'rejected',
    accessToken: 'MTI0MzQ1NjctbmV3LWFjY2Vzcy10b2tlbi1vZi10aGUtc2FtcGxl',
    requests: [
      {
        endpoint: 'POST https://webexapis.com/v1/access_token',
        headers: { authorization: undefined, 'content-type': form },
        body: {
          grant_type: 'refresh_token',
          refresh_token: 'MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4',
          client_id: 'client-id',
          client_secret: 'client-secret',
        },
        answer: 'refresh',
      },
    ],
    tokens: {
      accessToken: 'MTI0MzQ1NjctbmV3LWFjY2Vzcy10b2tlbi1vZi10aGUtc2FtcGxl',
      refreshToken: 'MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4',
      expiresAt: new Date('2026-12-05T11:59:59.000Z'),
      refreshTokenExpiresAt: new Date('2027-02-19T11:59:59.000Z'),
      scopes: ['spark:kms', 'spark:people_read', 'spark:rooms_read', 'spark:messages_read'],
      tokenType: 'Bearer',
    },
  },
  refreshError:
    'Webex OAuth failed: invalid_request - The refresh token provided is expired, revoked, malformed, or invalid.',
  revocation: [],
  api: {
    path: '/rooms?sortBy=lastactivity&max=1000',
    request: {
      endpoint: 'GET https://webexapis.com/v1/rooms',
      query: { sortBy: 'lastactivity', max: '1000' },
      headers: {
        authorization: 'Bearer ZDI3MGEyYzQtNmFlNS00NDNhLWFlNzAtZGVjNjE0MGU1OGZmZWNmZDEwN2ItYTU3',
      },
    },
    renewed: { authorization: 'Bearer MTI0MzQ1NjctbmV3LWFjY2Vzcy10b2tlbi1vZi10aGUtc2FtcGxl' },
  },
}
