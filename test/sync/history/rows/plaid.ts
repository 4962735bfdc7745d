import type { HistoryRow } from '../row.ts'

const json = {
  start_date: '2026-08-21',
  end_date: '2026-11-21',
  access_token: 'access-token-0f8fad5b',
}
const headers = { 'plaid-version': '2020-09-14', 'content-type': 'application/json' }
const request = { method: 'POST', url: 'https://production.plaid.com/transactions/get', headers } as const

export const row: HistoryRow = {
  size: 3,
  first: { ...request, json: { ...json, options: { count: 500, offset: 0 } } },
  next: { ...request, json: { ...json, options: { count: 500, offset: 3 } } },
  ids: [
    ['yhnUVvtcGGcCKU0bcz8PDQr5ZUxUXebUvbKC0', 'a4b35e9d1b4e4d329ad26a5e7d3b0c11aaaaa'],
    ['bhnUVvtcGGcCKU0bcz8PDQr5ZUxUXebUvbKC2'],
  ],
  times: [['2026-11-20T00:00:00.000Z', '2026-10-03T00:00:00.000Z'], ['2026-08-21T00:00:00.000Z']],
  dropped: ['xhnUVvtcGGcCKU0bcz8PDQr5ZUxUXebUvbKC1'],
  windows: { days: 7 },
}
