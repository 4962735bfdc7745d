import type { HistoryRow } from '../row.ts'

const url = 'https://api.figma.com/v1/files/PcGX72lSWkYIk3/versions?page_size=50'

export const row: HistoryRow = {
  params: { fileKey: 'PcGX72lSWkYIk3' },
  first: { method: 'GET', url },
  next: { method: 'GET', url: `${url}&before=4452000017` },
  ids: [['4459102833', '4452000017'], ['4300000001']],
  times: [['2026-11-19T10:30:00.000Z', '2026-10-01T15:40:30.000Z'], ['2026-08-21T00:00:00.000Z']],
  dropped: ['4200000001'],
  windows: 'whole',
}
