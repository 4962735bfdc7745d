import type { HistoryRow } from '../row.ts'

const url = 'https://acme.zendesk.com/api/v2/incremental/tickets/cursor.json'

export const row: HistoryRow = {
  first: { method: 'GET', url: `${url}?per_page=1000&start_time=1787270400` },
  next: { method: 'GET', url: `${url}?cursor=MTU4MDc1Mzc5OC4wfHw0MzJ8&per_page=1000` },
  ids: [['35436', '35437'], []],
  times: [['2026-08-21T00:00:01.000Z', '2026-09-21T14:13:20.000Z'], []],
  dropped: ['35438'],
  windows: 'whole',
}
