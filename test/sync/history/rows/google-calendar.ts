import type { HistoryRow } from '../row.ts'

const url =
  'https://www.googleapis.com/calendar/v3/calendars/primary/events?singleEvents=true&orderBy=startTime&maxResults=2500&timeMin=2026-08-20T10%3A00%3A00Z&timeMax=2026-11-21T14%3A00%3A00Z'

export const row: HistoryRow = {
  first: { method: 'GET', url },
  next: { method: 'GET', url: `${url}&pageToken=CkkKOwovMjAyNi0xMS0yMA%3D%3D` },
  ids: [['7kukuqrfedlm2f9t0cbchjdjk4_20260824T140000Z'], ['2offsite2']],
  times: [['2026-08-24T14:00:00.000Z'], ['2026-10-05T00:00:00.000Z']],
  dropped: ['0overnight0', '3nextday3'],
  windows: { days: 7 },
}
