import type { HistoryRow } from '../row.ts'

const url = 'https://api.hubapi.com/crm/objects/2026-03/contacts/search'
const json = {
  filterGroups: [
    {
      filters: [
        { propertyName: 'lastmodifieddate', operator: 'GTE', value: '1787270400000' },
        { propertyName: 'lastmodifieddate', operator: 'LT', value: '1795219200000' },
      ],
    },
  ],
  sorts: [{ propertyName: 'lastmodifieddate', direction: 'ASCENDING' }],
  limit: 100,
}

export const row: HistoryRow = {
  first: { method: 'POST', url, json, headers: { 'content-type': 'application/json' } },
  next: { method: 'POST', url, json: { ...json, after: '100' } },
  ids: [['100451'], ['57156923995']],
  times: [['2026-09-11T13:27:39.356Z'], ['2026-11-20T20:09:43.213Z']],
  dropped: ['57156923994'],
  total: 3,
  windows: { days: 7 },
}
