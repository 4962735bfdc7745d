import type { HistoryRow } from '../row.ts'

const filter =
  '$filter=receivedDateTime%20ge%202026-08-21T00%3A00%3A00Z%20and%20receivedDateTime%20lt%202026-11-21T00%3A00%3A00Z&$orderby=receivedDateTime%20desc&$top=100'

export const row: HistoryRow = {
  first: { method: 'GET', url: `https://graph.microsoft.com/v1.0/me/messages?${filter}` },
  next: {
    method: 'GET',
    url: `https://graph.microsoft.com/v1.0/me/messages?${filter}&$skip=100`,
  },
  ids: [['AAMkAGUAAAwTW09AAA=', 'AAMkAGUAAAq5UMVAAA='], ['AAMkAGUAAAq5ULcAAA=']],
  times: [['2026-11-20T19:34:02.000Z', '2026-11-19T04:02:21.000Z'], ['2026-09-01T17:47:21.000Z']],
  windows: { days: 7 },
}
