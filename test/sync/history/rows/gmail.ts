import type { HistoryRow } from '../row.ts'

const url =
  'https://gmail.googleapis.com/gmail/v1/users/me/messages?maxResults=500&q=after:1787270400%20before:1795219200'

export const row: HistoryRow = {
  first: { method: 'GET', url },
  next: { method: 'GET', url: `${url}&pageToken=09876543210987654321` },
  ids: [['19a8f0c2d1e4b7a6', '19a8e5513fd0c9b2'], []],
  windows: { days: 7 },
}
