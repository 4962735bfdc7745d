import type { HistoryRow } from '../row.ts'

const headers = { 'if-modified-since': '2026-08-21T00:00:00Z', accept: 'application/json' }
const url = 'https://api.xero.com/api.xro/2.0/Invoices?pageSize=100&order=UpdatedDateUTC%20DESC'

export const row: HistoryRow = {
  size: 2,
  first: { method: 'GET', url: `${url}&page=1`, headers },
  next: { method: 'GET', url: `${url}&page=2`, headers },
  ids: [
    ['220ddca8-3144-4085-9a88-2d72c5133734', '243216c5-369e-4056-ac67-05388f86dc81'],
    ['f5832195-5cd3-4660-ad3f-b73d9c64f263'],
  ],
  times: [['2026-11-14T00:00:00.000Z', '2026-09-02T15:21:37.870Z'], ['2026-08-25T10:00:00.000Z']],
  total: 3,
  windows: 'whole',
}
