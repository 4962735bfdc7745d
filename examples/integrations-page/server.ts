import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createOAuthClient, createOAuthHandler, fileStore, type OAuthClient } from 'latchkey'
import { toNodeListener } from 'latchkey/node'
import { providers } from 'latchkey/providers'
import { firstRequest } from '../demo/first-request.ts'
import { startSimulators } from '../demo/simulators.ts'
import { type Card, renderPage } from './page.ts'

// npm start: a settings page on localhost. Integrations whose <ID>_CLIENT_ID and <ID>_CLIENT_SECRET are in the
// environment go to the real provider, the others to a simulator made from the same definition.

const port = Number(process.env.PORT ?? 3000)
const origin = `http://localhost:${port}`
const tenant = { tenantId: 'demo', userId: 'you' }
const secret = process.env.LATCHKEY_SECRET ?? randomBytes(32).toString('base64url')
// A secret that is made anew at each start cannot open what the last one sealed, so neither is the store kept.
const trial = process.env.LATCHKEY_SECRET ? undefined : await mkdtemp(join(tmpdir(), 'latchkey-trial-'))
const store = fileStore(trial ?? process.env.LATCHKEY_STORE ?? '.latchkey')
const lastSyncs = new Map<string, string>()

const hasCredentials = (id: string) => {
  const prefix = id.toUpperCase().replace(/-/g, '_')
  return Boolean(process.env[`${prefix}_CLIENT_ID`] && process.env[`${prefix}_CLIENT_SECRET`])
}
const simulators = await startSimulators(
  origin,
  providers.filter(({ id }) => !hasCredentials(id)),
)

const clients: OAuthClient[] = providers.map((provider) => {
  const simulator = simulators.find(({ definition }) => definition.id === provider.id)
  const client: OAuthClient = createOAuthClient(simulator?.definition ?? provider, {
    // The page says it itself.
    hooks: { onWarning: () => undefined },
    ...(simulator && { clientId: simulator.clientId, clientSecret: simulator.clientSecret }),
    redirectUri: `${origin}/oauth/${provider.id}/callback`,
    secret,
    store,
    sync: {
      // Your queue goes here. This one reads the first page at once and remembers how that went.
      start: ({ from, idempotencyKey }) => {
        void sync(client, from)
        return idempotencyKey
      },
    },
  })
  return client
})

async function sync(client: OAuthClient, from: Date): Promise<void> {
  const since = from.toISOString().slice(0, 10)
  try {
    const connection = await client.getConnection(tenant)
    const { path, init } = firstRequest(client.provider, from, connection?.params ?? {})
    const response = await client.fetch(tenant, path, init)
    lastSyncs.set(
      client.provider.id,
      `${new Date().toLocaleTimeString()}, from ${since}, HTTP ${response.status}`,
    )
  } catch (error) {
    lastSyncs.set(client.provider.id, error instanceof Error ? error.message : 'failed')
  }
}

const oauth = toNodeListener(createOAuthHandler({ clients, session: () => tenant }))
const server = createServer(async (request, response) => {
  const url = new URL(request.url ?? '/', origin)
  if (url.pathname.startsWith('/oauth')) return oauth(request, response)
  if (url.pathname !== '/' || request.method !== 'GET') return end(response, 404, 'text/plain', 'Not found')
  const cards: Card[] = await Promise.all(
    clients.map(async (client) => ({
      provider: client.provider,
      connection: await client.getConnection(tenant),
      simulated: !hasCredentials(client.provider.id),
      lastSync: lastSyncs.get(client.provider.id),
      sampleKey: simulators.find(({ definition }) => definition.id === client.provider.id)?.keys[0],
    })),
  )
  const nonce = randomBytes(16).toString('base64')
  const policy = `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'`
  response.setHeader('content-security-policy', policy)
  response.setHeader('referrer-policy', 'no-referrer')
  end(response, 200, 'text/html; charset=utf-8', renderPage(cards, readNotice(url.searchParams), nonce))
})

function readNotice(query: URLSearchParams): string | undefined {
  const nameOf = (id: string | null) => providers.find((provider) => provider.id === id)?.name
  const connected = nameOf(query.get('connected'))
  const disconnected = nameOf(query.get('disconnected'))
  const failed = nameOf(query.get('provider'))
  if (connected) return `${connected} is connected.`
  if (disconnected)
    return `${disconnected} is disconnected${query.has('revoked') ? ', and its access was revoked at the provider' : ''}.`
  if (failed && query.get('oauth_error') === 'authorization_denied')
    return `${failed} was not connected: access was denied.`
  return failed && `${failed} was not connected (${query.get('oauth_error')}). Try again.`
}

function end(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'x-content-type-options': 'nosniff' }).end(body)
}

server.listen(port, 'localhost', () => {
  const real = providers.length - simulators.length
  console.log(`${origin}  (${real} with real credentials, ${simulators.length} simulated; Ctrl+C ends it)`)
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    server.close()
    server.closeAllConnections()
    await Promise.all([...clients.map((client) => client.close()), ...simulators.map(({ close }) => close())])
    await store.close?.()
    if (trial) await rm(trial, { recursive: true, force: true })
    process.exit(0)
  })
}
