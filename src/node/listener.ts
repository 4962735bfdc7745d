import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import { toFetchRequest } from './request.ts'
import { isGone, sendFetchResponse } from './response.ts'

/** What `node:http` and `node:http2` call a request. */
export type NodeRequest = IncomingMessage | Http2ServerRequest
/** What `node:http` and `node:http2` call a response. */
export type NodeResponse = ServerResponse | Http2ServerResponse

/** Resolves once the answer has been handed over, or the request passed on. Never rejects. */
export type NodeListener<R extends NodeRequest = NodeRequest> = (
  request: R,
  response: NodeResponse,
  next?: (error?: unknown) => void,
) => Promise<void>

/** Set by `createOAuthHandler` on its 404 for a path that is not its own. A global symbol: nothing is imported. */
const outside = Symbol.for('latchkey.outside')

/** Methods that the Fetch standard forbids a request to have. */
const unrepresentable = new Set(['CONNECT', 'TRACE', 'TRACK'])

/**
 * Mounts a Fetch-style handler in `node:http`, `node:http2`, Express (`app.use(toNodeListener(handler))`), NestJS
 * (the same), Fastify (`request.raw`, `reply.raw` after `reply.hijack()`) and Koa (`ctx.req`, `ctx.res` with
 * `ctx.respond = false`).
 *
 * A body that a parser has read already is taken from `request.body`. With `next`, a path outside the handler's base
 * goes on to the next middleware, and an error goes to the framework; without, an error is a bare 500. The handler is given
 * Node's own request, with what a framework has hung on it, as its second argument.
 */
export function toNodeListener<R extends NodeRequest = NodeRequest>(
  handler: (request: Request, node: R) => Response | Promise<Response>,
): NodeListener<R> {
  return async (request, response, next) => {
    const left = new AbortController()
    if (isGone(response)) left.abort()
    response.once('close', () => {
      if (!response.writableEnded) left.abort()
    })
    try {
      if (unrepresentable.has(request.method ?? '')) {
        if (next) return next()
        response.statusCode = 405
        return void response.end()
      }
      const answer = await handler(toFetchRequest(request, left.signal), request)
      if (next && outside in answer) return next()
      await sendFetchResponse(answer, response, left.signal)
    } catch (error) {
      if (left.signal.aborted) return
      if (response.headersSent) response.destroy()
      else if (next) next(error)
      else {
        response.statusCode = 500
        response.setHeader('content-type', 'text/plain; charset=utf-8')
        response.end('Internal Server Error\n')
      }
    }
  }
}
