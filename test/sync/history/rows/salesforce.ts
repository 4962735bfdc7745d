import type { HistoryRow } from '../row.ts'

const base = 'https://acme.my.salesforce.com/services/data/v67.0/query'

export const row: HistoryRow = {
  first: {
    method: 'GET',
    url: `${base}?q=SELECT%20FIELDS(STANDARD)%20FROM%20Contact%20WHERE%20SystemModstamp%20%3E%3D%202026-08-21T00%3A00%3A00Z%20AND%20SystemModstamp%20%3C%202026-11-21T00%3A00%3A00Z%20ORDER%20BY%20SystemModstamp%20DESC`,
  },
  next: { method: 'GET', url: `${base}/01gRO0000016PIAYA2-500` },
  ids: [['003RO0000035WQgYAM', '003RO0000035WQhYAM'], ['003RO0000035WQiYAM']],
  times: [['2026-11-19T15:36:00.000Z', '2026-10-02T07:12:44.000Z'], ['2026-08-22T11:00:01.000Z']],
  dropped: ['003RO0000035WQjYAM'],
  total: 4,
  windows: { days: 7 },
}
