import type { HistoryRow } from '../row.ts'

const url = (position: number) =>
  `https://quickbooks.api.intuit.com/v3/company/9130347596842384/query?query=select%20*%20from%20Invoice%20where%20MetaData.LastUpdatedTime%20%3E%3D%20%272026-08-21T00%3A00%3A00Z%27%20and%20MetaData.LastUpdatedTime%20%3C%20%272026-11-21T00%3A00%3A00Z%27%20orderby%20MetaData.LastUpdatedTime%20desc%20startposition%20${position}%20maxresults%201000&minorversion=75`

export const row: HistoryRow = {
  size: 1,
  first: { method: 'GET', url: url(1), headers: { accept: 'application/json' } },
  next: { method: 'GET', url: url(2) },
  ids: [['239'], []],
  times: [['2026-11-04T21:16:17.000Z'], []],
  windows: { days: 7 },
}
