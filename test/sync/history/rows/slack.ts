import type { HistoryRow } from '../row.ts'

const url = 'https://slack.com/api/conversations.list?types=public_channel,private_channel,im,mpim&limit=200'

export const row: HistoryRow = {
  first: { method: 'GET', url, headers: { authorization: 'Bearer access-token-0f8fad5b' } },
  next: { method: 'GET', url: `${url}&cursor=dGVhbTpDMDYxRkE1UEI%3D` },
  ids: [['C012AB3CD'], ['C061EG9T2']],
  windows: 'whole',
}
