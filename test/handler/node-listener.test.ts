import { once } from 'node:events'
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2'
import { type AddressInfo, connect as connectTcp } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import { createOAuthHandler } from '../../src/handler/oauth-handler.ts'
import { type NodeListener, toNodeListener } from '../../src/node.ts'
import { cookieHeader, fakeClient } from './fake-client.ts'

const asSeen = async (response: Response) => {
  const seen: { body: string; headers: [string, string][] } = JSON.parse(await response.text())
  return seen
}

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

type Serve = (request: IncomingMessage, response: ServerResponse) => unknown

async function listen(serve: Serve): Promise<string> {
  const server = createServer((request, response) => void serve(request, response))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  closing.push(async () => {
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  })
  return `http://127.0.0.1:${portOf(server.address())}`
}

const portOf = (address: AddressInfo | string | null) => (typeof address === 'object' && address?.port) || 0

/** What arrives at a handler, as JSON. */
const echo = toNodeListener(async (request) => {
  const { method, url } = request
  return Response.json({ method, url, headers: [...request.headers], body: await request.text() })
})

/** A middleware in the manner of body-parser: consumes the body, leaves `request.body`. */
const parsed =
  (listener: NodeListener, parse: (body: string) => unknown): Serve =>
  async (request, response) => {
    Object.assign(request, { body: parse(await text(request)) })
    await listener(request, response)
  }

describe('with the OAuth handler over real HTTP', () => {
  async function serveHandler(wrap: (listener: NodeListener) => Serve = (listener) => listener) {
    const client = fakeClient({ redirectUri: 'http://127.0.0.1/oauth/shop/callback' })
    const handler = createOAuthHandler({ clients: [client], session: () => ({ tenantId: 't1' }) })
    return { client, base: await listen(wrap(toNodeListener(handler))) }
  }
  const form = { 'content-type': 'application/x-www-form-urlencoded' }

  it('connects, lists and disconnects', async () => {
    const { client, base } = await serveHandler()
    const begun = await fetch(`${base}/oauth/shop/connect?redirectPath=/done`, { redirect: 'manual' })
    expect(begun.status).toBe(303)
    const callback = `${base}/oauth/shop/callback?code=c&state=${client.begun[0]?.state}`
    const back = await fetch(callback, { redirect: 'manual', headers: { cookie: cookieHeader(begun) } })
    expect(back.headers.get('location')).toBe('/done?connected=shop')
    expect(await (await fetch(`${base}/oauth`)).json()).toMatchObject([
      { connections: [{ status: 'active' }] },
    ])
    const head = await fetch(`${base}/oauth`, { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
    const foreign = { origin: 'https://evil.example' }
    expect((await fetch(`${base}/oauth/shop`, { method: 'DELETE', headers: foreign })).status).toBe(403)
    const removed = await fetch(`${base}/oauth/shop`, { method: 'DELETE', headers: { origin: base } })
    expect(await removed.json()).toEqual({ revoked: true })
    expect(client.disconnected).toHaveLength(1)
  })

  it.each<[string, (listener: NodeListener) => Serve]>([
    ['unread', (listener) => listener],
    [
      'parsed into an object',
      (listener) => parsed(listener, (body) => Object.fromEntries(new URLSearchParams(body))),
    ],
    ['read into a string', (listener) => parsed(listener, (body) => body)],
    ['read into a Buffer', (listener) => parsed(listener, (body) => Buffer.from(body))],
  ])('takes a form_post whose body is %s', async (_name, wrap) => {
    const { client, base } = await serveHandler(wrap)
    const begun = await fetch(`${base}/oauth/shop/connect`, { redirect: 'manual' })
    const back = await fetch(`${base}/oauth/shop/callback`, {
      method: 'POST',
      redirect: 'manual',
      headers: { ...form, cookie: cookieHeader(begun) },
      body: `code=c&state=${client.begun[0]?.state}`,
    })
    expect(back.headers.get('location')).toBe('/?connected=shop')
  })

  it('answers a form that is too large, over the same connection', async () => {
    const { base } = await serveHandler()
    const body = `state=${'x'.repeat(1_000_000)}`
    const response = await fetch(`${base}/oauth/shop/callback`, { method: 'POST', headers: form, body })
    expect(response.status).toBe(400)
    expect(await response.text()).toContain('too large')
  })

  it('passes on what is not its own, with the body unread', async () => {
    const { base } = await serveHandler((listener) => (request, response) => {
      const next = async (error?: unknown) => response.end(`next ${error} ${await text(request)}`)
      return listener(request, response, next)
    })
    const other = await fetch(`${base}/other`, { method: 'POST', body: 'a body' })
    expect(await other.text()).toBe('next undefined a body')
    expect((await fetch(`${base}/oauth/nope/connect`)).status).toBe(404)
    const mine = await fetch(`${base}/oauth`)
    expect(mine.headers.get('content-type')).toContain('json')
  })

  it('answers a path of nobody with 404 where there is no next', async () => {
    const { base } = await serveHandler()
    expect((await fetch(`${base}/other`)).status).toBe(404)
    expect((await fetch(`${base}/other`, { method: 'HEAD' })).status).toBe(404)
  })
})

describe('the request', () => {
  it('has the method, the URL before a mount point was cut off, the headers and the body', async () => {
    const base = await listen((request, response) => {
      Object.assign(request, { originalUrl: `/mounted${request.url}` })
      return echo(request, response)
    })
    const response = await fetch(`${base}/a%20b?c=d`, {
      method: 'PUT',
      body: 'text',
      headers: { 'x-y': 'z' },
    })
    const seen = await asSeen(response)
    expect(seen).toMatchObject({ method: 'PUT', url: `${base}/mounted/a%20b?c=d`, body: 'text' })
    expect(seen.headers).toContainEqual(['x-y', 'z'])
  })

  it('writes a parsed body again in its own content type', async () => {
    const nested = await listen(parsed(echo, () => ({ a: ['1', '2'], b: 'é&' })))
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const asForm = await asSeen(await fetch(nested, { method: 'POST', headers, body: 'gone' }))
    expect(asForm.body).toBe('a=1&a=2&b=%C3%A9%26')
    const asJson = await asSeen(
      await fetch(nested, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } }),
    )
    expect(JSON.parse(asJson.body)).toEqual({ a: ['1', '2'], b: 'é&' })
    expect(asJson.headers.map(([name]) => name)).not.toContain('content-length')
  })

  it('is an error where a parser kept the body to itself, but not where there was none', async () => {
    const errors: unknown[] = []
    const base = await listen(async (request, response) => {
      await text(request)
      await echo(request, response, (error) => {
        errors.push(error)
        response.end()
      })
    })
    expect(await (await fetch(base, { method: 'POST', body: 'gone' })).text()).toBe('')
    expect(errors).toEqual([expect.objectContaining({ message: expect.stringContaining('request.body') })])
    expect(await (await fetch(base, { method: 'DELETE' })).json()).toMatchObject({
      method: 'DELETE',
      body: '',
    })
  })

  it.each([
    ['GET //evil.example/oauth HTTP/1.1\r\nHost: own.example', 'http://own.example//evil.example/oauth'],
    ['GET http://evil.example/oauth?a HTTP/1.1\r\nHost: own.example:81', 'http://own.example:81/oauth?a'],
    ['OPTIONS * HTTP/1.1\r\nHost: [::1]:80', 'http://[::1]/'],
    ['GET /a HTTP/1.1\r\nHost: a@evil.example/x', 'http://localhost/a'],
    ['GET /a HTTP/1.1\r\nHost:', 'http://localhost/a'],
    ['GET /a HTTP/1.1\r\nHost: a:99999', 'http://localhost/a'],
  ])('%j has the URL %s', async (head, url) => {
    const { port } = new URL(await listen(echo))
    const socket = connectTcp(Number(port), '127.0.0.1')
    socket.write(`${head}\r\nConnection: close\r\n\r\n`)
    expect(await text(socket)).toContain(JSON.stringify(url))
  })

  it('cannot be a TRACE', async () => {
    const base = await listen(echo)
    const asked = httpRequest(base, { method: 'TRACE' }).end()
    const [response] = await once(asked, 'response')
    expect(response.statusCode).toBe(405)
    response.resume()
  })

  it('ends with an error, and an aborted signal, when the client goes away', async () => {
    let told: (outcome: string[]) => void = () => undefined
    const outcome = new Promise<string[]>((resolve) => {
      told = resolve
    })
    const base = await listen(
      toNodeListener(async (request) => {
        const aborted = new Promise<string>((resolve) => {
          request.signal.addEventListener('abort', () => resolve('aborted'))
        })
        const body = await request.text().catch(() => 'broken')
        told([body, await aborted])
        return new Response('nobody reads this')
      }),
    )
    const asked = httpRequest(base, { method: 'POST', headers: { 'content-length': '100' } })
    asked.on('error', () => undefined)
    asked.write('half')
    await once(asked, 'socket').then(([socket]) => once(socket, 'connect'))
    asked.flushHeaders()
    await new Promise<void>((flushed) => asked.write('more', () => flushed()))
    asked.destroy()
    expect(await outcome).toEqual(['broken', 'aborted'])
  })
})

describe('the response', () => {
  it('keeps several cookies apart, and those that were set before', async () => {
    const listener = toNodeListener(() => {
      const headers = new Headers({ 'x-own': '1' })
      headers.append('set-cookie', 'a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT')
      headers.append('set-cookie', 'b=2')
      return new Response('body', { status: 201, headers })
    })
    const base = await listen((request, response) => {
      response.setHeader('set-cookie', 'sid=0')
      return listener(request, response)
    })
    const response = await fetch(base)
    expect([response.status, response.headers.get('x-own'), await response.text()]).toEqual([
      201,
      '1',
      'body',
    ])
    expect(response.headers.getSetCookie()).toEqual([
      'sid=0',
      'a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT',
      'b=2',
    ])
  })

  it('streams at the pace of the reader', async () => {
    const chunk = new Uint8Array(256 * 1024)
    let left = 40
    const stream = () =>
      new ReadableStream<Uint8Array>({
        pull(controller) {
          if (left-- > 0) controller.enqueue(chunk)
          else controller.close()
        },
      })
    const response = await fetch(await listen(toNodeListener(() => new Response(stream()))))
    expect((await response.arrayBuffer()).byteLength).toBe(40 * chunk.byteLength)
  })

  it('stops asking for more when the client goes away', async () => {
    let cancelled: () => void = () => undefined
    const stopped = new Promise<void>((resolve) => {
      cancelled = resolve
    })
    const endless = () =>
      new ReadableStream<Uint8Array>({
        pull: (controller) => controller.enqueue(new Uint8Array(64 * 1024)),
        cancel: () => cancelled(),
      })
    const base = await listen(toNodeListener(() => new Response(endless())))
    const leave = new AbortController()
    const response = await fetch(base, { signal: leave.signal })
    expect(response.status).toBe(200)
    leave.abort()
    await stopped
  })

  it('tells nothing about an error, and gives it to next where there is one', async () => {
    const failing = toNodeListener(() => Promise.reject(new Error('password=hunter2')))
    const bare = await fetch(await listen(failing))
    expect([bare.status, await bare.text()]).toEqual([500, 'Internal Server Error\n'])
    const errors: unknown[] = []
    const base = await listen((request, response) =>
      failing(request, response, (error) => {
        errors.push(error)
        response.writeHead(418).end()
      }),
    )
    expect((await fetch(base)).status).toBe(418)
    expect(errors).toEqual([new Error('password=hunter2')])
  })

  it.each([
    [0, [500, null, 'Internal Server Error\n']],
    [1, 'broken off'],
  ])('is an error, or breaks off, where the body fails after %i chunks', async (chunks, answer) => {
    let left = chunks
    const failing = () =>
      new ReadableStream<Uint8Array>({
        pull(controller) {
          if (left-- > 0) controller.enqueue(new Uint8Array(10))
          else controller.error(new Error('half way'))
        },
      })
    const headers = { 'content-length': '20', 'x-own': '1' }
    const base = await listen(toNodeListener(() => new Response(failing(), { headers })))
    const met = fetch(base).then(async (response) => [
      response.status,
      response.headers.get('x-own'),
      await response.text(),
    ])
    expect(await met.catch(() => 'broken off')).toEqual(answer)
  })

  it('leaves alone what somebody else has answered', async () => {
    const base = await listen((request, response) => {
      response.end('first')
      return echo(request, response)
    })
    expect(await (await fetch(base)).text()).toBe('first')
  })
})

it('works over HTTP/2', async () => {
  const server = createHttp2Server((request, response) => void echo(request, response))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const port = portOf(server.address())
  const session = connectHttp2(`http://127.0.0.1:${port}`)
  closing.push(async () => {
    session.close()
    await new Promise((done) => server.close(done))
  })
  const stream = session.request({ ':path': '/a?b', ':method': 'POST', 'x-y': 'z' })
  stream.end('body')
  const [headers] = await once(stream, 'response')
  expect(headers[':status']).toBe(200)
  const seen = JSON.parse(await text(stream))
  expect(seen).toMatchObject({ method: 'POST', url: `http://127.0.0.1:${port}/a?b`, body: 'body' })
  expect(seen.headers).toEqual([['x-y', 'z']])
})
