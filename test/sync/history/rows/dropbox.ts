import type { HistoryRow } from '../row.ts'

const url = 'https://api.dropboxapi.com/2/files/list_folder'
const headers = { 'content-type': 'application/json' }

export const row: HistoryRow = {
  first: { method: 'POST', url, json: { path: '', recursive: true, limit: 2_000 }, headers },
  next: {
    method: 'POST',
    url: `${url}/continue`,
    json: { cursor: 'ZtkX9_EHj3x7PMkVuFIhwKYXEpwpLwyxp9vMKomUhllil9q7eWiAu' },
    headers,
  },
  ids: [['id:a4ayc_80_OEAAAAAAAAAXw'], ['id:a4ayc_80_OEAAAAAAAAAYa']],
  times: [['2026-10-12T15:50:38.000Z'], ['2026-08-23T15:50:38.000Z']],
  dropped: ['id:a4ayc_80_OEAAAAAAAAAYb'],
  windows: 'whole',
}
