import type { HistoryRow } from '../row.ts'

const query =
  'query ($page: Int!) { boards(limit: 100, page: $page, order_by: created_at) { id name updated_at } }'
const headers = { 'api-version': '2026-10', 'content-type': 'application/json' }
const request = { method: 'POST', url: 'https://api.monday.com/v2', headers } as const

export const row: HistoryRow = {
  first: { ...request, json: { query, variables: { page: 1 } } },
  next: { ...request, json: { query, variables: { page: 2 } } },
  ids: [['1234567890', '9876543210'], []],
  windows: 'whole',
}
