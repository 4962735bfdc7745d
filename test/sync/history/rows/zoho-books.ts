import type { HistoryRow } from '../row.ts'

const url =
  'https://www.zohoapis.eu/books/v3/invoices?per_page=200&date_start=2026-08-21&date_end=2026-11-21&sort_column=date&sort_order=D'

export const row: HistoryRow = {
  first: { method: 'GET', url: `${url}&page=1&organization_id=10234695` },
  next: { method: 'GET', url: `${url}&page=2&organization_id=10234695` },
  ids: [['982000000567114'], ['982000000567116', '982000000567115']],
  times: [['2026-11-17T00:00:00.000Z'], ['2026-08-22T00:00:00.000Z', '2026-08-21T00:00:00.000Z']],
  dropped: ['982000000999001'],
  windows: { days: 7 },
}
