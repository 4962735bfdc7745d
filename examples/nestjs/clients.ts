import type { Provider } from '@nestjs/common'
import { createOAuthClient } from 'latchkey'
import { github } from 'latchkey/providers/github'
import { shopify } from 'latchkey/providers/shopify'
import { slack } from 'latchkey/providers/slack'
import { trial } from '../shared/trial.ts'

// One client an integration. SLACK_CLIENT_ID, SLACK_CLIENT_SECRET and so on, LATCHKEY_SECRET and LATCHKEY_BASE_URL come
// from the environment; what is missing is named here. Yours says `createOAuthClient(slack)`, without `trial`.
async function createClients() {
  return {
    slack: createOAuthClient(await trial(slack)),
    github: createOAuthClient(await trial(github)),
    shopify: createOAuthClient(await trial(shopify)),
  }
}

export type Clients = Awaited<ReturnType<typeof createClients>>

/** What to ask Nest for: `@Inject(CLIENTS) clients: Clients`. */
export const CLIENTS = Symbol('latchkey clients')

export const clientsProvider: Provider = { provide: CLIENTS, useFactory: createClients }
