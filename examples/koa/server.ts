import Koa, { type Context } from 'koa'
import { createOAuthClient, createOAuthHandler, isOAuthError } from 'latchkey'
import { toNodeListener } from 'latchkey/node'
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

// Your own session goes here: `ctx.state.user` of koa-passport, `ctx.session` of koa-session.
const userOf = (ctx: Context): User | undefined => readUser(ctx.headers.cookie)

const oauth = createOAuthHandler({ clients, session: (_request, ctx: Context) => userOf(ctx) })

const app = new Koa()

// In front of a body parser, which keeps the body to itself. Behind one, hand it on first:
// `Object.assign(ctx.req, { body: ctx.request.body })`.
app.use(async (ctx, next) => {
  if (!/^\/oauth(?:\/|$)/.test(ctx.path)) return next()
  ctx.respond = false
  await toNodeListener((request) => oauth(request, ctx))(ctx.req, ctx.res)
})

// `connection_not_found` and `reconnect_required` mean: send the user to /oauth/slack/connect.
app.use(async (ctx, next) => {
  try {
    await next()
  } catch (error) {
    if (!isOAuthError(error)) throw error
    ctx.status = 409
    ctx.body = { code: error.code, hint: error.hint }
  }
})

// A router of yours goes here.
app.use(async (ctx) => {
  if (ctx.path === '/channels') return listChannels(ctx)
  if (ctx.path === '/') ctx.body = homePage
  if (ctx.path !== '/login') return
  ctx.set('set-cookie', signIn())
  ctx.redirect('/')
})

/** A route of your own: the token is found, refreshed where it has to be, and sent. */
async function listChannels(ctx: Context): Promise<void> {
  const user = userOf(ctx)
  if (!user) return ctx.throw(401, 'Sign in first')
  const channels = await clients.slack.fetch({ tenantId: user.tenantId }, '/conversations.list?limit=20')
  ctx.status = channels.status
  ctx.body = await channels.json()
}

const server = app.listen(Number(process.env.PORT ?? 3000), 'localhost', () =>
  console.log(process.env.LATCHKEY_BASE_URL),
)

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, async () => {
    server.close()
    // Saves what the store had not taken yet.
    await Promise.all(Object.values(clients).map((client) => client.close()))
  })
