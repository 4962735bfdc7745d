import 'reflect-metadata'
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { text } from 'node:stream/consumers'
import { type MiddlewareConsumer, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import express from 'express'
import fastify, { type FastifyInstance } from 'fastify'
import Koa from 'koa'
import { afterEach, describe, expect, it } from 'vitest'
import { createOAuthHandler } from '../../src/handler/oauth-handler.ts'
import { type NodeListener, toNodeListener } from '../../src/node.ts'
import { cookieHeader, fakeClient } from './fake-client.ts'

// The listener as each framework mounts it: under a prefix of the application, its parsers having run or not.

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function serve(server: Server): Promise<string> {
  if (!server.listening) await once(server.listen(0, '127.0.0.1'), 'listening')
  closing.push(async () => {
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  })
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address?.port}`
}

const listening = (listener: RequestListener) => serve(createServer(listener))

const withExpress = (...parsers: express.RequestHandler[]) => {
  return (listener: NodeListener) => {
    const router = express.Router().use('/oauth', listener)
    return listening(
      express()
        .use(...parsers, express.Router())
        .use('/api/v1', router)
        .use((_request, response) => void response.status(404).send('of Express')),
    )
  }
}

async function withFastify(mount: (app: FastifyInstance) => void): Promise<string> {
  const app = fastify()
  app.register(async (scope) => mount(scope), { prefix: '/api/v1' })
  app.setNotFoundHandler((_request, reply) => reply.code(404).send('of Fastify'))
  await app.listen({ port: 0, host: '127.0.0.1' })
  return serve(app.server)
}

const withKoa = (before: Koa.Middleware | undefined, hand: (ctx: Koa.Context) => void) => {
  return (listener: NodeListener) => {
    const app = new Koa()
    if (before) app.use(before)
    app.use(async (ctx, next) => {
      if (!ctx.path.startsWith('/api/v1/oauth')) return next()
      hand(ctx)
      ctx.respond = false
      await listener(ctx.req, ctx.res)
    })
    return listening(app.callback())
  }
}

/** Decorators are functions: called as such, they need nothing of the compiler. */
async function withNest(listener: NodeListener, mounted: 'in main' | 'by the module'): Promise<string> {
  class AppModule {
    configure(consumer: MiddlewareConsumer): void {
      if (mounted === 'by the module') consumer.apply(listener).forRoutes('{*path}')
    }
  }
  Module({})(AppModule)
  const app = await NestFactory.create(AppModule, { logger: false })
  if (mounted === 'in main') app.use('/api/v1/oauth', listener)
  await app.listen(0, '127.0.0.1')
  return serve(app.getHttpServer())
}

const mounts: [name: string, mount: (listener: NodeListener) => Promise<string>][] = [
  ['Express 5', withExpress()],
  ['Express 5 behind its parsers', withExpress(express.json(), express.urlencoded())],
  ['Express 5 behind a parser into text', withExpress(express.text({ type: '*/*' }))],
  ['Express 5 behind a parser into bytes', withExpress(express.raw({ type: '*/*' }))],
  [
    'Fastify 5 without parsers',
    (listener) =>
      withFastify((scope) => {
        scope.removeAllContentTypeParsers()
        scope.addContentTypeParser('*', (_request, _payload, done) => done(null))
        for (const path of ['/oauth', '/oauth/*'])
          scope.all(path, async (request, reply) => {
            reply.hijack()
            await listener(request.raw, reply.raw)
          })
      }),
  ],
  [
    'Fastify 5 behind a parser',
    (listener) =>
      withFastify((scope) => {
        // Fastify's own for JSON refuses a body of nothing before any route is asked.
        scope.removeAllContentTypeParsers()
        scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
        for (const path of ['/oauth', '/oauth/*'])
          scope.all(path, async (request, reply) => {
            reply.hijack()
            await listener(Object.assign(request.raw, { body: request.body }), reply.raw)
          })
      }),
  ],
  ['Koa 3', withKoa(undefined, () => undefined)],
  [
    'Koa 3 behind a parser',
    withKoa(
      async (ctx, next) => {
        ctx.state.body = await text(ctx.req)
        await next()
      },
      (ctx) => Object.assign(ctx.req, { body: ctx.state.body }),
    ),
  ],
  ['NestJS 12 in front of its parsers', (listener) => withNest(listener, 'in main')],
  ['NestJS 12 behind its parsers', (listener) => withNest(listener, 'by the module')],
]

describe.each(mounts)('%s', (_name, mount) => {
  async function setUp() {
    const client = fakeClient({ redirectUri: 'https://app.example/api/v1/oauth/shop/callback' })
    const handler = createOAuthHandler({ clients: [client], session: () => ({ tenantId: 't1' }) })
    const base = `${await mount(toNodeListener(handler))}/api/v1`
    return { client, base }
  }

  it('takes a form post, lists and disconnects', async () => {
    const { client, base } = await setUp()
    const begun = await fetch(`${base}/oauth/shop/connect?redirectPath=/done`, { redirect: 'manual' })
    expect([begun.status, begun.headers.get('location')]).toEqual([303, expect.stringContaining('state=')])
    const form = new URLSearchParams({ code: 'c', state: client.begun[0]?.state ?? '' })
    const headers = { cookie: cookieHeader(begun) }
    const callback = `${base}/oauth/shop/callback`
    const back = await fetch(callback, { method: 'POST', redirect: 'manual', headers, body: form })
    expect([back.status, back.headers.get('location')]).toEqual([303, '/done?connected=shop'])

    const listed = await fetch(`${base}/oauth`)
    expect(await listed.json()).toMatchObject([{ id: 'shop', connections: [{ status: 'active' }] }])
    const head = await fetch(`${base}/oauth`, { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])

    // As some clients send it: a content type without a content.
    const own = { 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' }
    const removed = await fetch(`${base}/oauth/shop`, { method: 'DELETE', headers: own })
    expect([removed.status, await removed.json()]).toEqual([200, { revoked: true }])
    expect(client.disconnected).toHaveLength(1)
  })

  it('knows its own 404 from that of the framework', async () => {
    const { base } = await setUp()
    const own = await fetch(`${base}/oauth/nobody/connect`)
    expect([own.status, await own.json()]).toEqual([
      404,
      { error: expect.objectContaining({ code: 'not_found' }) },
    ])
    const other = await fetch(`${base}/elsewhere`)
    expect([other.status, await other.text()]).toEqual([
      404,
      expect.not.stringContaining('no such integration'),
    ])
  })
})
