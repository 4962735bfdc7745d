import type { ProviderDefinition } from '../src/provider/definition.ts'
import { google } from './families/google.ts'

export const googleCalendar = {
  id: 'google-calendar',
  name: 'Google Calendar',
  category: 'calendar',
  aliases: ['google_calendar', 'gcal'],
  docs: [...google.docs, 'https://developers.google.com/workspace/calendar/api/auth'],
  checked: '2026-11-21',
  protocol: 'oauth2',
  authorization: {
    ...google.authorization,
    scopes: {
      default: ['openid', 'email', 'profile', 'https://www.googleapis.com/auth/calendar.readonly'],
    },
  },
  token: google.token,
  tokenResponse: google.tokenResponse,
  refresh: google.refresh,
  revocation: google.revocation,
  identity: {
    // The primary calendar's id is the account's e-mail address (calendarList reference).
    request: { url: 'https://www.googleapis.com/calendar/v3/users/me/calendarList/primary' },
    id: 'id',
    name: 'id',
  },
  api: { baseUrl: 'https://www.googleapis.com/calendar/v3' },
  history: {
    resource: '/calendars/primary/events?singleEvents=true&orderBy=startTime&maxResults=2500&timeMin={since}',
    sinceFormat: 'iso8601',
  },
} as const satisfies ProviderDefinition
