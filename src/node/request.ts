import { Readable } from 'node:stream'
import type { NodeRequest } from './listener.ts'

/** A Fetch request of Node's. Nothing of the body is read before the handler reads it. */
export function toFetchRequest(request: NodeRequest, signal: AbortSignal): Request {
  const method = request.method ?? 'GET'
  const headers = readHeaders(request)
  const init: RequestInit = { method, headers, signal }
  if (method !== 'GET' && method !== 'HEAD') {
    // A body of no bytes that was read has ended without being disturbed.
    if (!Readable.isDisturbed(request) && !request.readableEnded)
      Object.assign(init, { body: streamBody(request), duplex: 'half' })
    else init.body = writeParsedBody(Reflect.get(request, 'body'), headers)
  }
  return new Request(readUrl(request), init)
}

function readHeaders(request: NodeRequest): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers)) {
    // HTTP/2 pseudo headers are no headers (RFC 9113 §8.3).
    if (value === undefined || name.startsWith(':')) continue
    for (const each of Array.isArray(value) ? value : [value]) headers.append(name, each)
  }
  return headers
}

/** The host is the client's word: good enough to make a URL of, and for nothing else. */
function readUrl(request: NodeRequest): string {
  // Express and connect cut the mount point off `url`.
  const originalUrl: unknown = Reflect.get(request, 'originalUrl')
  const target = typeof originalUrl === 'string' ? originalUrl : (request.url ?? '/')
  const authority = request.headers[':authority'] ?? request.headers.host
  const host =
    typeof authority === 'string' && /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d+)?$/i.test(authority)
      ? authority
      : 'localhost'
  const origin = `${'encrypted' in request.socket ? 'https' : 'http'}://${host}`
  // A proxy-style target (RFC 9112 §3.2.2) names a host of its own, which is left out; `*` is the whole server.
  const path = target.startsWith('/') ? target : target.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*|^\*$/i, '')
  const rooted = path.startsWith('/') ? path : `/${path}`
  return URL.canParse(origin + rooted) ? origin + rooted : `http://localhost${rooted}`
}

/**
 * The body as a stream that touches the request on the first read only, so that a request which is passed on still
 * has its body; and that leaves the socket alone when the reader stops early, so that there can be an answer.
 */
function streamBody(request: NodeRequest): ReadableStream<Uint8Array> {
  let stop: (() => void) | undefined
  const broken = () => new Error('the request ended before its body was complete')
  const listen = (controller: ReadableStreamDefaultController<Uint8Array>) => {
    const onData = (chunk: Uint8Array) => {
      request.pause()
      controller.enqueue(new Uint8Array(chunk))
    }
    const onEnd = () => {
      stop?.()
      controller.close()
    }
    const onBroken = () => {
      stop?.()
      controller.error(broken())
    }
    request.on('data', onData).on('end', onEnd).on('error', onBroken).on('close', onBroken)
    return () => {
      request.off('data', onData).off('end', onEnd).off('error', onBroken).off('close', onBroken)
    }
  }
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        // Over HTTP/2 a request whose client has gone is not destroyed, but says nothing any more.
        if ((request.destroyed || request.aborted) && !stop) return controller.error(broken())
        stop ??= listen(controller)
        request.resume()
      },
      cancel() {
        stop?.()
        request.resume()
      },
    },
    { highWaterMark: 0 },
  )
}

/** Writes again what a parser has read (`request.body`), in the content type that the request names. */
function writeParsedBody(body: unknown, headers: Headers): string | Uint8Array<ArrayBuffer> | null {
  const length = headers.get('content-length') ?? '0'
  if (body === undefined && length === '0' && !headers.has('transfer-encoding')) return null
  // They describe the bytes that are gone.
  for (const name of ['content-length', 'content-encoding', 'transfer-encoding']) headers.delete(name)
  if (typeof body === 'string') return body
  if (body instanceof Uint8Array) return new Uint8Array(body)
  if (typeof body !== 'object' || body === null)
    throw new TypeError(
      'The body of the request was read before it came here, and is not in request.body. ' +
        'Mount the listener in front of the body parser, or put what it parsed into request.body.',
    )
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(headers.get('content-type') ?? '')
  if (!isForm) return JSON.stringify(body)
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(body))
    for (const each of Array.isArray(value) ? value : [value]) form.append(name, String(each))
  return form.toString()
}
