import { intercom } from '../../../providers/intercom.ts'
import type { FlowRow } from '../flow-row.ts'

const bearer = 'Bearer dG9rOmRvY3VtZW50YXRpb24tc2FtcGxlOjE6MA=='

export const row: FlowRow = {
  definition: intercom,
  redirectUri: 'https://app.example.com/oauth/intercom/callback',
  authorization: {
    url: 'https://app.intercom.com/oauth',
    query: {
      client_id: 'client-id',
      redirect_uri: 'https://app.example.com/oauth/intercom/callback',
    },
    pkce: false,
  },
  callback: { code: '5a1c7b9e-documentation-sample' },
  exchange: {
    endpoint: 'POST https://api.intercom.io/auth/eagle/token',
    headers: { authorization: undefined, 'content-type': 'application/x-www-form-urlencoded' },
    body: {
      code: '5a1c7b9e-documentation-sample',
      client_id: 'client-id',
      client_secret: 'client-secret',
    },
  },
  learning: [
    {
      endpoint: 'GET https://api.intercom.io/me',
      headers: { authorization: bearer, accept: 'application/json', 'intercom-version': '2.16' },
      answer: 'identity',
    },
  ],
  tokens: {
    accessToken: 'dG9rOmRvY3VtZW50YXRpb24tc2FtcGxlOjE6MA==',
    scopes: [],
    tokenType: 'Bearer',
  },
  connection: {
    scopes: [],
    tokenType: 'Bearer',
    account: { id: 'this_is_an_id1_that_should_be_at_least_40', name: 'MyApp 1' },
    params: {},
  },
  error: 'Intercom OAuth failed: unauthorized - Unauthorized Code',
  denied: 'Intercom OAuth failed: access_denied',
  revocation: [
    {
      endpoint: 'POST https://api.intercom.io/auth/uninstall',
      headers: { authorization: bearer, accept: 'application/json', 'content-type': 'application/json' },
      body: {},
      answer: 'revoke',
    },
  ],
  api: {
    path: '/admins',
    request: {
      endpoint: 'GET https://api.intercom.io/admins',
      headers: { authorization: bearer, accept: 'application/json', 'intercom-version': '2.16' },
    },
  },
}
