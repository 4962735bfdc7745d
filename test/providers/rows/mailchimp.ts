import { mailchimp } from '../../../providers/mailchimp.ts'
import type { FlowRow } from '../flow-row.ts'

export const row: FlowRow = {
  definition: mailchimp,
  redirectUri: 'https://app.example.com/oauth/mailchimp/callback',
  authorization: {
    url: 'https://login.mailchimp.com/oauth2/authorize',
    query: {
      response_type: 'code',
      client_id: 'client-id',
      redirect_uri: 'https://app.example.com/oauth/mailchimp/callback',
    },
    pkce: false,
  },
  callback: { code: '36d4ef4e6a6ca3a1' },
  exchange: {
    endpoint: 'POST https://login.mailchimp.com/oauth2/token',
    headers: { authorization: undefined, 'content-type': 'application/x-www-form-urlencoded' },
    body: {
      grant_type: 'authorization_code',
      code: '36d4ef4e6a6ca3a1',
      redirect_uri: 'https://app.example.com/oauth/mailchimp/callback',
      client_id: 'client-id',
      client_secret: 'client-secret',
    },
  },
  learning: [
    {
      endpoint: 'GET https://login.mailchimp.com/oauth2/metadata',
      headers: { authorization: 'OAuth 5c6ccc561059aa386da9d112215bae55', accept: 'application/json' },
      answer: 'discovery',
    },
  ],
  tokens: { accessToken: '5c6ccc561059aa386da9d112215bae55', scopes: [], tokenType: 'Bearer' },
  connection: {
    scopes: [],
    tokenType: 'Bearer',
    account: { id: '15197', name: "Freddie's Jokes" },
    params: { dc: 'us6', accountId: '15197', accountName: "Freddie's Jokes" },
  },
  error: 'Mailchimp OAuth failed: invalid_grant - Invalid code',
  denied: 'Mailchimp OAuth failed: access_denied',
  revocation: [],
  api: {
    path: '/campaigns?status=sent&count=1000',
    request: {
      endpoint: 'GET https://us6.api.mailchimp.com/3.0/campaigns',
      query: { status: 'sent', count: '1000' },
      headers: { authorization: 'Bearer 5c6ccc561059aa386da9d112215bae55' },
    },
    renewed: {},
  },
}
