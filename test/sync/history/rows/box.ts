import type { HistoryRow } from '../row.ts'

const url = 'https://api.box.com/2.0/events?stream_type=all&limit=500'

export const row: HistoryRow = {
  first: { method: 'GET', url },
  next: { method: 'GET', url: `${url}&stream_position=388720462721` },
  ids: [['f82c3ba03e41f7e8a7608363cc6c0390183c3f83', 'a1b2c3d4e5f60718293a4b5c6d7e8f9001122334'], []],
  times: [['2026-08-22T17:53:43.000Z', '2026-11-20T18:53:43.000Z'], []],
  dropped: ['0c7a1f65de3b9a2c1d0e4f5a6b7c8d9e0f1a2b3c'],
  windows: 'whole',
}
