import type { HistoryRow } from '../row.ts'

const query =
  'query ($since: DateTimeOrDuration!, $until: DateTimeOrDuration!, $after: String) { issues(filter: { updatedAt: { gte: $since, lt: $until } }, first: 100, after: $after, orderBy: updatedAt) { nodes { id identifier title updatedAt } pageInfo { hasNextPage endCursor } } }'
const bounds = { since: '2026-08-21T00:00:00Z', until: '2026-11-21T00:00:00Z' }

export const row: HistoryRow = {
  first: {
    method: 'POST',
    url: 'https://api.linear.app/graphql',
    json: { query, variables: bounds },
    headers: { 'content-type': 'application/json' },
  },
  next: {
    method: 'POST',
    url: 'https://api.linear.app/graphql',
    json: { query, variables: { ...bounds, after: '2174add1-f7c8-44e3-bbf3-2d60b5ea8bc9' } },
  },
  ids: [
    ['a4b35e9d-1b4e-4d32-9ad2-6a5e7d3b0c11', '2174add1-f7c8-44e3-bbf3-2d60b5ea8bc9'],
    ['9f1c3a52-51f7-4c0b-8d5d-0d1d5a1c7e20'],
  ],
  times: [['2026-11-18T15:50:54.000Z', '2026-10-30T09:12:01.115Z'], ['2026-08-29T22:00:00.000Z']],
  windows: { days: 7 },
}
