import { googleCalendar } from '../../../providers/google-calendar.ts'
import type { FlowRow } from '../flow-row.ts'

const form = 'application/x-www-form-urlencoded'

export const row: FlowRow = {
  definition: googleCalendar,
  redirectUri: 'https://app.example.com/oauth/google-calendar/callback',
  authorization: {
    url: 'https://accounts.google.com/o/oauth2/v2/auth',
    query: {
      response_type: 'code',
      client_id: 'client-id',
      redirect_uri: 'https://app.example.com/oauth/google-calendar/callback',
      scope: 'https://www.googleapis.com/auth/calendar.readonly openid email profile',
      access_type: 'offline',
      prompt: 'consent',
      include_granted_scopes: 'true',
    },
    pkce: true,
  },
  callback: {
    iss: 'https://accounts.google.com',
    code: '4/0AX4XfWjYZ1234567890',
    scope: 'email https://www.googleapis.com/auth/calendar.readonly openid',
    authuser: '0',
    prompt: 'consent',
  },
  exchange: {
    endpoint: 'POST https://oauth2.googleapis.com/token',
    headers: { authorization: undefined, 'content-type': form },
    body: {
      grant_type: 'authorization_code',
      code: '4/0AX4XfWjYZ1234567890',
      redirect_uri: 'https://app.example.com/oauth/google-calendar/callback',
      client_id: 'client-id',
      client_secret: 'client-secret',
    },
  },
  learning: [
    {
      endpoint: 'GET https://openidconnect.googleapis.com/v1/userinfo',
      headers: { authorization: 'Bearer 1/fFAGRNJru1FTz70BzhT3Zg' },
      answer: 'identity',
    },
  ],
  tokens: {
    accessToken: '1/fFAGRNJru1FTz70BzhT3Zg',
    refreshToken: '1//xEoDL4iW3cxlI7yDbSRFYNG01kVKM2C-259HOF2aQbI',
    expiresAt: new Date('2026-11-21T13:05:20.000Z'),
    refreshTokenExpiresAt: new Date('2027-05-20T12:00:00.000Z'),
    scopes: [
      'openid',
      'https://www.googleapis.com/auth/userinfo.email',
      'https://www.googleapis.com/auth/userinfo.profile',
      'https://www.googleapis.com/auth/calendar.readonly',
    ],
    tokenType: 'Bearer',
  },
  connection: {
    scopes: [
      'openid',
      'https://www.googleapis.com/auth/userinfo.email',
      'https://www.googleapis.com/auth/userinfo.profile',
      'https://www.googleapis.com/auth/calendar.readonly',
    ],
    tokenType: 'Bearer',
    expiresAt: new Date('2026-11-21T13:05:20.000Z'),
    refreshTokenExpiresAt: new Date('2027-05-20T12:00:00.000Z'),
    account: { id: '10769150350006150715113082367', name: 'jsmith@example.com' },
    params: {},
  },
  error: 'Google Calendar OAuth failed: invalid_grant - Bad Request',
  denied: 'Google Calendar OAuth failed: access_denied',
  refresh: {
    because: 'end',
    accessToken: '1/fFAGRNJru1FTz70BzhT3Zg-new',
    requests: [
      {
        endpoint: 'POST https://oauth2.googleapis.com/token',
        headers: { authorization: undefined, 'content-type': form },
        body: {
          grant_type: 'refresh_token',
          refresh_token: '1//xEoDL4iW3cxlI7yDbSRFYNG01kVKM2C-259HOF2aQbI',
          client_id: 'client-id',
          client_secret: 'client-secret',
        },
        answer: 'refresh',
      },
    ],
    tokens: {
      accessToken: '1/fFAGRNJru1FTz70BzhT3Zg-new',
      refreshToken: '1//xEoDL4iW3cxlI7yDbSRFYNG01kVKM2C-259HOF2aQbI',
      expiresAt: new Date('2026-11-22T13:05:20.000Z'),
      refreshTokenExpiresAt: new Date('2027-05-21T12:00:00.000Z'),
      scopes: [
        'openid',
        'https://www.googleapis.com/auth/userinfo.email',
        'https://www.googleapis.com/auth/userinfo.profile',
        'https://www.googleapis.com/auth/calendar.readonly',
      ],
      tokenType: 'Bearer',
    },
  },
  refreshError: 'Google Calendar OAuth failed: invalid_grant - Token has been expired or revoked.',
  revocation: [
    {
      endpoint: 'POST https://oauth2.googleapis.com/revoke',
      headers: { authorization: undefined, 'content-type': form },
      body: { token: '1//xEoDL4iW3cxlI7yDbSRFYNG01kVKM2C-259HOF2aQbI' },
      answer: 'revoke',
    },
  ],
  api: {
    path: '/calendars/primary/events?maxResults=1',
    request: {
      endpoint: 'GET https://www.googleapis.com/calendar/v3/calendars/primary/events',
      query: { maxResults: '1' },
      headers: { authorization: 'Bearer 1/fFAGRNJru1FTz70BzhT3Zg' },
    },
    renewed: { authorization: 'Bearer 1/fFAGRNJru1FTz70BzhT3Zg-new' },
  },
}
