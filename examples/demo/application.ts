import { createServer } from 'node:http'
import {
  createOAuthClient,
  createOAuthHandler,
  fileStore,
  type HistoricalSyncJob,
  type OAuthClient,
} from 'latchkey'
import { toNodeListener } from 'latchkey/node'
import type { Simulated } from './simulators.ts'

export interface Setup {
  readonly appPort: number
  readonly storePath: string
  readonly secret: string
  readonly simulated: readonly Simulated[]
}

/** A user's server: clients for all integrations on one embedded store, the routes, a queue that is an array. */
export async function startApplication(setup: Setup) {
  const store = fileStore(setup.storePath)
  const queue: HistoricalSyncJob[] = []
  const warnings = new Set<string>()
  const origin = `http://127.0.0.1:${setup.appPort}`
  const clients: OAuthClient[] = setup.simulated.map(({ definition, clientId, clientSecret }) =>
    createOAuthClient(definition, {
      clientId,
      clientSecret,
      redirectUri: `${origin}/oauth/${definition.id}/callback`,
      secret: setup.secret,
      store,
      timeout: 2_000,
      hooks: { onWarning: ({ message }) => warnings.add(message) },
      sync: { start: (job) => `${job.provider}-${queue.push(job)}` },
    }),
  )
  const handler = createOAuthHandler({
    clients,
    // The application's own login; here the browser says who it is.
    session: (request) => {
      const tenantId = request.headers.get('x-demo-tenant')
      return tenantId ? { tenantId, userId: `${tenantId}-user` } : undefined
    },
  })
  const server = createServer(toNodeListener(handler))
  await new Promise<void>((resolve) => server.listen(setup.appPort, '127.0.0.1', resolve))
  return {
    origin,
    clients,
    queue,
    warnings,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await Promise.all(clients.map((client) => client.close()))
      await store.close?.()
    },
  }
}

export type Application = Awaited<ReturnType<typeof startApplication>>
