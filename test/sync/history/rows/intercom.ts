import type { HistoryRow } from '../row.ts'

const url = 'https://api.intercom.io/conversations/search'
const json = {
  query: {
    operator: 'AND',
    value: [
      { field: 'updated_at', operator: '>', value: '1787184000' },
      { field: 'updated_at', operator: '<', value: '1795305600' },
    ],
  },
  sort: { field: 'updated_at', order: 'ascending' },
  pagination: { per_page: 150 },
}

export const row: HistoryRow = {
  first: { method: 'POST', url, json, headers: { 'intercom-version': '2.16' } },
  next: {
    method: 'POST',
    url,
    json: { ...json, pagination: { per_page: 150, starting_after: 'WzE3OTUwMDAwMDAwMDAsNTE1LDJd' } },
  },
  ids: [['515'], ['516']],
  times: [['2026-08-21T00:00:00.000Z'], ['2026-11-20T23:59:59.000Z']],
  dropped: ['514'],
  windows: { days: 7 },
}
