import type { HistoryRow } from '../row.ts'

const url =
  'https://graph.microsoft.com/v1.0/me/chats?$expand=lastMessagePreview&$orderby=lastMessagePreview/createdDateTime%20desc&$top=50'

export const row: HistoryRow = {
  first: { method: 'GET', url },
  next: { method: 'GET', url: `${url}&$skiptoken=1.kscDYs0BAIcAAAFuAP` },
  ids: [
    [
      '19:meeting_MjdhNjM4YzUtYzExZi00OTFkLTkzZTAtNTVlNmZmMDhkNGU2@thread.v2',
      '19:561082c0f3f847a58069deb8eb300807@thread.v2',
    ],
    ['19:d74fc2ed-cb0e-4288-a219-b5c71abaf2aa_8c0a1a67-50ce-4114-bb6c-da9c5dbcf6ca@unq.gbl.spaces'],
  ],
  windows: 'whole',
}
