import type { HistoryRow } from '../row.ts'

const url = 'https://discord.com/api/v10/users/@me/guilds?limit=200'

export const row: HistoryRow = {
  size: 2,
  first: { method: 'GET', url },
  next: { method: 'GET', url: `${url}&after=197038439483310086` },
  ids: [['80351110224678912', '197038439483310086'], ['613425648685547541']],
  windows: 'whole',
}
