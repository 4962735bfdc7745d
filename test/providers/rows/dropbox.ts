import { dropbox } from '../../../providers/dropbox.ts'
import type { FlowRow } from '../flow-row.ts'

const form = 'application/x-www-form-urlencoded'

export const row: FlowRow = {
  definition: dropbox,
  redirectUri: 'https://app.example.com/oauth/dropbox/callback',
  authorization: {
    url: 'https://www.dropbox.com/oauth2/authorize',
    query: {
      response_type: 'code',
      client_id: 'client-id',
      redirect_uri: 'https://app.example.com/oauth/dropbox/callback',
      scope: 'account_info.read files.metadata.read files.content.read',
      token_access_type: 'offline',
    },
    pkce: true,
  },
  callback: { code: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ' },
  exchange: {
    endpoint: 'POST https://api.dropboxapi.com/oauth2/token',
    headers: { authorization: undefined, 'content-type': form },
    body: {
      grant_type: 'authorization_code',
      code: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
      redirect_uri: 'https://app.example.com/oauth/dropbox/callback',
      client_id: 'client-id',
      client_secret: 'client-secret',
    },
  },
  learning: [
    {
      endpoint: 'POST https://api.dropboxapi.com/2/users/get_current_account',
      headers: {
        authorization: 'Bearer sl.AbX9y6Fe3AuH5o66-gmJpR032jwAwQPIVVzWXZNkdzcYT02akC2de219',
        'content-type': undefined,
      },
      answer: 'identity',
    },
  ],
  tokens: {
    accessToken: 'sl.AbX9y6Fe3AuH5o66-gmJpR032jwAwQPIVVzWXZNkdzcYT02akC2de219',
    refreshToken: 'nBiM85CZALsAAAAAAAAAAQXHBoNpNutK4ngsXHsqW4iGz9tisb3JyjGqikMJIYbd',
    expiresAt: new Date('2026-11-21T16:00:00.000Z'),
    scopes: ['account_info.read', 'files.content.read', 'files.metadata.read'],
    tokenType: 'bearer',
  },
  connection: {
    scopes: ['account_info.read', 'files.content.read', 'files.metadata.read'],
    tokenType: 'bearer',
    expiresAt: new Date('2026-11-21T16:00:00.000Z'),
    account: { id: 'dbid:AAH4f99T0taONIb-OurWxbNQ6ywGRopQngc', name: 'franz@dropbox.com' },
    params: {},
  },
  error: "Dropbox OAuth failed: invalid_grant - code doesn't exist or has expired",
  denied:
    'Dropbox OAuth failed: access_denied - The user chose not to give your app access to their Dropbox account.',
  refresh: {
    because: 'end',
    accessToken: 'sl.Abcd1234',
    requests: [
      {
        endpoint: 'POST https://api.dropboxapi.com/oauth2/token',
        headers: { authorization: undefined, 'content-type': form },
        body: {
          grant_type: 'refresh_token',
          refresh_token: 'nBiM85CZALsAAAAAAAAAAQXHBoNpNutK4ngsXHsqW4iGz9tisb3JyjGqikMJIYbd',
          client_id: 'client-id',
          client_secret: 'client-secret',
        },
        answer: 'refresh',
      },
    ],
    tokens: {
      accessToken: 'sl.Abcd1234',
      refreshToken: 'nBiM85CZALsAAAAAAAAAAQXHBoNpNutK4ngsXHsqW4iGz9tisb3JyjGqikMJIYbd',
      expiresAt: new Date('2026-11-22T16:00:00.000Z'),
      scopes: ['account_info.read', 'files.content.read', 'files.metadata.read'],
      tokenType: 'bearer',
    },
  },
  refreshError: 'Dropbox OAuth failed: invalid_grant - refresh token is invalid or revoked',
  revocation: [
    {
      endpoint: 'POST https://api.dropboxapi.com/2/auth/token/revoke',
      headers: {
        authorization: 'Bearer sl.AbX9y6Fe3AuH5o66-gmJpR032jwAwQPIVVzWXZNkdzcYT02akC2de219',
        'content-type': undefined,
      },
      answer: 'revoke',
    },
  ],
  api: {
    path: 'https://content.dropboxapi.com/2/files/download?arg=%7B%22path%22%3A%22%2FHomework%2Fmath%2FPrime_Numbers.txt%22%7D',
    request: {
      endpoint: 'GET https://content.dropboxapi.com/2/files/download',
      query: { arg: '{"path":"/Homework/math/Prime_Numbers.txt"}' },
      headers: {
        authorization: 'Bearer sl.AbX9y6Fe3AuH5o66-gmJpR032jwAwQPIVVzWXZNkdzcYT02akC2de219',
      },
    },
    renewed: { authorization: 'Bearer sl.Abcd1234' },
  },
}
