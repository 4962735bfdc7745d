import type { HistoryRow } from '../row.ts'

const url = 'https://app.asana.com/api/1.0/projects?workspace=12345&limit=100&opt_fields=name,modified_at'

export const row: HistoryRow = {
  first: { method: 'GET', url },
  next: { method: 'GET', url: `${url}&offset=eyJ0eXAiOJiKV1iQLCJhbGciOiJIUzI1NiJ9` },
  ids: [['12345', '12346'], ['12347']],
  windows: 'whole',
}
