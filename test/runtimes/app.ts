import { createOAuthClient, createOAuthHandler, memoryStore, type OAuthClient } from 'latchkey'
import { createHistoricalSync } from 'latchkey/sync'
import { controlAt } from './control.ts'
import type { Flows } from './flows/world.ts'
import { appOrigin, type Setup, tenantHeader } from './setup.ts'

export interface App {
  /** Every request, whatever the runtime serves it with. */
  serve(request: Request): Promise<Response>
  close(): Promise<void>
}

/**
 * A user's server on a runtime: the handler for every integration, and what is done inside the runtime behind `/flow/<name>`.
 * Made where the module is loaded, as applications do: a worker may then use neither timers nor random numbers.
 */
export function createApp(setup: Setup, flows: Flows): App {
  const store = memoryStore()
  const sync = createHistoricalSync({ store, run: {} })
  const clients: OAuthClient[] = setup.simulated.map(({ definition, clientId, clientSecret }) =>
    createOAuthClient(definition, {
      clientId,
      clientSecret,
      redirectUri: `${appOrigin}/oauth/${definition.id}/callback`,
      secret: setup.secret,
      store,
      sync,
      hooks: { onWarning: () => undefined },
    }),
  )
  const handler = createOAuthHandler({
    clients,
    sync,
    session: (request) => {
      const tenantId = request.headers.get(tenantHeader)
      return tenantId ? { tenantId } : undefined
    },
  })
  const world = { setup, control: controlAt(setup.control) }

  async function run(name: string): Promise<Response> {
    const flow = flows[name]
    if (!flow) return new Response(`there is no flow ${name}`, { status: 404 })
    try {
      return Response.json({ told: await flow(world) })
    } catch (error) {
      return Response.json({ failed: describe(error) })
    }
  }

  return {
    async serve(request) {
      const { pathname } = new URL(request.url)
      const [, place, name = ''] = pathname.split('/')
      if (place === 'flow') return run(name)
      if (place !== 'token') return handler(request)
      const client = clients.find(({ provider }) => provider.id === name)
      const rejected = request.headers.get('x-rejected') || undefined
      const ref = { tenantId: request.headers.get(tenantHeader) ?? '' }
      return new Response(await client?.getAccessToken(ref, { rejected }))
    },
    async close() {
      await sync.close()
      for (const client of clients) await client.close()
    },
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return [error.stack ?? error.message, ...(error.cause ? [`cause: ${describe(error.cause)}`] : [])].join(
    '\n',
  )
}
