import type { OAuthClient } from 'latchkey'
import { type Setup, startApplication } from './application.ts'
import { createBrowser } from './browser.ts'
import { firstRequest } from './first-request.ts'
import { exampleParams, tenants } from './simulators.ts'

// One process of the user's server. The first connects, and is killed; the second finds everything again.

export type Message =
  | { readonly kind: 'row'; readonly cells: readonly string[] }
  | { readonly kind: 'doing'; readonly text: string }
  | { readonly kind: 'done'; readonly count: number }

const tell = (message: Message) => new Promise<void>((resolve) => process.send?.(message, () => resolve()))

process.once('message', (setup: Setup & { readonly phase: 'connect' | 'restart' }) => {
  run(setup).catch((error: unknown) => {
    console.error(error)
    process.exit(1)
  })
})

async function run(setup: Setup & { readonly phase: 'connect' | 'restart' }): Promise<void> {
  const app = await startApplication(setup)
  const count = setup.phase === 'connect' ? await connectAll() : await useAll()
  await tell({ kind: 'done', count })
  if (setup.phase === 'restart') {
    await app.close()
    process.disconnect()
  }

  async function connectAll(): Promise<number> {
    let connected = 0
    for (const tenantId of tenants) {
      for (const client of app.clients) {
        const { id, name } = client.provider
        await tell({ kind: 'doing', text: `connecting ${name} for ${tenantId}` })
        if (client.provider.protocol === 'api-key') await connectByKey(client, tenantId)
        else await connectByBrowser(client, tenantId)
        const connection = await client.getConnection({ tenantId })
        if (!connection) throw new Error(`${name} was not stored`)
        const account = connection.account?.name ?? connection.account?.id ?? '-'
        const scopes =
          connection.scopes.length === 0 ? 'none' : `${connection.scopes.length}: ${connection.scopes[0]}`
        const expires = connection.expiresAt ? minutesFromNow(connection.expiresAt) : 'never'
        const job = app.queue.at(-1)
        const sync = job ? `from ${job.from.toISOString().slice(0, 10)}` : 'not started'
        await tell({ kind: 'row', cells: [name, tenantId, account, scopes, expires, sync] })
        connected += 1
      }
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
  async function connectByKey({ provider }: OAuthClient, tenantId: string): Promise<void> {
    const { keys } = setup.simulated.find(({ definition }) => definition.id === provider.id) ?? {}
    const [credential = ''] = Object.keys(provider.credentials ?? {})
    const response = await fetch(`${app.origin}/oauth/${provider.id}/connect`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-demo-tenant': tenantId },
      body: JSON.stringify({
        credentials: { [credential]: keys?.[tenants.findIndex((each) => each === tenantId)] },
        params: exampleParams(provider),
      }),
    })
    if (!response.ok) throw new Error(`${provider.name} did not connect: ${await response.text()}`)
  }

  async function useAll(): Promise<number> {
    let alive = 0
    for (const client of app.clients) {
      for await (const { tenantId, version } of client.list()) {
        await tell({ kind: 'doing', text: `using ${client.provider.name} for ${tenantId}` })
        const before = await client.getConnection({ tenantId })
        const from = new Date(Date.now() - 90 * 86_400_000)
        const { path, init } = firstRequest(client.provider, from, before?.params ?? {})
        const response = await client.fetch({ tenantId }, path, init)
        const after = await client.getConnection({ tenantId })
        const refreshed =
          after && after.version > version
            ? `refreshed (version ${version} → ${after.version})`
            : 'no refresh tokens here'
        const isRenewed = !client.provider.refresh || (after && after.version > version)
        if (response.status !== 200 || after?.status !== 'active' || !isRenewed)
          throw new Error(
            `${client.provider.name} of ${tenantId}: HTTP ${response.status}, ${after?.status}, ${refreshed}`,
          )
        await tell({
          kind: 'row',
          cells: [client.provider.name, tenantId, after.status, refreshed, `HTTP ${response.status}`],
        })
        alive += 1
      }
    }
    return alive
  }
}

function minutesFromNow(date: Date): string {
  const minutes = Math.round((date.getTime() - Date.now()) / 60_000)
  if (minutes >= 2_880) return `in ${Math.round(minutes / 1_440)} d`
  return minutes >= 100 ? `in ${Math.round(minutes / 60)} h` : `in ${minutes} min`
}
