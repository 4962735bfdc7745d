import { zohoBooks } from '../../../providers/zoho-books.ts'
import type { FlowRow } from '../flow-row.ts'

const form = 'application/x-www-form-urlencoded'
const zohoScopes = [
  'ZohoBooks.invoices.READ',
  'ZohoBooks.contacts.READ',
  'ZohoBooks.customerpayments.READ',
  'ZohoBooks.expenses.READ',
  'ZohoBooks.bills.READ',
  'ZohoBooks.banking.READ',
  'ZohoBooks.settings.READ',
]
const zohoToken = '1000.2deaf8d0c268e3c85daa2a013a843b10.703adef2bb337b8ca36cfc5d7b83cf24'
const zohoRefreshToken = '1000.18e983526f0ca8575ea9c53b0cd5bb58.1bd83a6f2e22c3a7e1309d96ae439cc1'
const zohoNewToken = '1000.new0af8d0c268e3c85daa2a013a843b10.703adef2bb337b8ca36cfc5d7b83cf24'

export const row: FlowRow = {
  definition: zohoBooks,
  redirectUri: 'https://app.example.com/oauth/zoho-books/callback',
  params: { location: 'eu' },
  authorization: {
    url: 'https://accounts.zoho.eu/oauth/v2/auth',
    query: {
      response_type: 'code',
      client_id: 'client-id',
      redirect_uri: 'https://app.example.com/oauth/zoho-books/callback',
      scope:
        'ZohoBooks.invoices.READ,ZohoBooks.contacts.READ,ZohoBooks.customerpayments.READ,ZohoBooks.expenses.READ,ZohoBooks.bills.READ,ZohoBooks.banking.READ,ZohoBooks.settings.READ',
      access_type: 'offline',
      prompt: 'consent',
    },
    pkce: false,
  },
  callback: {
    code: '1000.2aaf8d0c268e3c85daa2a013a843b10.703adef2bb337b8ca36cfc5d7b83cf24',
    location: 'eu',
    'accounts-server': 'https://accounts.zoho.eu',
  },
  exchange: {
    endpoint: 'POST https://accounts.zoho.eu/oauth/v2/token',
    headers: { authorization: undefined, 'content-type': form },
    body: {
      grant_type: 'authorization_code',
      code: '1000.2aaf8d0c268e3c85daa2a013a843b10.703adef2bb337b8ca36cfc5d7b83cf24',
      redirect_uri: 'https://app.example.com/oauth/zoho-books/callback',
      client_id: 'client-id',
      client_secret: 'client-secret',
    },
  },
  // The API server is the one that token.json names, which is a page of the US data center.
  learning: [
    {
      endpoint: 'GET https://www.zohoapis.com/books/v3/organizations',
      headers: { authorization: `Zoho-oauthtoken ${zohoToken}` },
      answer: 'discovery',
    },
  ],
  tokens: {
    accessToken: zohoToken,
    refreshToken: zohoRefreshToken,
    expiresAt: new Date('2026-11-21T13:00:00.000Z'),
    scopes: zohoScopes,
    tokenType: 'Bearer',
  },
  connection: {
    scopes: zohoScopes,
    tokenType: 'Bearer',
    expiresAt: new Date('2026-11-21T13:00:00.000Z'),
    account: { id: '10234695', name: 'Zillum' },
    params: {
      location: 'eu',
      accountsServer: 'https://accounts.zoho.eu',
      apiDomain: 'https://www.zohoapis.com',
      organizationId: '10234695',
      organizationName: 'Zillum',
    },
    choices: { organizationId: [{ id: '10234695', name: 'Zillum' }] },
  },
  error: 'Zoho Books OAuth failed: invalid_code',
  denied: 'Zoho Books OAuth failed: access_denied',
  refresh: {
    because: 'end',
    accessToken: zohoNewToken,
    requests: [
      {
        endpoint: 'POST https://accounts.zoho.eu/oauth/v2/token',
        headers: { authorization: undefined, 'content-type': form },
        body: {
          grant_type: 'refresh_token',
          refresh_token: zohoRefreshToken,
          client_id: 'client-id',
          client_secret: 'client-secret',
        },
        answer: 'refresh',
      },
    ],
    tokens: {
      accessToken: zohoNewToken,
      refreshToken: zohoRefreshToken,
      expiresAt: new Date('2026-11-22T13:00:00.000Z'),
      scopes: zohoScopes,
      tokenType: 'Bearer',
    },
  },
  refreshError: 'Zoho Books OAuth failed: invalid_code',
  revocation: [
    {
      endpoint: 'POST https://accounts.zoho.eu/oauth/v2/token/revoke',
      headers: { authorization: undefined, 'content-type': form },
      body: { token: zohoRefreshToken },
      answer: 'revoke',
    },
  ],
  api: {
    path: '/invoices?per_page=200',
    request: {
      endpoint: 'GET https://www.zohoapis.com/books/v3/invoices',
      query: { per_page: '200', organization_id: '10234695' },
      headers: { authorization: `Zoho-oauthtoken ${zohoToken}` },
    },
    renewed: { authorization: `Zoho-oauthtoken ${zohoNewToken}` },
  },
}
