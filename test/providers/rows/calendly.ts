import { calendly } from '../../../providers/calendly.ts'
import type { FlowRow } from '../flow-row.ts'

/** base64 of "client-id:client-secret". */
const basic = 'Basic Y2xpZW50LWlkOmNsaWVudC1zZWNyZXQ='
const form = 'application/x-www-form-urlencoded'

export const row: FlowRow = {
  definition: calendly,
  redirectUri: 'https://app.example.com/oauth/calendly/callback',
  authorization: {
    url: 'https://auth.calendly.com/oauth/authorize',
    query: {
      response_type: 'code',
      client_id: 'client-id',
      redirect_uri: 'https://app.example.com/oauth/calendly/callback',
      scope: 'users:read event_types:read scheduled_events:read',
    },
    pkce: true,
  },
  callback: { code: 'f04281d639d8248435378b0365de7bd1f53bf452eda187d5f1e07ae7f04546d6' },
  exchange: {
    endpoint: 'POST https://auth.calendly.com/oauth/token',
    headers: { authorization: basic, 'content-type': form },
    body: {
      grant_type: 'authorization_code',
      code: 'f04281d639d8248435378b0365de7bd1f53bf452eda187d5f1e07ae7f04546d6',
      redirect_uri: 'https://app.example.com/oauth/calendly/callback',
    },
  },
  learning: [],
  tokens: {
    accessToken: 'eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJodHRwczovL2F1dGguY2FsZW5kbHkuY29tIn0.sample',
    refreshToken: 'b77a76ffce83d3bc20531ddfa76704e584f0ee963f6041b8bfc70c91373267d5',
    expiresAt: new Date('2026-11-21T14:00:00.000Z'),
    scopes: ['default'],
    tokenType: 'Bearer',
  },
  connection: {
    scopes: ['default'],
    tokenType: 'Bearer',
    expiresAt: new Date('2026-11-21T14:00:00.000Z'),
    account: { id: 'https://api.calendly.com/users/EBHAAFHDCAEQTSEZ' },
    params: {
      ownerUri: 'https://api.calendly.com/users/EBHAAFHDCAEQTSEZ',
      organizationUri: 'https://api.calendly.com/organizations/EBHAAFHDCAEQTSEZ',
    },
  },
  error:
    'Calendly OAuth failed: invalid_grant - The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.',
  denied:
    'Calendly OAuth failed: access_denied - The resource owner or authorization server denied the request.',
  refresh: {
    because: 'end',
    accessToken: 'eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJodHRwczovL2F1dGguY2FsZW5kbHkuY29tIn0.sample-new',
    requests: [
      {
        endpoint: 'POST https://auth.calendly.com/oauth/token',
        headers: { authorization: basic, 'content-type': form },
        body: {
          grant_type: 'refresh_token',
          refresh_token: 'b77a76ffce83d3bc20531ddfa76704e584f0ee963f6041b8bfc70c91373267d5',
        },
        answer: 'refresh',
      },
    ],
    tokens: {
      accessToken: 'eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJodHRwczovL2F1dGguY2FsZW5kbHkuY29tIn0.sample-new',
      refreshToken: 'c88b87ffde94e4cd31642eecb87815f695a1ff074a7152c9cdd3fd4bd1c2f0f8',
      expiresAt: new Date('2026-11-22T14:00:00.000Z'),
      scopes: ['default'],
      tokenType: 'Bearer',
    },
  },
  refreshError:
    'Calendly OAuth failed: invalid_grant - The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.',
  revocation: [
    {
      endpoint: 'POST https://auth.calendly.com/oauth/revoke',
      headers: { authorization: undefined, 'content-type': form },
      body: {
        token: 'b77a76ffce83d3bc20531ddfa76704e584f0ee963f6041b8bfc70c91373267d5',
        client_id: 'client-id',
        client_secret: 'client-secret',
      },
      answer: 'revoke',
    },
  ],
  api: {
    path: '/scheduled_events?user=https%3A%2F%2Fapi.calendly.com%2Fusers%2FEBHAAFHDCAEQTSEZ&count=100',
    request: {
      endpoint: 'GET https://api.calendly.com/scheduled_events',
      query: { user: 'https://api.calendly.com/users/EBHAAFHDCAEQTSEZ', count: '100' },
      headers: {
        authorization: 'Bearer eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJodHRwczovL2F1dGguY2FsZW5kbHkuY29tIn0.sample',
      },
    },
    renewed: {
      authorization: 'Bearer eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJodHRwczovL2F1dGguY2FsZW5kbHkuY29tIn0.sample-new',
    },
  },
}
