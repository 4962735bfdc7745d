import { once } from 'node:events'
import { createServer } from 'node:http'
import { type ClientHttp2Session, connect, constants, createServer as createHttp2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { type NodeListener, toNodeListener } from '../../src/node.ts'

// Server-sent events: a body without an end, whose reader goes away at some time.

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const portOf = (address: AddressInfo | string | null) => (typeof address === 'object' && address?.port) || 0

/** A client that reads what has come so far, and goes away. */
interface Reader {
  /** Resolves with the headers of the answer. */
  readonly status: Promise<number>
  /** The next piece of the body; empty at its end. */
  next(): Promise<string>
  leave(): void
}

type Open = (listener: NodeListener) => Promise<() => Reader>

const overHttp1: Open = async (listener) => {
  const server = createServer(listener)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  closing.push(async () => {
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  })
  return () => {
    const left = new AbortController()
    const url = `http://127.0.0.1:${portOf(server.address())}`
    const response = fetch(url, { signal: left.signal })
    const reader = response.then(({ body }) => body?.pipeThrough(new TextDecoderStream()).getReader())
    reader.catch(() => undefined)
    return {
      status: response.then(({ status }) => status),
      next: async () => (await (await reader)?.read())?.value ?? '',
      leave: () => left.abort(),
    }
  }
}

const overHttp2: Open = async (listener) => {
  const server = createHttp2Server((request, response) => void listener(request, response))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  closing.push(() => new Promise((done) => server.close(done)))
  const session: ClientHttp2Session = connect(`http://127.0.0.1:${portOf(server.address())}`)
  closing.push(() => new Promise<void>((done) => session.close(done)))
  return () => {
    const stream = session.request({ ':path': '/' }).setEncoding('utf8')
    stream.on('error', () => undefined)
    const status = once(stream, 'response').then(([headers]) => Number(headers[':status']))
    let chunks: AsyncIterator<string> | undefined
    return {
      status,
      async next() {
        // Reading begins here: an iterator takes what comes as fast as it can.
        chunks ??= stream.iterator({ destroyOnReturn: false })
        return (await chunks.next()).value ?? ''
      },
      leave: () => stream.close(constants.NGHTTP2_CANCEL),
    }
  }
}

function deferred<T>() {
  let resolve: (value: T) => void = () => undefined
  const promise = new Promise<T>((done) => {
    resolve = done
  })
  return { promise, resolve }
}

/** A stream that says what it is told to say, and knows when nobody listens any more. */
function events() {
  const cancelled = deferred<'cancelled'>()
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined
  const body = new ReadableStream<Uint8Array>({
    start: (given) => {
      controller = given
    },
    cancel: () => cancelled.resolve('cancelled'),
  })
  return {
    response: () => new Response(body, { headers: { 'content-type': 'text/event-stream' } }),
    say: (words: string) => controller?.enqueue(new TextEncoder().encode(words)),
    end: () => controller?.close(),
    cancelled: cancelled.promise,
  }
}

describe.each([
  ['HTTP/1.1', overHttp1],
  ['HTTP/2', overHttp2],
])('a stream of events over %s', (_protocol, open) => {
  it('is open before the first event, and gives each at once', async () => {
    const stream = events()
    const ask = await open(toNodeListener(() => stream.response()))
    // Resolves with the headers; nothing has been said yet.
    const reader = ask()
    expect(await reader.status).toBe(200)
    for (const words of ['data: one\n\n', 'data: two\n\n', 'data: three\n\n']) {
      stream.say(words)
      expect(await reader.next()).toBe(words)
    }
    stream.end()
    expect(await reader.next()).toBe('')
  })

  it('is cancelled when the reader goes away while nothing is said', async () => {
    const stream = events()
    const listener = toNodeListener(() => stream.response())
    const settled = deferred<'settled'>()
    const ask = await open(async (...call) => {
      await listener(...call)
      settled.resolve('settled')
    })
    const reader = ask()
    stream.say('data: one\n\n')
    expect(await reader.next()).toBe('data: one\n\n')
    reader.leave()
    expect(await stream.cancelled).toBe('cancelled')
    expect(await settled.promise).toBe('settled')
  })

  it('is cancelled where the reader does not read', async () => {
    const cancelled = deferred<number>()
    let given = 0
    const endless = () =>
      new ReadableStream<Uint8Array>({
        pull: (controller) => {
          given += 1
          controller.enqueue(new Uint8Array(64 * 1024))
        },
        cancel: () => cancelled.resolve(given),
      })
    const listener = toNodeListener(() => new Response(endless()))
    const settled = deferred<'settled'>()
    const ask = await open(async (...call) => {
      await listener(...call)
      settled.resolve('settled')
    })
    const reader = ask()
    await reader.next()
    const before = given
    reader.leave()
    // Not read to the end of memory: what the socket and the windows take, and no more.
    expect(await cancelled.promise).toBeLessThan(before + 200)
    expect(await settled.promise).toBe('settled')
  })

  it('is cancelled where the reader has gone before there was an answer', async () => {
    const stream = events()
    const arrived = deferred<void>()
    const gone = deferred<void>()
    const ask = await open(
      toNodeListener(async (request) => {
        request.signal.addEventListener('abort', () => gone.resolve())
        arrived.resolve()
        await gone.promise
        return stream.response()
      }),
    )
    const reader = ask()
    reader.status.catch(() => undefined)
    await arrived.promise
    reader.leave()
    expect(await stream.cancelled).toBe('cancelled')
  })

  it('is cancelled where the reader has gone before the listener was asked', async () => {
    const stream = events()
    const arrived = deferred<void>()
    const listener = toNodeListener((request) => {
      expect(request.signal.aborted).toBe(true)
      return stream.response()
    })
    // A middleware in front that takes its time.
    const ask = await open(async (request, response) => {
      arrived.resolve()
      await once(response, 'close')
      // HTTP/2 gives up its stream a little after it has said so.
      await new Promise(setImmediate)
      await listener(request, response)
    })
    const reader = ask()
    reader.status.catch(() => undefined)
    await arrived.promise
    reader.leave()
    expect(await stream.cancelled).toBe('cancelled')
  })

  it('may name headers of the connection', async () => {
    const headers = {
      'content-type': 'text/event-stream',
      connection: 'keep-alive',
      'keep-alive': 'timeout=5',
    }
    const ask = await open(toNodeListener(() => new Response('data: one\n\n', { headers })))
    const reader = ask()
    expect(await reader.status).toBe(200)
    expect(await reader.next()).toBe('data: one\n\n')
  })
})

it.each([
  ['while it is read', false],
  ['before anybody reads', true],
])('breaks a body over HTTP/2 whose client goes away %s', async (_when, isLate) => {
  const met = deferred<string>()
  const server = createHttp2Server((request, response) => {
    const listener = toNodeListener(async (asked) => {
      if (isLate) await once(asked.signal, 'abort')
      met.resolve(await asked.text().catch(() => 'broken'))
      return new Response()
    })
    void listener(request, response)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  closing.push(() => new Promise((done) => server.close(done)))
  const session = connect(`http://127.0.0.1:${portOf(server.address())}`)
  const arrived = once(server, 'request')
  const stream = session.request({ ':path': '/', ':method': 'POST' })
  stream.on('error', () => undefined)
  stream.write('half')
  await arrived
  session.destroy()
  expect(await met.promise).toBe('broken')
})
