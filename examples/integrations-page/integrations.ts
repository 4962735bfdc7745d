import {
  createOAuthClient,
  isOAuthError,
  type OAuthClient,
  type ProviderDefinition,
  type TokenStore,
} from 'latchkey'
import { providers } from 'latchkey/providers'
import { createHistoricalSync, type HistoricalSync, historyOf, type WindowedRun } from 'latchkey/sync'
import { type RunningSimulator, startSimulators } from '../demo/simulators.ts'

/** Whose settings these are. In your application: whoever is signed in. */
export const tenant = { tenantId: 'demo', userId: 'you' } as const

export interface Integration {
  readonly client: OAuthClient
  /** Absent: the real provider answers. */
  readonly simulator: RunningSimulator | undefined
}

export interface Integrations {
  readonly all: readonly Integration[]
  readonly sync: HistoricalSync
  find(id: string): Integration | undefined
  close(): Promise<void>
}

export interface IntegrationsOptions {
  readonly origin: string
  readonly secret: string
  readonly store: TokenStore
  /** ms that saving one page takes, so that a person sees the bars move. */
  readonly pace: number
}

/**
 * A client for each built-in definition: of the real provider where `<ID>_CLIENT_ID` and `<ID>_CLIENT_SECRET` are in the
 * environment, of a simulator made from the same definition elsewhere. And one sync engine for all of them.
 */
export async function startIntegrations(options: IntegrationsOptions): Promise<Integrations> {
  const { origin, secret, store, pace } = options
  const simulators = await startSimulators(
    origin,
    providers.filter(({ id }) => !hasCredentials(id)),
  )
  const simulatorOf = (id: string) => simulators.find(({ definition }) => definition.id === id)
  const definitions = providers.map(
    (provider): ProviderDefinition => simulatorOf(provider.id)?.definition ?? provider,
  )

  // What a backfill reads first of each, page by page. Saving is yours: here it takes its time, and that is all.
  const run: Record<string, WindowedRun> = {}
  for (const definition of definitions)
    if (definition.history)
      run[definition.id] = historyOf(definition).each(
        () => new Promise((resolve) => setTimeout(resolve, pace)),
      )
  const report = ({ error }: { readonly error: Error }) => console.error(error.message)
  const sync = createHistoricalSync({ store, run, hooks: { onError: report } })

  const clients = definitions.map((definition): OAuthClient => {
    const simulator = simulatorOf(definition.id)
    return createOAuthClient(definition, {
      ...(simulator && { clientId: simulator.clientId, clientSecret: simulator.clientSecret }),
      redirectUri: `${origin}/oauth/${definition.id}/callback`,
      secret,
      store,
      sync,
      hooks: {
        onError: report,
        // The page says it itself.
        onWarning: () => undefined,
        onDisconnected: ({ connection }) => sync.cancel(connection),
      },
    })
  })
  // Takes up what an earlier process left behind, too.
  const worker = await sync.work(clients, { concurrency: 8 })
  const all = clients.map((client) => ({ client, simulator: simulatorOf(client.provider.id) }))
  return {
    all,
    sync,
    find: (id) => all.find(({ client }) => client.provider.id === id),
    async close() {
      await worker.close()
      await sync.close()
      await Promise.all(clients.map((client) => client.close()))
      await Promise.all(simulators.map((simulator) => simulator.close()))
    },
  }
}

/**
 * For trying out what happens then: a simulator ends the access, as if somebody had removed the app there. The library
 * learns of it with the next call.
 */
export async function endAccess({ client, simulator }: Integration): Promise<void> {
  simulator?.mock.revokeGrants()
  const connection = await client.getConnection(tenant)
  if (!connection) return
  const { history } = client.provider
  try {
    if (client.provider.protocol === 'oauth2' && client.provider.refresh) await client.refresh(tenant)
    else if (history) {
      const window = { from: new Date(Date.now() - 86_400_000), to: new Date() }
      const fetch: typeof globalThis.fetch = (input, init) =>
        client.fetch(tenant, input instanceof Request ? input.url : input, init)
      for await (const _page of historyOf(client.provider).pages(window, { connection, fetch })) break
    }
  } catch (error) {
    if (!isOAuthError(error)) throw error
  }
}

function hasCredentials(id: string): boolean {
  const prefix = id.toUpperCase().replace(/-/g, '_')
  return Boolean(process.env[`${prefix}_CLIENT_ID`] && process.env[`${prefix}_CLIENT_SECRET`])
}
