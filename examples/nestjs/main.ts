import 'reflect-metadata'
import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { Request as ExpressRequest } from 'express'
import { createOAuthHandler } from 'latchkey'
import { toNodeListener } from 'latchkey/node'
import { readUser, type User } from '../shared/session.ts'
import { ChannelsController } from './channels.controller.ts'
import { CLIENTS, type Clients, clientsProvider } from './clients.ts'

@Module({ controllers: [ChannelsController], providers: [clientsProvider], exports: [CLIENTS] })
class AppModule implements OnApplicationShutdown {
  constructor(@Inject(CLIENTS) private readonly clients: Clients) {}

  /** Saves what the store had not taken yet. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all(Object.values(this.clients).map((client) => client.close()))
  }
}

// `abortOnError: false`: what is missing in the environment is thrown here, and not the end by SIGABRT.
const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'], abortOnError: false })

// Your own session goes here: `request.user` of Passport, `request.session.user` of express-session.
const userOf = (request: ExpressRequest): User | undefined => readUser(request.headers.cookie)

const oauth = createOAuthHandler({
  clients: app.get<Clients>(CLIENTS),
  session: (_asFetch, request: ExpressRequest) => userOf(request),
})

// In main.ts, and not as a controller: a global prefix, pipes and interceptors have no part in it.
app.use('/oauth', toNodeListener(oauth))

// With an exit code, and not by the signal once more.
app.enableShutdownHooks(['SIGINT', 'SIGTERM'], { useProcessExit: true })
await app.listen(Number(process.env.PORT ?? 3000), 'localhost')
console.log(process.env.LATCHKEY_BASE_URL)
