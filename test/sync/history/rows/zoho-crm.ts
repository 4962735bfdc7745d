import type { HistoryRow } from '../row.ts'

const url =
  'https://www.zohoapis.eu/crm/v8/Deals?fields=Deal_Name,Stage,Amount,Closing_Date,Modified_Time&sort_by=Modified_Time&sort_order=desc&per_page=200'
const headers = { 'if-modified-since': '2026-08-20T23:00:00Z' }

export const row: HistoryRow = {
  first: { method: 'GET', url, headers },
  next: { method: 'GET', url: `${url}&page_token=c8582xx9e7c7`, headers },
  ids: [['3652397000003852095', '3652397000000624046'], ['3652397000000624045']],
  times: [['2026-11-20T18:00:00.000Z', '2026-09-01T06:30:00.000Z'], ['2026-08-21T00:00:00.000Z']],
  dropped: ['3652397000000624044'],
  windows: 'whole',
}
