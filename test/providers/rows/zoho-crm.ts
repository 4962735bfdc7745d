import { zohoCrm } from '../../../providers/zoho-crm.ts'
import type { FlowRow } from '../flow-row.ts'

const form = 'application/x-www-form-urlencoded'
const accessToken = '1000.2deaf8d0c268e3c85daa2a013a843b10.703adef2bb337b8ca36cfc5d7b83cf24'
const refreshToken = '1000.18e983526f0ca8575ea9c53b0cd5bb58.1bd83a6f2e22c3a7e1309d96ae439cc1'
const newAccessToken = '1000.new0af8d0c268e3c85daa2a013a843b10.703adef2bb337b8ca36cfc5d7b83cf24'
const scopes = [
  'ZohoCRM.modules.READ',
  'ZohoCRM.settings.fields.READ',
  'ZohoCRM.users.READ',
  'ZohoCRM.org.READ',
]

/** Begins in the US data center; the user's account is in the EU. */
export const row: FlowRow = {
  definition: zohoCrm,
  redirectUri: 'https://app.example.com/oauth/zoho-crm/callback',
  authorization: {
    url: 'https://accounts.zoho.com/oauth/v2/auth',
    query: {
      response_type: 'code',
      client_id: 'client-id',
      redirect_uri: 'https://app.example.com/oauth/zoho-crm/callback',
      scope: 'ZohoCRM.modules.READ,ZohoCRM.settings.fields.READ,ZohoCRM.users.READ,ZohoCRM.org.READ',
      access_type: 'offline',
      prompt: 'consent',
    },
    pkce: false,
  },
  callback: {
    code: '1000.abbb4c9e0902704b90cc556f32ec0336.5ff4478926a43657280d5cbe1af1917a',
    location: 'eu',
    'accounts-server': 'https://accounts.zoho.eu',
  },
  exchange: {
    endpoint: 'POST https://accounts.zoho.eu/oauth/v2/token',
    headers: { authorization: undefined, 'content-type': form },
    body: {
      grant_type: 'authorization_code',
      code: '1000.abbb4c9e0902704b90cc556f32ec0336.5ff4478926a43657280d5cbe1af1917a',
      redirect_uri: 'https://app.example.com/oauth/zoho-crm/callback',
      client_id: 'client-id',
      client_secret: 'client-secret',
    },
  },
  learning: [
    {
      endpoint: 'GET https://www.zohoapis.eu/crm/v8/org',
      headers: { authorization: `Zoho-oauthtoken ${accessToken}` },
      answer: 'identity',
    },
  ],
  tokens: {
    accessToken,
    refreshToken,
    expiresAt: new Date('2026-11-21T13:00:00.000Z'),
    scopes,
    tokenType: 'Bearer',
  },
  connection: {
    scopes,
    tokenType: 'Bearer',
    expiresAt: new Date('2026-11-21T13:00:00.000Z'),
    account: { id: '690527736', name: 'Zylker' },
    params: { accountsServer: 'https://accounts.zoho.eu', apiDomain: 'https://www.zohoapis.eu' },
  },
  error: 'Zoho CRM OAuth failed: invalid_code',
  denied: 'Zoho CRM OAuth failed: access_denied',
  refresh: {
    because: 'end',
    accessToken: newAccessToken,
    requests: [
      {
        endpoint: 'POST https://accounts.zoho.eu/oauth/v2/token',
        headers: { authorization: undefined, 'content-type': form },
        body: {
          grant_type: 'refresh_token',
          refresh_token: refreshToken,
          client_id: 'client-id',
          client_secret: 'client-secret',
        },
        answer: 'refresh',
      },
    ],
    tokens: {
      accessToken: newAccessToken,
      refreshToken,
      expiresAt: new Date('2026-11-22T13:00:00.000Z'),
      scopes,
      tokenType: 'Bearer',
    },
  },
  refreshError: 'Zoho CRM OAuth failed: invalid_code',
  revocation: [
    {
      endpoint: 'POST https://accounts.zoho.eu/oauth/v2/token/revoke',
      headers: { authorization: undefined, 'content-type': form },
      body: { token: refreshToken },
      answer: 'revoke',
    },
  ],
  api: {
    path: '/Deals?fields=Deal_Name&per_page=200',
    request: {
      endpoint: 'GET https://www.zohoapis.eu/crm/v8/Deals',
      query: { fields: 'Deal_Name', per_page: '200' },
      headers: { authorization: `Zoho-oauthtoken ${accessToken}` },
    },
    renewed: { authorization: `Zoho-oauthtoken ${newAccessToken}` },
  },
}
