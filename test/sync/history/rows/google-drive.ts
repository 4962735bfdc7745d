import type { HistoryRow } from '../row.ts'

const url =
  'https://www.googleapis.com/drive/v3/files?q=modifiedTime%20%3E%3D%20%272026-08-21T00%3A00%3A00Z%27%20and%20modifiedTime%20%3C%20%272026-11-21T00%3A00%3A00Z%27%20and%20trashed%20%3D%20false&pageSize=1000&fields=nextPageToken,incompleteSearch,files(id,name,mimeType,modifiedTime,owners)&corpora=allDrives&includeItemsFromAllDrives=true&supportsAllDrives=true'

export const row: HistoryRow = {
  first: { method: 'GET', url },
  next: { method: 'GET', url: `${url}&pageToken=~!!~AI9FV7Tc0xHq` },
  ids: [['1Bxo0qH1vPz'], ['0B7xQdMYmZ2']],
  times: [['2026-11-19T16:02:44.512Z'], ['2026-08-21T00:00:00.000Z']],
  dropped: ['1Cdx8sK2nRw'],
  windows: { days: 7 },
}
