import type { HistoryRow } from '../row.ts'

const url = 'https://acme-store.myshopify.com/admin/api/2026-10/graphql.json'
const query =
  'query($filter: String!, $after: String) { orders(first: 100, after: $after, sortKey: UPDATED_AT, query: $filter) { nodes { id name createdAt updatedAt } pageInfo { hasNextPage endCursor } } }'
const filter = "updated_at:>='2026-08-21T00:00:00Z' AND updated_at:<'2026-11-21T00:00:00Z'"

export const row: HistoryRow = {
  first: {
    method: 'POST',
    url,
    json: { query, variables: { filter } },
    headers: { 'x-shopify-access-token': 'access-token-0f8fad5b' },
  },
  next: {
    method: 'POST',
    url,
    json: {
      query,
      variables: { filter, after: 'eyJsYXN0X2lkIjoxMDczNDU5OTYyLCJsYXN0X3ZhbHVlIjoiMjAyNi0xMC0wMiJ9' },
    },
  },
  ids: [['gid://shopify/Order/148977776', 'gid://shopify/Order/1073459962'], []],
  times: [['2026-08-21T00:00:00.000Z', '2026-10-02T08:30:00.000Z'], []],
  dropped: ['gid://shopify/Order/1073459979'],
  windows: { days: 7 },
}
