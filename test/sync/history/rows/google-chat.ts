import type { HistoryRow } from '../row.ts'

const url = 'https://chat.googleapis.com/v1/spaces?pageSize=1000'

export const row: HistoryRow = {
  first: { method: 'GET', url },
  next: { method: 'GET', url: `${url}&pageToken=CAAQ7OKfo%2Bsx` },
  ids: [['spaces/AAAAAAAAAAA', 'spaces/BBBBBBBBBBB'], []],
  windows: 'whole',
}
