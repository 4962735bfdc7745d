import type { HistoryRow } from '../row.ts'

const url = 'https://api.trello.com/1/members/me/actions?limit=1000&since=2026-08-20T23%3A00%3A00Z'

export const row: HistoryRow = {
  size: 2,
  first: {
    method: 'GET',
    url,
    headers: {
      authorization: 'OAuth oauth_consumer_key="client-id", oauth_token="access-token-0f8fad5b"',
    },
  },
  next: { method: 'GET', url: `${url}&before=592f11060f95a3d3d46a987a` },
  ids: [['592f11060f95a3d3d46a987a'], ['592f11060f95a3d3d46a9001']],
  times: [['2026-11-20T18:52:54.933Z'], ['2026-08-21T00:00:00.000Z']],
  dropped: ['6b0000000000000000000001'],
  windows: 'whole',
}
