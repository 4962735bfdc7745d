import { gitlab } from '../../../providers/gitlab.ts'
import type { FlowRow } from '../flow-row.ts'

const form = 'application/x-www-form-urlencoded'
const gitlabGrantInvalid =
  'GitLab OAuth failed: invalid_grant - The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.'

export const row: FlowRow = {
  definition: gitlab,
  redirectUri: 'https://app.example.com/oauth/gitlab/callback',
  authorization: {
    url: 'https://gitlab.com/oauth/authorize',
    query: {
      response_type: 'code',
      client_id: 'client-id',
      redirect_uri: 'https://app.example.com/oauth/gitlab/callback',
      scope: 'read_user read_api',
    },
    pkce: true,
  },
  callback: { code: '1234567890abcdef' },
  exchange: {
    endpoint: 'POST https://gitlab.com/oauth/token',
    headers: { authorization: undefined, 'content-type': form, accept: 'application/json' },
    body: {
      grant_type: 'authorization_code',
      code: '1234567890abcdef',
      redirect_uri: 'https://app.example.com/oauth/gitlab/callback',
      client_id: 'client-id',
      client_secret: 'client-secret',
    },
  },
  learning: [
    {
      endpoint: 'GET https://gitlab.com/api/v4/user',
      headers: { authorization: 'Bearer de6780bc506a0446309bd9362820ba8aed28aa506c71eedbe1c5c4f9dd350e54' },
      answer: 'identity',
    },
  ],
  tokens: {
    accessToken: 'de6780bc506a0446309bd9362820ba8aed28aa506c71eedbe1c5c4f9dd350e54',
    refreshToken: '8257e65c97202ed1726cf9571600918f3bffb2544b26e00a61df9897668c33a1',
    expiresAt: new Date('2026-11-21T14:00:00.000Z'),
    scopes: ['read_user', 'read_api'],
    tokenType: 'bearer',
  },
  connection: {
    scopes: ['read_user', 'read_api'],
    tokenType: 'bearer',
    expiresAt: new Date('2026-11-21T14:00:00.000Z'),
    account: { id: '1', name: 'john_smith' },
    params: {},
  },
  error: gitlabGrantInvalid,
  denied:
    'GitLab OAuth failed: access_denied - The resource owner or authorization server denied the request.',
  refresh: {
    because: 'end',
    accessToken: 'c97d1fe52119f38c7f67f0a14db68d60caa35ddc86fd12401718b649dcfa9c68',
    requests: [
      {
        endpoint: 'POST https://gitlab.com/oauth/token',
        headers: { authorization: undefined, 'content-type': form, accept: 'application/json' },
        body: {
          grant_type: 'refresh_token',
          refresh_token: '8257e65c97202ed1726cf9571600918f3bffb2544b26e00a61df9897668c33a1',
          redirect_uri: 'https://app.example.com/oauth/gitlab/callback',
          client_id: 'client-id',
          client_secret: 'client-secret',
        },
        answer: 'refresh',
      },
    ],
    tokens: {
      accessToken: 'c97d1fe52119f38c7f67f0a14db68d60caa35ddc86fd12401718b649dcfa9c68',
      refreshToken: '803c1fd487fec35562c205dac93e9d8e08f9d3652a24079d704df3039df1158f',
      expiresAt: new Date('2026-11-22T14:00:00.000Z'),
      scopes: ['read_user', 'read_api'],
      tokenType: 'bearer',
    },
  },
  refreshError: gitlabGrantInvalid,
  revocation: [
    {
      endpoint: 'POST https://gitlab.com/oauth/revoke',
      headers: { authorization: undefined, 'content-type': form },
      body: {
        token: '8257e65c97202ed1726cf9571600918f3bffb2544b26e00a61df9897668c33a1',
        client_id: 'client-id',
        client_secret: 'client-secret',
      },
      answer: 'revoke',
    },
  ],
  api: {
    path: '/projects?membership=true',
    request: {
      endpoint: 'GET https://gitlab.com/api/v4/projects',
      query: { membership: 'true' },
      headers: { authorization: 'Bearer de6780bc506a0446309bd9362820ba8aed28aa506c71eedbe1c5c4f9dd350e54' },
    },
    renewed: { authorization: 'Bearer c97d1fe52119f38c7f67f0a14db68d60caa35ddc86fd12401718b649dcfa9c68' },
  },
}
