import type { HistoryRow } from '../row.ts'

const url = 'https://driftapi.com/conversations/list?limit=50'

export const row: HistoryRow = {
  first: { method: 'GET', url },
  next: { method: 'GET', url: `${url}&next=123494893` },
  ids: [['1230200520', '1230183727'], ['1239406310']],
  times: [['2026-11-20T17:13:03.451Z', '2026-10-09T19:44:03.271Z'], ['2026-08-21T00:00:00.000Z']],
  dropped: ['1239406309'],
  windows: 'whole',
}
