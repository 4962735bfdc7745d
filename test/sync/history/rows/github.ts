import type { HistoryRow } from '../row.ts'

const query = 'filter=all&state=all&per_page=100&since=2026-08-21T00%3A00%3A00Z'

export const row: HistoryRow = {
  first: {
    method: 'GET',
    url: `https://api.github.com/issues?${query}`,
    headers: { authorization: 'Bearer access-token-0f8fad5b', accept: 'application/vnd.github+json' },
  },
  next: { method: 'GET', url: `https://api.github.com/issues?${query}&page=2` },
  ids: [['1'], ['2']],
  times: [['2026-10-22T13:33:48.000Z'], ['2026-09-03T08:10:00.000Z']],
  dropped: ['3000'],
  windows: 'whole',
}
