import { clickup } from '../../../providers/clickup.ts'
import type { FlowRow } from '../flow-row.ts'

export const row: FlowRow = {
  definition: clickup,
  redirectUri: 'https://app.example.com/oauth/clickup/callback',
  authorization: {
    url: 'https://app.clickup.com/api',
    query: {
      client_id: 'client-id',
      redirect_uri: 'https://app.example.com/oauth/clickup/callback',
    },
    pkce: false,
  },
  callback: { code: 'VDVHBVN8W1V2AX3X5O3XN0AUDOGFLHX1' },
  exchange: {
    endpoint: 'POST https://api.clickup.com/api/v2/oauth/token',
    headers: { authorization: undefined, 'content-type': 'application/json' },
    body: {
      code: 'VDVHBVN8W1V2AX3X5O3XN0AUDOGFLHX1',
      client_id: 'client-id',
      client_secret: 'client-secret',
    },
  },
  learning: [
    {
      endpoint: 'GET https://api.clickup.com/api/v2/team',
      headers: { authorization: 'Bearer 12345678_5d3f0f6f6b1d4f0b9a8c7d6e5f4a3b2c' },
      answer: 'discovery',
    },
    {
      endpoint: 'GET https://api.clickup.com/api/v2/user',
      headers: { authorization: 'Bearer 12345678_5d3f0f6f6b1d4f0b9a8c7d6e5f4a3b2c' },
      answer: 'identity',
    },
  ],
  tokens: {
    accessToken: '12345678_5d3f0f6f6b1d4f0b9a8c7d6e5f4a3b2c',
    scopes: [],
    tokenType: 'Bearer',
  },
  connection: {
    scopes: [],
    tokenType: 'Bearer',
    account: { id: '123', name: 'John Doe' },
    params: { teamId: '1234' },
    choices: { teamId: [{ id: '1234', name: 'My ClickUp Workspace' }] },
  },
  error: 'ClickUp OAuth failed: OAUTH_014 - Code already used',
  denied: 'ClickUp OAuth failed: access_denied',
  revocation: [],
  api: {
    path: '/team/1234/space?archived=false',
    request: {
      endpoint: 'GET https://api.clickup.com/api/v2/team/1234/space',
      query: { archived: 'false' },
      headers: { authorization: 'Bearer 12345678_5d3f0f6f6b1d4f0b9a8c7d6e5f4a3b2c' },
    },
    renewed: {},
  },
}
