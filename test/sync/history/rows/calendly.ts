import type { HistoryRow } from '../row.ts'

const url =
  'https://api.calendly.com/scheduled_events?user=https%3A%2F%2Fapi.calendly.com%2Fusers%2FAAAAAAAAAAAAAAAA&min_start_time=2026-08-20T23%3A00%3A00Z&max_start_time=2026-11-21T01%3A00%3A00Z&sort=start_time%3Aasc&count=100'

export const row: HistoryRow = {
  first: { method: 'GET', url },
  next: { method: 'GET', url: `${url}&page_token=sNjq4TvMDfUHEl7zHRR0k0E1PCEJWvdi` },
  ids: [
    ['https://api.calendly.com/scheduled_events/GBGBDCAADAEDCRZ2'],
    ['https://api.calendly.com/scheduled_events/GBGBDCAADAEDCRZ3'],
  ],
  times: [['2026-08-21T00:00:00.000Z'], ['2026-11-20T14:15:22.123Z']],
  dropped: ['https://api.calendly.com/scheduled_events/GBGBDCAADAEDCRZ1'],
  windows: { days: 7 },
}
