import { freshdesk } from '../../providers/freshdesk.ts'
import { createOAuthClient } from '../../src/create-client.ts'
import type { OAuthError } from '../../src/errors/oauth-error.ts'
import { memoryStore } from '../../src/stores/memory-store.ts'
import type { HistoricalSyncJob, OAuthClientOptions } from '../../src/types.ts'
import { documented, ref, type Stage, started } from '../providers/flow-stage.ts'

export const id = 'freshdesk'
export const [apiKey, newKey] = ['A1b2C3d4E5f6G7h8I9j0', 'zyxwvutsrq0987654321']
export const me = 'GET https://acme.freshdesk.com/api/v2/agents/me'
export const tickets = 'GET https://acme.freshdesk.com/api/v2/tickets'
/** The key as the user name, any filler as the password (developers.freshdesk.com, "Authentication"). */
export const basic = (key: string) => `Basic ${Buffer.from(`${key}:X`).toString('base64')}`

export function beginWith(stage: Stage, options: OAuthClientOptions = {}) {
  let now = started
  const jobs: HistoricalSyncJob[] = []
  const reconnects: OAuthError[] = []
  const connected: boolean[] = []
  const store = memoryStore()
  // No client id, secret or redirect URI: there is no client to speak of.
  const client = createOAuthClient(freshdesk, {
    secret: 'a secret of this test, 32 bytes or longer',
    store,
    clock: () => now,
    sync: {
      start(job) {
        jobs.push(job)
        return 'job-1'
      },
    },
    hooks: {
      onConnected: ({ reconnected }) => connected.push(reconnected),
      onReconnectRequired: ({ error }) => reconnects.push(error),
    },
    ...options,
  })
  stage.answer(me, documented(id, 'identity'))
  const connect = (key = apiKey, subdomain = 'acme') =>
    client.connect({ ...ref, userId: 'u1', credentials: { apiKey: key }, params: { subdomain } })
  return {
    client,
    store,
    jobs,
    reconnects,
    connected,
    connect,
    setTime(at: string) {
      now = Date.parse(at)
    },
    async afterwards() {
      const result = await connect()
      stage.sent.length = 0
      return result
    },
  }
}
