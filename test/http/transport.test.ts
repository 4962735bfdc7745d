import { Agent } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isOAuthError, type OAuthError } from '../../src/errors/oauth-error.ts'
import { dispatchTransport, globalDispatcher } from '../../src/http/dispatch-transport.ts'
import { fetchTransport } from '../../src/http/fetch-transport.ts'
import { type HttpRequest, maxBodyBytes, type Transport, transportError } from '../../src/http/transport.ts'
import { type ProviderServer, startProviderServer } from '../support/provider-server.ts'

function found() {
  const dispatcher = globalDispatcher()
  if (!dispatcher) throw new Error('this Node has no global dispatcher')
  return dispatcher
}

const transports: Record<string, Transport> = {
  "Node's own dispatcher": (request, timeoutMs) => dispatchTransport(found())(request, timeoutMs),
  'an Agent of undici 7': dispatchTransport(new Agent()),
  fetch: fetchTransport(() => globalThis.fetch),
}

let server: ProviderServer
beforeAll(async () => {
  server = await startProviderServer(({ path }, response) => {
    if (path.startsWith('/hang')) return 'hang'
    if (path.startsWith('/reset')) return 'reset'
    if (path.startsWith('/slow-body')) {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' })
      response.write('{"access_token":"at-half')
      return 'hang'
    }
    if (path.startsWith('/cut-body')) {
      response.writeHead(200, { 'content-length': '100' })
      response.write('{"access_token":"at-half', () => response.destroy())
      return 'hang'
    }
    if (path.startsWith('/redirect'))
      return { status: 302, headers: { location: '/elsewhere' }, body: 'moved' }
    if (path.startsWith('/two'))
      return { status: 418, headers: { 'X-Upper': 'a', 'set-cookie': 'b' }, body: 'teapot' }
    if (path.startsWith('/hints')) {
      response.writeEarlyHints({ link: '</style.css>; rel=preload' })
      response.setHeader('x-many', ['1', '2'])
      return { body: 'after hints' }
    }
    if (path.startsWith('/limit')) return { body: Buffer.alloc(maxBodyBytes, 120) }
    if (path.startsWith('/beyond')) return { body: Buffer.alloc(maxBodyBytes + 1, 120) }
    return { body: '{}' }
  })
})
afterAll(() => server.close())

const ask = (path: string): HttpRequest => ({
  url: `${server.origin}${path}?client_secret=url-secret`,
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: 'Basic header-secret' },
  body: 'code=body-secret',
})

async function failure(run: Promise<unknown>): Promise<OAuthError> {
  const error: unknown = await run.then(
    () => new Error('it succeeded'),
    (caught: unknown) => caught,
  )
  if (!isOAuthError(error)) throw error
  return error
}

/** Everything a logger could print of it, down the chain of causes. */
function everything(error: unknown, depth = 0): string {
  if (!(error instanceof Error) || depth > 9) return String(error)
  const own = Object.getOwnPropertyNames(error).filter((name) => name !== 'stack' && name !== 'cause')
  return [
    error.message,
    ...own.map((name) => JSON.stringify(Reflect.get(error, name))),
    everything(error.cause, depth + 1),
  ].join('\n')
}

describe.each(Object.entries(transports))('through %s', (_name, send) => {
  it.each([
    ['an answer that does not come', '/hang', 40, 'timeout'],
    ['a body that does not end', '/slow-body', 40, 'timeout'],
    ['a reset', '/reset', 5_000, 'network'],
    ['a body that breaks off', '/cut-body', 5_000, 'network'],
  ] as const)('%s', async (_what, path, timeout, code) => {
    const error = await failure(send(ask(path), timeout))
    expect(error.code).toBe(code)
    expect(error.retryable).toBe(true)
    const text = everything(error)
    expect(text).not.toMatch(/url-secret|body-secret|header-secret|at-half/)
    expect(text).not.toContain('127.0.0.1')
    expect(text).not.toContain(path)
    if (error.cause !== undefined) {
      expect(error.cause).toBeInstanceOf(Error)
      expect((error.cause as Error & { code: string }).code).toBe((error.cause as Error).message)
      expect((error.cause as Error).message).toMatch(/^[A-Z][A-Z0-9_]+$/)
      expect((error.cause as Error).cause).toBeUndefined()
    }
  })

  it('a refused connection is network, with the system code as the cause', async () => {
    const gone = await startProviderServer(() => 'hang')
    await gone.close()
    const error = await failure(send({ url: `${gone.origin}/?secret=1`, method: 'GET', headers: {} }, 5_000))
    expect(error).toMatchObject({ code: 'network', retryable: true, cause: { code: 'ECONNREFUSED' } })
    expect(everything(error)).not.toMatch(/127\.0\.0\.1|secret/)
  })

  it('a host that does not exist is network', async () => {
    const error = await failure(
      send({ url: 'https://no-such-host.invalid/?secret=1', method: 'GET', headers: {} }, 10_000),
    )
    expect(error.code).toBe('network')
    expect(everything(error)).not.toMatch(/no-such-host|secret/)
  })

  it('hands back any status, lower-case header names, and redirects as they are', async () => {
    const teapot = await send(ask('/two'), 5_000)
    expect(teapot.status).toBe(418)
    expect(teapot.headers).toMatchObject({ 'x-upper': 'a' })
    expect(Buffer.from(teapot.body ?? []).toString()).toBe('teapot')
    const before = server.requests.length
    const moved = await send(ask('/redirect'), 5_000)
    expect([moved.status, moved.headers.location]).toEqual([302, '/elsewhere'])
    expect(server.requests.length).toBe(before + 1)
  })

  it('waits for the answer behind informational ones, and joins headers that are repeated', async () => {
    const { status, headers, body } = await send(ask('/hints'), 5_000)
    expect([status, Buffer.from(body ?? []).toString()]).toEqual([200, 'after hints'])
    expect(headers['x-many']).toBe('1, 2')
    expect(headers).not.toHaveProperty('link')
  })

  it('sends what it was given', async () => {
    await send(ask('/echo'), 5_000)
    const arrived = server.requests.at(-1)
    expect(arrived).toMatchObject({ method: 'POST', body: 'code=body-secret' })
    expect(arrived?.headers).toMatchObject({
      authorization: 'Basic header-secret',
      'content-type': 'application/x-www-form-urlencoded',
    })
  })

  it('reads 1 MiB and not a byte more', async () => {
    expect((await send(ask('/limit'), 5_000)).body?.byteLength).toBe(maxBodyBytes)
    expect((await send(ask('/beyond'), 5_000)).body).toBeUndefined()
  })

  it('takes a timeout longer than a timer can hold', async () => {
    // A timer of more than 2^31 − 1 ms fires at once. The answer takes a turn or two of the loop.
    await expect(send(ask('/echo'), 2 ** 31)).resolves.toMatchObject({ status: 200 })
  })
})

describe('a dispatcher', () => {
  it('that is busy until the time is over is not asked any more', async () => {
    const agent = new Agent({ connections: 1, pipelining: 1 })
    const send = dispatchTransport(agent)
    const first = failure(send(ask('/hang-first'), 300))
    const before = server.requests.length
    const second = failure(send(ask('/echo-late'), 20))
    expect((await second).code).toBe('timeout')
    expect((await first).code).toBe('timeout')
    await send(ask('/echo-next'), 5_000)
    expect(server.requests.slice(before).map(({ path }) => path.split('?')[0])).not.toContain('/echo-late')
    await agent.close()
  })

  it('that throws at once is network and is not quoted', async () => {
    const error = await failure(
      dispatchTransport({
        dispatch() {
          throw Object.assign(new Error('url-secret'), { code: 'UND_ERR_INVALID_ARG' })
        },
      })(ask('/x'), 1_000),
    )
    expect(error).toMatchObject({ code: 'network', cause: { code: 'UND_ERR_INVALID_ARG' } })
    expect(everything(error)).not.toContain('url-secret')
  })

  // As undici 8 calls its handlers (undici.nodejs.org, "Dispatcher: DispatchHandler"); it needs Node 22.
  it.each([
    ['answers', { status: 200, body: 'in the new words' }],
    ['fails', new Error('url-secret')],
    ['is aborted', 'hang'],
  ] as const)('that speaks the words of version 8 %s', async (_what, answer) => {
    let aborted: unknown
    const dispatcher = {
      dispatch(_options: object, handler: object) {
        const call = (name: string, ...given: unknown[]) =>
          Reflect.apply(Reflect.get(handler, name), handler, [controller, ...given])
        const controller = { abort: (reason: unknown) => (aborted = reason) }
        call('onRequestStart', {})
        if (answer === 'hang') return true
        if (answer instanceof Error) call('onResponseError', answer)
        else {
          call('onResponseStart', 103, { link: 'x' }, 'Early Hints')
          call('onResponseStart', answer.status, { 'X-A': ['1', '2'], b: 'c' }, 'OK')
          call('onResponseData', Buffer.from(answer.body))
          call('onResponseEnd', {})
        }
        return true
      },
    }
    const send = dispatchTransport(dispatcher)
    if (answer === 'hang') {
      expect((await failure(send(ask('/x'), 20))).code).toBe('timeout')
      expect(aborted).toBeInstanceOf(Error)
    } else if (answer instanceof Error) expect((await failure(send(ask('/x'), 5_000))).code).toBe('network')
    else {
      const { status, headers, body } = await send(ask('/x'), 5_000)
      expect([status, headers]).toEqual([200, { 'x-a': '1, 2', b: 'c' }])
      expect(Buffer.from(body ?? []).toString()).toBe(answer.body)
    }
  })
})

describe('a fetch of the application', () => {
  it('that ignores its signal is given up all the same', async () => {
    const deaf = fetchTransport(() => () => new Promise<Response>(() => undefined))
    expect((await failure(deaf(ask('/hang'), 20))).code).toBe('timeout')
  }, 2_000)

  it('whose body ignores the signal is given up all the same', async () => {
    const deaf = fetchTransport(
      () => async () => new Response(new ReadableStream({ pull: () => new Promise(() => undefined) })),
    )
    expect((await failure(deaf(ask('/hang'), 20))).code).toBe('timeout')
  }, 2_000)

  it.each<[string, () => unknown]>([
    [
      'throws a word',
      () => {
        throw 'https://x.example/?token=url-secret'
      },
    ],
    [
      'throws nothing',
      () => {
        throw undefined
      },
    ],
    [
      'throws at once',
      () => {
        throw new TypeError('fetch failed for https://x.example/?token=url-secret')
      },
    ],
    ['answers with nothing', async () => undefined],
    [
      'fails with a circle of causes',
      async () => {
        const error = new Error('url-secret')
        error.cause = error
        throw error
      },
    ],
    [
      'fails with a code that is words',
      async () => {
        throw Object.assign(new Error('x'), { code: 'url-secret' })
      },
    ],
  ])('that %s is network and is not quoted', async (_what, fetch) => {
    const error = await failure(fetchTransport(() => fetch as typeof globalThis.fetch)(ask('/x'), 1_000))
    expect(error.code).toBe('network')
    expect(everything(error)).not.toContain('url-secret')
  })

  it('that hands back a stream is read to its end and given up beyond the limit', async () => {
    let cancelled = false
    const stream = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(256 * 1024)),
      cancel: () => {
        cancelled = true
      },
    })
    const response = await fetchTransport(() => async () => new Response(stream))(ask('/x'), 5_000)
    expect(response.body).toBeUndefined()
    expect(cancelled).toBe(true)
  })
})

describe('transportError', () => {
  it.each([
    ['ECONNRESET', 'network'],
    ['ENOTFOUND', 'network'],
    ['EAI_AGAIN', 'network'],
    ['CERT_HAS_EXPIRED', 'network'],
    ['UND_ERR_SOCKET', 'network'],
    ['UND_ERR_HEADERS_TIMEOUT', 'timeout'],
    ['UND_ERR_BODY_TIMEOUT', 'timeout'],
    ['UND_ERR_CONNECT_TIMEOUT', 'timeout'],
    ['ETIMEDOUT', 'timeout'],
  ])('%s is %s, also as the cause of a cause', (systemCode, code) => {
    const inner = Object.assign(new Error('https://secret'), { code: systemCode })
    for (const error of [
      inner,
      new TypeError('fetch failed', { cause: inner }),
      new Error('x', { cause: new Error('y', { cause: inner }) }),
    ])
      expect(transportError(error, false)).toMatchObject({ code, cause: { code: systemCode } })
  })
})
