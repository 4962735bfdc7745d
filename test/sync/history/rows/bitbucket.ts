import type { HistoryRow } from '../row.ts'

const url =
  'https://api.bitbucket.org/2.0/repositories/bbworkspace1?q=updated_on%20%3E%3D%202026-08-21T00%3A00%3A00Z&sort=-updated_on&role=member&pagelen=100'

export const row: HistoryRow = {
  first: { method: 'GET', url },
  next: { method: 'GET', url: `${url}&page=2` },
  ids: [['{5c3f0e8b-3d3f-4c1e-9a53-3b8a3b0d5b11}'], ['{8a2d4c60-9a51-45f5-8f20-6a7a0c9e1d22}']],
  total: 2,
  windows: 'whole',
}
