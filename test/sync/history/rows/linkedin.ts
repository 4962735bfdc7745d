import type { HistoryRow } from '../row.ts'

const url =
  'https://api.linkedin.com/rest/posts?q=author&author=urn%3Ali%3Aorganization%3A2414183&count=100&sortBy=LAST_MODIFIED'
const headers = {
  'x-restli-method': 'FINDER',
  'linkedin-version': '202609',
  'x-restli-protocol-version': '2.0.0',
}

export const row: HistoryRow = {
  params: { organizationId: '2414183' },
  first: { method: 'GET', url: `${url}&start=0`, headers },
  next: { method: 'GET', url: `${url}&start=3`, headers },
  ids: [['urn:li:share:7045020441609936898', 'urn:li:ugcPost:6856904523465924609'], []],
  times: [['2026-11-18T13:16:04.133Z', '2026-08-21T00:00:00.000Z'], []],
  dropped: ['urn:li:share:6844785523593134080'],
  windows: 'whole',
}
