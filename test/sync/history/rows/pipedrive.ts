import type { HistoryRow } from '../row.ts'

const url =
  'https://acme.pipedrive.com/api/v2/deals?limit=500&sort_by=update_time&sort_direction=desc&updated_since=2026-08-21T00%3A00%3A00Z&updated_until=2026-11-21T00%3A00%3A00Z'
const cursor = 'eyJmaWVsZCI6ImlkIiwiZmllbGRWYWx1ZSI6Nywic29ydERpcmVjdGlvbiI6ImFzYyIsImlkIjo3fQ'

export const row: HistoryRow = {
  first: { method: 'GET', url },
  next: { method: 'GET', url: `${url}&cursor=${cursor}` },
  ids: [['1'], ['2']],
  times: [['2026-11-19T13:21:10.000Z'], ['2026-08-22T13:21:10.000Z']],
  dropped: ['Older deal'],
  windows: { days: 7 },
}
