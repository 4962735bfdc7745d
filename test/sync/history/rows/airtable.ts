import type { HistoryRow } from '../row.ts'

const url = 'https://api.airtable.com/v0/meta/bases'

export const row: HistoryRow = {
  first: { method: 'GET', url },
  next: { method: 'GET', url: `${url}?offset=itr23sEjsdfEr3282%2FappSW9R5uCNmRmfl6` },
  ids: [['appLkNDICXNqxSDhG', 'appSW9R5uCNmRmfl6'], ['appGarzKZ0lu3gzoa']],
  windows: 'whole',
}
