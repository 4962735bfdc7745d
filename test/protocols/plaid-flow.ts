import { plaid } from '../../providers/plaid.ts'
import { documented, type Stage } from '../providers/flow-stage.ts'
import type { CarriedFlow } from './carried-flow.ts'

export const id = 'plaid'
export const redirectUri = 'https://app.example.com/oauth/plaid/callback'
export const linkToken = 'link-production-4b42163e-6e1c-48bb-a17a-e570405eb9f8'
export const updateToken = 'link-production-9b48eb4c-7e1b-44e1-b80d-faa1d71cdf5e'
export const publicToken = 'public-production-d1e64436-f033-4302-a469-b90656edf8c7'
export const accessToken = 'access-production-de3ce8ef-33f8-452c-a685-8671031fc0f6'

const at = (path: string) => `POST https://production.plaid.com${path}`
export const endpoints = {
  create: at('/link/token/create'),
  session: at('/link/token/get'),
  exchange: at('/item/public_token/exchange'),
  item: at('/item/get'),
  remove: at('/item/remove'),
  sync: at('/transactions/sync'),
}

/** What every call of Plaid's API carries (plaid.com/docs/api, "API access" and "API versioning"). */
export const headers = {
  'plaid-client-id': 'client-id',
  'plaid-secret': 'client-secret',
  'plaid-version': '2020-09-14',
  'content-type': 'application/json',
}

export const flow: CarriedFlow = {
  definition: plaid,
  redirectUri,
  params: { clientName: 'Acme' },
  returned: {},
  hidden: [linkToken],
  prepare(stage) {
    stage.answer(endpoints.create, documented(id, 'link-token'))
    stage.answer(endpoints.session, documented(id, 'session'))
    stage.answer(endpoints.exchange, documented(id, 'token'))
    stage.answer(endpoints.item, documented(id, 'discovery'))
  },
}

/** What update mode begins and ends with instead. */
export function prepareUpdate(stage: Stage, session = 'session-update'): void {
  stage.answer(endpoints.create, documented(id, 'link-token-update'))
  stage.answer(endpoints.session, documented(id, session))
}
