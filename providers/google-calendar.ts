import type { ProviderDefinition } from '../src/provider/definition.ts'
import { google, googleQuirks } from './families/google.ts'

export const googleCalendar = {
  id: 'google-calendar',
  name: 'Google Calendar',
  category: 'calendar',
  aliases: ['google_calendar', 'googlecalendar', 'gcal'],
  docs: [
    ...google.docs,
    'https://developers.google.com/workspace/calendar/api/auth',
    'https://developers.google.com/workspace/calendar/api/v3/reference/events/list',
    'https://developers.google.com/workspace/calendar/api/guides/errors',
  ],
  checked: '2026-11-21',
  protocol: 'oauth2',
  setup: google.setup,
  quirks: [
    ...googleQuirks,
    'The scope is "sensitive": beyond 100 users the app needs Google’s verification.',
    'timeMin filters on the end of an event, and a syncToken cannot be combined with it.',
  ],
  authorization: {
    ...google.authorization,
    scopes: {
      ...google.authorization.scopes,
      default: ['https://www.googleapis.com/auth/calendar.readonly'],
    },
  },
  token: google.token,
  tokenResponse: google.tokenResponse,
  refresh: google.refresh,
  revocation: google.revocation,
  identity: google.identity,
  api: { ...google.api, baseUrl: 'https://www.googleapis.com/calendar/v3' },
  history: {
    resource:
      '/calendars/primary/events?singleEvents=true&orderBy=startTime&maxResults=2500&timeMin={since}&timeMax={until}',
    timeFormat: 'iso8601',
    // A day without a clock time begins at midnight in the calendar's own zone.
    margin: 14,
    items: 'items',
    time: { at: ['start.dateTime', 'start.date'] },
    page: { by: 'cursor', at: 'nextPageToken', query: 'pageToken' },
  },
} as const satisfies ProviderDefinition
