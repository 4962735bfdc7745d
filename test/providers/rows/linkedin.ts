import { linkedin } from '../../../providers/linkedin.ts'
import type { FlowRow } from '../flow-row.ts'

const form = 'application/x-www-form-urlencoded'

export const row: FlowRow = {
  definition: linkedin,
  redirectUri: 'https://app.example.com/oauth/linkedin/callback',
  authorization: {
    url: 'https://www.linkedin.com/oauth/v2/authorization',
    query: {
      response_type: 'code',
      client_id: 'client-id',
      redirect_uri: 'https://app.example.com/oauth/linkedin/callback',
      scope: 'openid profile',
    },
    pkce: false,
  },
  callback: { code: 'AQTQmah11lalyH65DAIivsjsAQV5P-1VTVVebnLl_SCiyMXoIjDmJ4s6rO1VBGP5Hx2542KaR_eNawkr' },
  exchange: {
    endpoint: 'POST https://www.linkedin.com/oauth/v2/accessToken',
    headers: { authorization: undefined, 'content-type': form },
    body: {
      grant_type: 'authorization_code',
      code: 'AQTQmah11lalyH65DAIivsjsAQV5P-1VTVVebnLl_SCiyMXoIjDmJ4s6rO1VBGP5Hx2542KaR_eNawkr',
      redirect_uri: 'https://app.example.com/oauth/linkedin/callback',
      client_id: 'client-id',
      client_secret: 'client-secret',
    },
  },
  learning: [
    {
      endpoint: 'GET https://api.linkedin.com/v2/userinfo',
      headers: { authorization: 'Bearer AQUvlL_DYEzvT2wz1QJiEPeLioeA' },
      answer: 'identity',
    },
  ],
  tokens: {
    accessToken: 'AQUvlL_DYEzvT2wz1QJiEPeLioeA',
    refreshToken: 'AQWAft_WjYZKwuWXLC5hQlghgTam',
    expiresAt: new Date('2027-01-20T12:00:00.000Z'),
    refreshTokenExpiresAt: new Date('2027-11-21T12:00:59.000Z'),
    scopes: ['openid', 'profile'],
    tokenType: 'Bearer',
  },
  connection: {
    scopes: ['openid', 'profile'],
    tokenType: 'Bearer',
    expiresAt: new Date('2027-01-20T12:00:00.000Z'),
    refreshTokenExpiresAt: new Date('2027-11-21T12:00:59.000Z'),
    account: { id: '782bbtaQ', name: 'John Doe' },
    params: {},
  },
  error:
    'LinkedIn OAuth failed: invalid_redirect_uri - Unable to retrieve access token: appid/redirect uri/code verifier does not match authorization code. Or authorization code expired. Or external member binding exists',
  denied: 'LinkedIn OAuth failed: user_cancelled_authorize - The user cancelled the authorization',
  refresh: {
    because: 'rejected',
    accessToken: 'BBBB2kXITHELmWblJigbHEuoFdfRhOwGA0QNnumBI8XOVSs0HtOHEU',
    requests: [
      {
        endpoint: 'POST https://www.linkedin.com/oauth/v2/accessToken',
        headers: { authorization: undefined, 'content-type': form },
        body: {
          grant_type: 'refresh_token',
          refresh_token: 'AQWAft_WjYZKwuWXLC5hQlghgTam',
          client_id: 'client-id',
          client_secret: 'client-secret',
        },
        answer: 'refresh',
      },
    ],
    tokens: {
      accessToken: 'BBBB2kXITHELmWblJigbHEuoFdfRhOwGA0QNnumBI8XOVSs0HtOHEU',
      refreshToken: 'AQWAft_WjYZKwuWXLC5hQlghgTam',
      expiresAt: new Date('2027-01-20T12:00:00.000Z'),
      refreshTokenExpiresAt: new Date('2027-09-17T12:00:00.000Z'),
      scopes: ['openid', 'profile'],
      tokenType: 'Bearer',
    },
  },
  refreshError:
    'LinkedIn OAuth failed: invalid_request - The provided authorization grant or refresh token is invalid, expired or revoked',
  revocation: [],
  api: {
    path: '/posts?q=author&author=urn%3Ali%3Aorganization%3A2414183&count=100',
    request: {
      endpoint: 'GET https://api.linkedin.com/rest/posts',
      query: { q: 'author', author: 'urn:li:organization:2414183', count: '100' },
      headers: {
        authorization: 'Bearer AQUvlL_DYEzvT2wz1QJiEPeLioeA',
        'linkedin-version': '202609',
        'x-restli-protocol-version': '2.0.0',
      },
    },
    renewed: { authorization: 'Bearer BBBB2kXITHELmWblJigbHEuoFdfRhOwGA0QNnumBI8XOVSs0HtOHEU' },
  },
}
