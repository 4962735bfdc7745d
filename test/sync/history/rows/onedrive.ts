import type { HistoryRow } from '../row.ts'

export const row: HistoryRow = {
  first: { method: 'GET', url: 'https://graph.microsoft.com/v1.0/me/drive/root/delta?$top=200' },
  next: {
    method: 'GET',
    url: 'https://graph.microsoft.com/v1.0/me/drive/delta(token=1230919asd190410jlka)',
  },
  ids: [['0123456789abc', '123010204abac'], ['2353010204ddgg']],
  times: [['2026-11-02T10:00:00.000Z', '2026-09-15T08:30:00.000Z'], ['2026-08-21T00:00:00.000Z']],
  dropped: ['2353010204old'],
  windows: 'whole',
}
