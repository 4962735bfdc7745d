import type { HistoryRow } from '../row.ts'

// 2026-08-20T23:00:00Z
const url =
  'https://api.clickup.com/api/v2/team/1234/task?date_updated_gt=1787266800000&order_by=updated&include_closed=true&subtasks=true'

export const row: HistoryRow = {
  first: { method: 'GET', url: `${url}&page=0` },
  next: { method: 'GET', url: `${url}&page=1` },
  ids: [['av1', 'av2'], ['av3']],
  times: [['2026-11-20T08:00:00.123Z', '2026-10-20T08:00:00.000Z'], ['2026-08-21T00:00:00.000Z']],
  dropped: ['av4'],
  windows: 'whole',
}
