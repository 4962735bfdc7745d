import type { HistoryRow } from '../row.ts'

export const row: HistoryRow = {
  first: {
    method: 'GET',
    url: 'https://api.trello.com/1/members/me/boards?filter=all&fields=id,name,closed,dateLastActivity',
  },
  ids: [['54a17d76d4a5072e3931736b', '586e8f681d4fe9b06a928307']],
  windows: 'whole',
}
