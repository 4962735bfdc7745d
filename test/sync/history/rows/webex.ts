import type { HistoryRow } from '../row.ts'

const url = 'https://webexapis.com/v1/rooms?sortBy=id&max=1000'

export const row: HistoryRow = {
  first: { method: 'GET', url },
  next: { method: 'GET', url: `${url}&cursor=bGltaXQ9MTAwMCZuZXh0PTE` },
  ids: [
    ['Y2lzY29zcGFyazovL3VzL1JPT00vYmJjZWIxYWQtNDNmMS0zYjU4LTkxNDctZjE0YmIwYzRkMTU0'],
    ['Y2lzY29zcGFyazovL3VzL1JPT00vY2RlMWRkNDAtMmYwZC0xMWU1LWJhOWMtN2I2NTU2ZDIyMDdi'],
  ],
  windows: 'whole',
}
