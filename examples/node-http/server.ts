import { createServer, type ServerResponse } from 'node:http'
import { createOAuthClient, createOAuthHandler, isOAuthError } from 'latchkey'
import { toNodeListener } from 'latchkey/node'
import { github } from 'latchkey/providers/github'
import { shopify } from 'latchkey/providers/shopify'
import { slack } from 'latchkey/providers/slack'
import { homePage } from '../shared/home.ts'
import { readUser, signIn } from '../shared/session.ts'
import { trial } from '../shared/trial.ts'

// One client an integration. SLACK_CLIENT_ID, SLACK_CLIENT_SECRET and so on, LATCHKEY_SECRET and LATCHKEY_BASE_URL come
// from the environment; what is missing is named here. Yours says `createOAuthClient(slack)`, without `trial`.
const clients = {
  slack: createOAuthClient(await trial(slack)),
  github: createOAuthClient(await trial(github)),
  shopify: createOAuthClient(await trial(shopify)),
}

// Your own session goes here.
const oauth = toNodeListener(
  createOAuthHandler({ clients, session: (request) => readUser(request.headers.get('cookie')) }),
)

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost')
  if (/^\/oauth(?:\/|$)/.test(pathname)) return oauth(request, response)
  if (request.method !== 'GET') return answer(response, 405, 'text/plain', 'Method not allowed')
  if (pathname === '/channels') return listChannels(request.headers.cookie, response)
  if (pathname === '/login') return response.writeHead(303, { 'set-cookie': signIn(), location: '/' }).end()
  if (pathname === '/') return answer(response, 200, 'text/html; charset=utf-8', homePage)
  return answer(response, 404, 'text/plain', 'Not found')
})

/** A route of your own: the token is found, refreshed where it has to be, and sent. */
async function listChannels(cookie: string | undefined, response: ServerResponse): Promise<void> {
  const user = readUser(cookie)
  if (!user) return answer(response, 401, 'text/plain', 'Sign in first')
  try {
    const channels = await clients.slack.fetch({ tenantId: user.tenantId }, '/conversations.list?limit=20')
    answer(response, channels.status, 'application/json', await channels.text())
  } catch (error) {
    // `connection_not_found` and `reconnect_required` mean: send the user to /oauth/slack/connect.
    const { code, hint } = isOAuthError(error) ? error : { code: 'internal_error', hint: 'Try again.' }
    answer(
      response,
      code === 'internal_error' ? 500 : 409,
      'application/json',
      JSON.stringify({ code, hint }),
    )
  }
}

function answer(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type }).end(body)
}

server.listen(Number(process.env.PORT ?? 3000), 'localhost', () => console.log(process.env.LATCHKEY_BASE_URL))

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, async () => {
    server.close()
    // Saves what the store had not taken yet.
    await Promise.all(Object.values(clients).map((client) => client.close()))
  })
