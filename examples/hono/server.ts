import { serve } from '@hono/node-server'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { createOAuthClient, createOAuthHandler, isOAuthError } from 'latchkey'
import { github } from 'latchkey/providers/github'
import { shopify } from 'latchkey/providers/shopify'
import { slack } from 'latchkey/providers/slack'
import { homePage } from '../shared/home.ts'
import { readUser, signIn, type User } from '../shared/session.ts'
import { trial } from '../shared/trial.ts'

// One client an integration. SLACK_CLIENT_ID, SLACK_CLIENT_SECRET and so on, LATCHKEY_SECRET and LATCHKEY_BASE_URL come
// from the environment; what is missing is named here. Yours says `createOAuthClient(slack)`, without `trial`.
const clients = {
  slack: createOAuthClient(await trial(slack)),
  github: createOAuthClient(await trial(github)),
  shopify: createOAuthClient(await trial(shopify)),
}

type Env = { Variables: { user: User | undefined } }

const oauth = createOAuthHandler({ clients, session: (_request, c: Context<Env>) => c.get('user') })

// Your own session goes here.
const session: MiddlewareHandler<Env> = async (c, next) => {
  c.set('user', readUser(c.req.header('cookie')))
  await next()
}

const app = new Hono<Env>()
app.use(session)

// `/oauth/*` is `/oauth` too.
app.all('/oauth/*', (c) => oauth(c.req.raw, c))

app.get('/', (c) => c.html(homePage))
app.get('/login', (c) => {
  c.header('set-cookie', signIn())
  return c.redirect('/', 303)
})

/** A route of your own: the token is found, refreshed where it has to be, and sent. */
app.get('/channels', async (c) => {
  const user = c.get('user')
  if (!user) return c.text('Sign in first', 401)
  const channels = await clients.slack.fetch({ tenantId: user.tenantId }, '/conversations.list?limit=20')
  return c.json(await channels.json())
})

// `connection_not_found` and `reconnect_required` mean: send the user to /oauth/slack/connect.
app.onError((error, c) => {
  if (!isOAuthError(error)) throw error
  return c.json({ code: error.code, hint: error.hint }, 409)
})

const server = serve(
  { fetch: app.fetch, port: Number(process.env.PORT ?? 3000), hostname: 'localhost' },
  () => console.log(process.env.LATCHKEY_BASE_URL),
)

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, async () => {
    server.close()
    // Saves what the store had not taken yet.
    await Promise.all(Object.values(clients).map((client) => client.close()))
  })
