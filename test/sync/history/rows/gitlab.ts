import type { HistoryRow } from '../row.ts'

const url =
  'https://gitlab.com/api/v4/issues?scope=all&order_by=updated_at&sort=desc&per_page=100&updated_after=2026-08-21T00%3A00%3A00Z&updated_before=2026-11-21T00%3A00%3A00Z'

export const row: HistoryRow = {
  first: { method: 'GET', url },
  next: { method: 'GET', url: `${url}&page=2` },
  ids: [['76'], ['75']],
  times: [['2026-11-19T15:31:51.081Z'], ['2026-08-21T00:00:00.000Z']],
  dropped: ['77'],
  windows: { days: 7 },
}
