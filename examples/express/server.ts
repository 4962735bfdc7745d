import express from 'express'
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

// Your own session goes here: `request.user` of Passport, `request.session.user` of express-session.
const userOf = (request: express.Request): User | undefined => readUser(request.headers.cookie)

const oauth = createOAuthHandler({
  clients,
  session: (_asFetch, request: express.Request) => userOf(request),
})

const app = express()
// Body parsers may run before the handler, or after it.
app.use(express.json(), express.urlencoded())
app.use('/oauth', toNodeListener(oauth))

app.get('/', (_request, response) => {
  response.send(homePage)
})
app.get('/login', (_request, response) => {
  response.set('set-cookie', signIn()).redirect(303, '/')
})

/** A route of your own: the token is found, refreshed where it has to be, and sent. */
app.get('/channels', async (request, response) => {
  const user = userOf(request)
  if (!user) return void response.status(401).send('Sign in first')
  const channels = await clients.slack.fetch({ tenantId: user.tenantId }, '/conversations.list?limit=20')
  response.status(channels.status).json(await channels.json())
})

// `connection_not_found` and `reconnect_required` mean: send the user to /oauth/slack/connect.
const showOAuthErrors: express.ErrorRequestHandler = (error, _request, response, next) => {
  if (!isOAuthError(error)) return next(error)
  response.status(409).json({ code: error.code, hint: error.hint })
}
app.use(showOAuthErrors)

const server = app.listen(Number(process.env.PORT ?? 3000), 'localhost', () =>
  console.log(process.env.LATCHKEY_BASE_URL),
)

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, async () => {
    server.close()
    // Saves what the store had not taken yet.
    await Promise.all(Object.values(clients).map((client) => client.close()))
  })
