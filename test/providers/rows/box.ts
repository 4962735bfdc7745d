import { box } from '../../../providers/box.ts'
import type { FlowRow } from '../flow-row.ts'

const form = 'application/x-www-form-urlencoded'

export const row: FlowRow = {
  definition: box,
  redirectUri: 'https://app.example.com/oauth/box/callback',
  authorization: {
    url: 'https://account.box.com/api/oauth2/authorize',
    query: {
      response_type: 'code',
      client_id: 'client-id',
      redirect_uri: 'https://app.example.com/oauth/box/callback',
    },
    pkce: false,
  },
  callback: { code: '1234567' },
  exchange: {
    endpoint: 'POST https://api.box.com/oauth2/token',
    headers: { authorization: undefined, 'content-type': form },
    body: {
      grant_type: 'authorization_code',
      code: '1234567',
      redirect_uri: 'https://app.example.com/oauth/box/callback',
      client_id: 'client-id',
      client_secret: 'client-secret',
    },
  },
  learning: [
    {
      endpoint: 'GET https://api.box.com/2.0/users/me',
      query: { fields: 'id,login,name' },
      headers: { authorization: 'Bearer c3FIOG9vSGV4VHo4QzAyg5T1JvNnJoZ3ExaVNyQWw6WjRsanRKZG5lQk9qUE1BVQ' },
      answer: 'identity',
    },
  ],
  tokens: {
    accessToken: 'c3FIOG9vSGV4VHo4QzAyg5T1JvNnJoZ3ExaVNyQWw6WjRsanRKZG5lQk9qUE1BVQ',
    refreshToken: 'c3FIOG9vSGV4VHo4QzAyg5T1JvNnJoZ3ExaVNyQWw6WjRsanRKZG5lQk9qUE1BVP',
    expiresAt: new Date('2026-11-21T13:00:00.000Z'),
    refreshTokenExpiresAt: new Date('2027-01-20T12:00:00.000Z'),
    scopes: [],
    tokenType: 'bearer',
  },
  connection: {
    scopes: [],
    tokenType: 'bearer',
    expiresAt: new Date('2026-11-21T13:00:00.000Z'),
    refreshTokenExpiresAt: new Date('2027-01-20T12:00:00.000Z'),
    account: { id: '11446498', name: 'ceo@example.com' },
    params: {},
  },
  error: 'Box OAuth failed: invalid_grant - The authorization code has expired',
  denied: 'Box OAuth failed: access_denied - The user denied access to your application',
  refresh: {
    because: 'end',
    accessToken: 'c3FIOG9vSGV4VHo4QzAyNEW1JvNnJoZ3ExaVNyQWw6WjRsanRKZG5lQk9qUE1BVQ',
    requests: [
      {
        endpoint: 'POST https://api.box.com/oauth2/token',
        headers: { authorization: undefined, 'content-type': form },
        body: {
          grant_type: 'refresh_token',
          refresh_token: 'c3FIOG9vSGV4VHo4QzAyg5T1JvNnJoZ3ExaVNyQWw6WjRsanRKZG5lQk9qUE1BVP',
          client_id: 'client-id',
          client_secret: 'client-secret',
        },
        answer: 'refresh',
      },
    ],
    tokens: {
      accessToken: 'c3FIOG9vSGV4VHo4QzAyNEW1JvNnJoZ3ExaVNyQWw6WjRsanRKZG5lQk9qUE1BVQ',
      refreshToken: 'c3FIOG9vSGV4VHo4QzAyNEW1JvNnJoZ3ExaVNyQWw6WjRsanRKZG5lQk9qUE1BVP',
      expiresAt: new Date('2026-11-22T13:00:00.000Z'),
      refreshTokenExpiresAt: new Date('2027-01-21T12:00:00.000Z'),
      scopes: [],
      tokenType: 'bearer',
    },
  },
  refreshError: 'Box OAuth failed: invalid_grant - Refresh token has expired',
  revocation: [
    {
      endpoint: 'POST https://api.box.com/oauth2/revoke',
      headers: { authorization: undefined, 'content-type': form },
      body: {
        token: 'c3FIOG9vSGV4VHo4QzAyg5T1JvNnJoZ3ExaVNyQWw6WjRsanRKZG5lQk9qUE1BVP',
        client_id: 'client-id',
        client_secret: 'client-secret',
      },
      answer: 'revoke',
    },
  ],
  api: {
    path: '/folders/0/items?limit=100',
    request: {
      endpoint: 'GET https://api.box.com/2.0/folders/0/items',
      query: { limit: '100' },
      headers: { authorization: 'Bearer c3FIOG9vSGV4VHo4QzAyg5T1JvNnJoZ3ExaVNyQWw6WjRsanRKZG5lQk9qUE1BVQ' },
    },
    renewed: { authorization: 'Bearer c3FIOG9vSGV4VHo4QzAyNEW1JvNnJoZ3ExaVNyQWw6WjRsanRKZG5lQk9qUE1BVQ' },
  },
}
