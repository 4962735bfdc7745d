import fastify, { type FastifyRequest } from 'fastify'
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

// Your own session goes here: `request.user` of your hook, `request.session` of @fastify/session.
const userOf = (request: FastifyRequest): User | undefined => readUser(request.headers.cookie)

const oauth = createOAuthHandler({
  clients,
  session: (_asFetch, request: FastifyRequest) => userOf(request),
})

const app = fastify()

app.register(async (scope) => {
  // The handler reads bodies itself, with a limit of its own. Parsers of the routes outside this scope stay.
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', (_request, _payload, done) => done(null))
  for (const path of ['/oauth', '/oauth/*'])
    scope.all(path, async (request, reply) => {
      reply.hijack()
      // What hooks have set (helmet, CORS) would be lost with the reply.
      for (const [name, value] of Object.entries(reply.getHeaders()))
        if (value !== undefined) reply.raw.setHeader(name, value)
      await toNodeListener((asFetch) => oauth(asFetch, request))(request.raw, reply.raw)
    })
})

app.get('/', (_request, reply) => reply.type('text/html; charset=utf-8').send(homePage))
app.get('/login', (_request, reply) => reply.header('set-cookie', signIn()).redirect('/', 303))

/** A route of your own: the token is found, refreshed where it has to be, and sent. */
app.get('/channels', async (request, reply) => {
  const user = userOf(request)
  if (!user) return reply.code(401).send('Sign in first')
  const channels = await clients.slack.fetch({ tenantId: user.tenantId }, '/conversations.list?limit=20')
  return reply.code(channels.status).send(await channels.json())
})

// `connection_not_found` and `reconnect_required` mean: send the user to /oauth/slack/connect.
app.setErrorHandler((error, _request, reply) => {
  if (!isOAuthError(error)) return reply.send(error)
  return reply.code(409).send({ code: error.code, hint: error.hint })
})

// Saves what the store had not taken yet.
app.addHook('onClose', async () => {
  await Promise.all(Object.values(clients).map((client) => client.close()))
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => app.close())

await app.listen({ port: Number(process.env.PORT ?? 3000), host: 'localhost' })
console.log(process.env.LATCHKEY_BASE_URL)
