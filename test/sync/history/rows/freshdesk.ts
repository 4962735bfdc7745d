import type { HistoryRow } from '../row.ts'

const url =
  'https://acme.freshdesk.com/api/v2/tickets?include=requester,stats&order_by=updated_at&order_type=desc&per_page=100&updated_since=2026-08-20T23%3A00%3A00Z'

export const row: HistoryRow = {
  first: { method: 'GET', url },
  next: { method: 'GET', url: `${url.replace(',', '%2C')}&page=2` },
  ids: [['1', '20'], ['2']],
  times: [['2026-11-20T11:49:23.000Z', '2026-11-01T11:49:23.000Z'], ['2026-08-24T11:49:23.000Z']],
  dropped: ['Just before'],
  windows: 'whole',
}
