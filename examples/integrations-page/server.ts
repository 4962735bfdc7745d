import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { createOAuthHandler, fileStore, isOAuthError } from 'latchkey'
import { toNodeListener } from 'latchkey/node'
import { type Card, renderCard } from './card.ts'
import { endAccess, type Integration, startIntegrations, tenant } from './integrations.ts'
import { renderPage } from './page.ts'
import { readNotice } from './words.ts'

// npm start: the settings page of a SaaS, on localhost. Integrations whose <ID>_CLIENT_ID and <ID>_CLIENT_SECRET are in
// the environment go to the real provider, the others to a simulator made from the same definition.

const port = Number(process.env.PORT ?? 3000)
const origin = `http://localhost:${port}`
const secret = process.env.LATCHKEY_SECRET ?? randomBytes(32).toString('base64url')
// A secret that is made anew at each start cannot open what the last one sealed, so neither is the store kept.
const trial = process.env.LATCHKEY_SECRET ? undefined : await mkdtemp(join(tmpdir(), 'latchkey-trial-'))
const store = fileStore(trial ?? process.env.LATCHKEY_STORE ?? '.latchkey')
const integrations = await startIntegrations({
  origin,
  secret,
  store,
  pace: Number(process.env.SYNC_PACE ?? 150),
})
await integrations.sync.recover()

const oauth = toNodeListener(
  createOAuthHandler({
    clients: integrations.all.map(({ client }) => client),
    sync: integrations.sync,
    session: () => tenant,
  }),
)
const files = await readPublicFiles()

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', origin)
  if (pathname === '/oauth' || pathname.startsWith('/oauth/')) return oauth(request, response)
  serve(request, response, pathname, searchParams).catch((error: unknown) => {
    console.error(error)
    if (response.headersSent) response.destroy()
    else end(response, 500, 'text/plain', 'Something on this server failed. Try again in a moment.')
  })
})

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  pathname: string,
  query: URLSearchParams,
): Promise<void> {
  const { method = 'GET' } = request
  const file = files.get(pathname)
  if (method === 'GET' && file) return end(response, 200, file.type, file.body)
  if (method === 'GET' && pathname === '/') return servePage(response, query)
  const [, kind, id = '', action = ''] = /^\/(\w+)\/([a-z0-9-]+)(?:\/([a-z-]+))?$/.exec(pathname) ?? []
  const integration = integrations.find(id)
  if (method === 'GET' && kind === 'cards' && action === '' && integration) {
    const card = renderCard(await readCard(integration), { path: query.get('path') ?? '/', filter: {} })
    return end(response, 200, 'text/html; charset=utf-8', card.markup)
  }
  if (method === 'POST' && integration) {
    if (!isOwnRequest(request))
      return end(response, 403, 'text/plain', 'Only this page itself may ask for that.')
    if (kind === 'integrations' && action === 'choose') return choose(request, response, integration)
    if (kind === 'simulators' && action === 'end-access' && integration.simulator) {
      await endAccess(integration)
      return seeOther(response, `/?ended=${id}`)
    }
  }
  end(response, 404, 'text/plain', 'Not found')
}

async function servePage(response: ServerResponse, query: URLSearchParams): Promise<void> {
  const filter = Object.fromEntries(
    ['q', 'category', 'status'].flatMap((name) => {
      const value = query.get(name)
      return value ? [[name, value]] : []
    }),
  )
  const search = new URLSearchParams(filter).toString()
  const page = renderPage({
    cards: await Promise.all(integrations.all.map(readCard)),
    notice: readNotice(
      query,
      integrations.all.map(({ client }) => client),
    ),
    path: search ? `/?${search}` : '/',
    filter,
  })
  end(response, 200, 'text/html; charset=utf-8', page)
}

async function readCard({ client, simulator }: Integration): Promise<Card> {
  const { provider } = client
  const connection = await client.getConnection(tenant)
  const runs = connection ? await integrations.sync.history(connection) : []
  const shared = connection && provider.revocation?.ends === 'grant' ? provider.revocation.sharedWith : []
  const sharing: string[] = []
  for (const id of shared ?? []) {
    const other = id === provider.id ? undefined : integrations.find(id)?.client
    const held = await other?.getConnection(tenant)
    if (other && held && held.account?.id === connection?.account?.id) sharing.push(other.provider.name)
  }
  return {
    provider,
    connection,
    runs,
    simulated: simulator !== undefined,
    sampleKey: simulator?.keys[0],
    sharing,
  }
}

/** Another one of the sites that a grant reaches. */
async function choose(
  request: IncomingMessage,
  response: ServerResponse,
  { client }: Integration,
): Promise<void> {
  const { id } = client.provider
  try {
    await client.choose(tenant, Object.fromEntries(new URLSearchParams(await text(request))))
    seeOther(response, `/?chosen=${id}`)
  } catch (error) {
    if (!isOAuthError(error)) throw error
    seeOther(response, `/?oauth_error=${error.code}&provider=${id}`)
  }
}

/** Another site's page can make this browser post, but not say that it was this page. */
function isOwnRequest({ headers }: IncomingMessage): boolean {
  return headers['sec-fetch-site'] === 'same-origin' || headers.origin === origin
}

/** Everything in `public/`, by its path on this server. */
async function readPublicFiles(): Promise<Map<string, { readonly type: string; readonly body: Buffer }>> {
  const types: Readonly<Record<string, string>> = {
    '.js': 'text/javascript; charset=utf-8',
    '.css': 'text/css; charset=utf-8',
    '.svg': 'image/svg+xml',
  }
  const directory = fileURLToPath(new URL('./public/', import.meta.url))
  const found = new Map<string, { readonly type: string; readonly body: Buffer }>()
  for (const name of await readdir(directory)) {
    const type = types[extname(name)]
    if (type) found.set(`/public/${name}`, { type, body: await readFile(join(directory, name)) })
  }
  return found
}

// No form-action: browsers apply it to the redirect that follows, and Connect leads to the provider.
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ')

function end(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  response
    .writeHead(status, {
      'content-type': type,
      'content-security-policy': policy,
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-cache',
    })
    .end(body)
}

function seeOther(response: ServerResponse, location: string): void {
  response.writeHead(303, { location, 'cache-control': 'no-store' }).end()
}

server.listen(port, 'localhost', () => {
  const simulated = integrations.all.filter(({ simulator }) => simulator).length
  const real = integrations.all.length - simulated
  console.log(`${origin}  (${real} with real credentials, ${simulated} simulated; Ctrl+C ends it)`)
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    server.close()
    server.closeAllConnections()
    await integrations.close()
    await store.close?.()
    if (trial) await rm(trial, { recursive: true, force: true })
    process.exit(0)
  })
}
