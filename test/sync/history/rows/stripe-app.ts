import type { HistoryRow } from '../row.ts'

const url =
  'https://api.stripe.com/v1/charges?limit=100&created%5Bgte%5D=1787270400&created%5Blt%5D=1795219200'

export const row: HistoryRow = {
  first: { method: 'GET', url },
  next: { method: 'GET', url: `${url}&starting_after=ch_3MmlLrLkdIwHu7ix0snN0B15` },
  ids: [['ch_3MmlLrLkdIwHu7ix0snN0B15'], ['ch_3MrVHGLkdIwHu7ix1mN3zEiP']],
  times: [['2026-11-17T21:05:39.000Z'], ['2026-08-23T06:20:00.000Z']],
  windows: { days: 7 },
}
