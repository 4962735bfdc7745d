import { linear } from '../../../providers/linear.ts'
import type { FlowRow } from '../flow-row.ts'

const form = 'application/x-www-form-urlencoded'

export const row: FlowRow = {
  definition: linear,
  redirectUri: 'https://app.example.com/oauth/linear/callback',
  authorization: {
    url: 'https://linear.app/oauth/authorize',
    query: {
      response_type: 'code',
      client_id: 'client-id',
      redirect_uri: 'https://app.example.com/oauth/linear/callback',
      scope: 'read',
    },
    pkce: true,
  },
  callback: { code: '9a5190f637d8b1ad0ca92ab3ec4c0d033ad6c862' },
  exchange: {
    endpoint: 'POST https://api.linear.app/oauth/token',
    headers: { authorization: undefined, 'content-type': form },
    body: {
      grant_type: 'authorization_code',
      code: '9a5190f637d8b1ad0ca92ab3ec4c0d033ad6c862',
      redirect_uri: 'https://app.example.com/oauth/linear/callback',
      client_id: 'client-id',
      client_secret: 'client-secret',
    },
  },
  learning: [
    {
      endpoint: 'POST https://api.linear.app/graphql',
      headers: {
        authorization: 'Bearer 00a21d8b0c4e2375114e49c067dfb81eb0d2076f48354714cd5df984d87b67cc',
        'content-type': 'application/json',
      },
      body: { query: '{ organization { id name urlKey } viewer { id name email } }' },
      answer: 'identity',
    },
  ],
  tokens: {
    accessToken: '00a21d8b0c4e2375114e49c067dfb81eb0d2076f48354714cd5df984d87b67cc',
    refreshToken: 'sz0c8ffy95zj2ff6bh1hiausauw3dbfsu4gly1z4p49b5odqv8l7owunb654vg1f',
    expiresAt: new Date('2026-11-22T11:59:59.000Z'),
    scopes: ['read', 'write'],
    tokenType: 'Bearer',
  },
  connection: {
    scopes: ['read', 'write'],
    tokenType: 'Bearer',
    expiresAt: new Date('2026-11-22T11:59:59.000Z'),
    account: { id: '5f2b1c3e-8d4a-4c6f-9e0b-7a1d2c3b4e5f', name: 'Acme' },
    params: {},
  },
  error: 'Linear OAuth failed: invalid_grant - Invalid authorization code',
  denied: 'Linear OAuth failed: access_denied',
  refresh: {
    because: 'end',
    accessToken: 'fxra4u0msw3bagb9rdn2i641bs52m9zo8ksoxljouygcu31nh8s2jf8fygbepy16',
    requests: [
      {
        endpoint: 'POST https://api.linear.app/oauth/token',
        headers: { authorization: undefined, 'content-type': form },
        body: {
          grant_type: 'refresh_token',
          refresh_token: 'sz0c8ffy95zj2ff6bh1hiausauw3dbfsu4gly1z4p49b5odqv8l7owunb654vg1f',
          client_id: 'client-id',
          client_secret: 'client-secret',
        },
        answer: 'refresh',
      },
    ],
    tokens: {
      accessToken: 'fxra4u0msw3bagb9rdn2i641bs52m9zo8ksoxljouygcu31nh8s2jf8fygbepy16',
      refreshToken: 'qjmj51q8f8fnwe188702jarfqxwhdy6r5ivqy4yjuhw2crubm5e7nyu84un3marx',
      expiresAt: new Date('2026-11-23T11:59:59.000Z'),
      scopes: ['read', 'write'],
      tokenType: 'Bearer',
    },
  },
  refreshError: 'Linear OAuth failed: invalid_grant - Token has been expired or revoked.',
  revocation: [
    {
      endpoint: 'POST https://api.linear.app/oauth/revoke',
      headers: { authorization: undefined, 'content-type': form },
      body: { token: 'sz0c8ffy95zj2ff6bh1hiausauw3dbfsu4gly1z4p49b5odqv8l7owunb654vg1f' },
      answer: 'revoke',
    },
  ],
  api: {
    path: '/graphql?query=%7B%20viewer%20%7B%20id%20%7D%20%7D',
    request: {
      endpoint: 'GET https://api.linear.app/graphql',
      query: { query: '{ viewer { id } }' },
      headers: {
        authorization: 'Bearer 00a21d8b0c4e2375114e49c067dfb81eb0d2076f48354714cd5df984d87b67cc',
      },
    },
    renewed: {
      authorization: 'Bearer fxra4u0msw3bagb9rdn2i641bs52m9zo8ksoxljouygcu31nh8s2jf8fygbepy16',
    },
  },
}
