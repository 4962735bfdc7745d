import type { HistoryRow } from '../row.ts'

const url =
  'https://api.atlassian.com/ex/jira/1324a887-45db-1bf4-1e99-ef0ff456d421/rest/api/3/search/jql?jql=updated%20%3E%3D%20%222026-08-20%22%20AND%20updated%20%3C%20%222026-11-22%22%20ORDER%20BY%20updated%20ASC&fields=*navigable&maxResults=100'

export const row: HistoryRow = {
  first: { method: 'GET', url },
  next: { method: 'GET', url: `${url}&nextPageToken=CAEaAggD` },
  ids: [['10002'], ['10003']],
  times: [['2026-08-21T00:00:00.000Z'], ['2026-11-20T23:29:59.000Z']],
  dropped: ['10001'],
  windows: { days: 7 },
}
