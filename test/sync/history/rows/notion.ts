import type { HistoryRow } from '../row.ts'

const json = { sort: { timestamp: 'last_edited_time', direction: 'descending' }, page_size: 100 }
const headers = { 'notion-version': '2026-03-11', 'content-type': 'application/json' }

export const row: HistoryRow = {
  first: { method: 'POST', url: 'https://api.notion.com/v1/search', json, headers },
  next: {
    method: 'POST',
    url: 'https://api.notion.com/v1/search',
    json: { ...json, start_cursor: 'fe2cc560-036c-44cd-90e8-294d5a74cebc' },
    headers,
  },
  ids: [
    ['954b67f9-3f87-41db-8874-23b92bbd31ee', '59833787-2cf9-4fdf-8782-e53db20768a5'],
    ['3f2b7c1e-8d4a-4c55-9a0e-6f1d2b3c4d5e'],
  ],
  times: [['2026-11-06T20:29:00.000Z', '2026-10-05T20:15:00.000Z'], ['2026-08-22T10:00:00.000Z']],
  dropped: ['d9824bdc-8445-4327-be8b-5b47500af6ce'],
  windows: 'whole',
}
