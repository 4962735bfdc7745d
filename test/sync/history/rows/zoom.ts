import type { HistoryRow } from '../row.ts'

const url = 'https://api.zoom.us/v2/users/me/recordings?page_size=300&from=2026-08-21&to=2026-11-21'

export const row: HistoryRow = {
  first: { method: 'GET', url },
  next: { method: 'GET', url: `${url}&next_page_token=Tva2CuIdTgsv8wAnhyAdU3m06Y2HuLQtlh3` },
  ids: [['BOKXuumlTAGXuqwr3bLyuQ=='], ['4444AAAiAAAAAiAiAiiAii==']],
  times: [['2026-11-18T05:41:36.000Z'], ['2026-08-21T05:41:36.000Z']],
  dropped: ['/ajXp112QmuoKj4854875=='],
  windows: { days: 7 },
}
