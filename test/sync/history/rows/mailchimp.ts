import type { HistoryRow } from '../row.ts'

const url =
  'https://us6.api.mailchimp.com/3.0/campaigns?status=sent&since_send_time=2026-08-20T23%3A00%3A00Z&before_send_time=2026-11-21T01%3A00%3A00Z&sort_field=send_time&sort_dir=DESC&count=1000'

export const row: HistoryRow = {
  size: 3,
  first: { method: 'GET', url: `${url}&offset=0` },
  next: { method: 'GET', url: `${url}&offset=3` },
  ids: [['42694e9e57', '5d5a1c7e20', '9f1c3a5251'], []],
  times: [['2026-11-18T10:00:00.000Z', '2026-10-01T10:00:00.000Z', '2026-08-21T00:00:00.000Z'], []],
  dropped: ['8d5d0d1d5a'],
  total: 4,
  windows: { days: 7 },
}
