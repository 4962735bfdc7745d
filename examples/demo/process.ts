import type { Connection, HistoricalSyncJob, OAuthClient } from 'latchkey'
import { type Setup, startApplication } from './application.ts'
import { createBrowser } from './browser.ts'
import { firstRequest } from './first-request.ts'
import { exampleParams, tenants } from './simulators.ts'

// One process of the user's server. The first connects, and is killed; the second finds everything again.

export type Message =
  | { readonly kind: 'row'; readonly id: string; readonly cells: readonly string[] }
  | { readonly kind: 'doing'; readonly text: string }
  | { readonly kind: 'done'; readonly count: number; readonly warnings: readonly string[] }

const tell = (message: Message) => new Promise<void>((resolve) => process.send?.(message, () => resolve()))

process.once('message', (setup: Setup & { readonly phase: 'connect' | 'restart' }) => {
  run(setup).catch((error: unknown) => {
    console.error(error)
    process.exit(1)
  })
})

async function run(setup: Setup & { readonly phase: 'connect' | 'restart' }): Promise<void> {
  const app = await startApplication(setup)
  const count = setup.phase === 'connect' ? await connectAll() : await callAll()
  await tell({ kind: 'done', count, warnings: [...app.warnings] })
  if (setup.phase === 'restart') {
    await app.close()
    process.disconnect()
  }

  async function connectAll(): Promise<number> {
    let connected = 0
    for (const client of app.clients) {
      const { name, protocol } = client.provider
      const connections: Connection[] = []
      for (const tenantId of tenants) {
        await tell({ kind: 'doing', text: `connecting ${name} for ${tenantId}` })
        if (protocol === 'api-key') await connectByKey(client, tenantId)
        else await connectByBrowser(client, tenantId)
        const connection = await client.getConnection({ tenantId })
        if (!connection) throw new Error(`${name} was not stored`)
        connections.push(connection)
      }
      const jobs = app.queue.filter((job) => job.provider === client.provider.id)
      await tell({ kind: 'row', id: client.provider.id, cells: connectedCells(client, connections, jobs) })
      connected += connections.length
    }
    return connected
  }

  async function connectByBrowser({ provider }: OAuthClient, tenantId: string): Promise<void> {
    const { id, name } = provider
    const browser = createBrowser({ 'x-demo-tenant': tenantId })
    const query = new URLSearchParams({ redirectPath: '/integrations', ...exampleParams(provider) })
    const consent = await browser.begin(`${app.origin}/oauth/${id}/connect?${query}`)
    const { location, page } = await browser.finish(await browser.decide(consent, 'approve'))
    if (!location?.includes(`connected=${id}`))
      throw new Error(`${name} did not connect: ${location ?? page}`)
  }

  /** A form of the application: the user pastes the key they have copied at the provider. */
  async function connectByKey({ provider }: OAuthClient, tenantId: (typeof tenants)[number]): Promise<void> {
    const { keys } = setup.simulated.find(({ definition }) => definition.id === provider.id) ?? {}
    const [credential = ''] = Object.keys(provider.credentials ?? {})
    const response = await fetch(`${app.origin}/oauth/${provider.id}/connect`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-demo-tenant': tenantId },
      body: JSON.stringify({
        credentials: { [credential]: keys?.[tenants.indexOf(tenantId)] },
        params: exampleParams(provider),
      }),
    })
    if (!response.ok) throw new Error(`${provider.name} did not connect: ${await response.text()}`)
  }

  async function callAll(): Promise<number> {
    let alive = 0
    for (const client of app.clients) {
      const { id, name } = client.provider
      const told: string[] = []
      for await (const connection of client.list()) {
        await tell({ kind: 'doing', text: `using ${name} for ${connection.tenantId}` })
        told.push(await use(client, connection))
        alive += 1
      }
      await tell({ kind: 'row', id, cells: [name, ...told] })
    }
    return alive
  }
}

/** One API call with a token that has ended meanwhile; what became of the connection. */
async function use(client: OAuthClient, { tenantId, version, params }: Connection): Promise<string> {
  const { name, refresh } = client.provider
  const { path, init } = firstRequest(client.provider, new Date(Date.now() - 90 * 86_400_000), params)
  const response = await client.fetch({ tenantId }, path, init)
  const after = await client.getConnection({ tenantId })
  const isRenewed = after !== undefined && after.version > version
  if (response.status !== 200 || after?.status !== 'active' || (refresh && !isRenewed))
    throw new Error(
      `${name} of ${tenantId}: HTTP ${response.status}, ${after?.status}, version ${after?.version}`,
    )
  return isRenewed ? 'refreshed, HTTP 200' : 'kept, HTTP 200'
}

function connectedCells(
  { provider }: OAuthClient,
  connections: readonly Connection[],
  jobs: readonly HistoricalSyncJob[],
): string[] {
  const [first] = connections
  const account = first?.account?.name ?? first?.account?.id ?? '-'
  const scopes = first?.scopes.length ? `${first.scopes.length}: ${first.scopes[0]}` : 'none'
  const expires = first?.expiresAt ? minutesFromNow(first.expiresAt) : 'never'
  const [job] = jobs
  const sync = job ? `${jobs.length} from ${job.from.toISOString().slice(0, 10)}` : 'not started'
  return [provider.name, provider.protocol, `${connections.length}`, account, scopes, expires, sync]
}

function minutesFromNow(date: Date): string {
  const minutes = Math.round((date.getTime() - Date.now()) / 60_000)
  if (minutes >= 2_880) return `in ${Math.round(minutes / 1_440)} d`
  return minutes >= 100 ? `in ${Math.round(minutes / 60)} h` : `in ${minutes} min`
}
