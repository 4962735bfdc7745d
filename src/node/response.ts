import { once } from 'node:events'
import type { Writable } from 'node:stream'
import type { NodeResponse } from './listener.ts'

/** Whether the client has closed its end, so that nothing can reach it any more. */
export function isGone(response: NodeResponse): boolean {
  return 'stream' in response ? response.stream?.destroyed === true : response.destroyed
}

/** Headers of one HTTP/1 connection, which HTTP/2 refuses to send (RFC 9113 §8.2.2). */
const ofTheConnection = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
])

/**
 * Writes a Fetch response into Node's, at the pace of the reader. Resolves once all of it was handed over. `left` aborts
 * when the client goes away; the body is then cancelled.
 */
export async function sendFetchResponse(
  answer: Response,
  response: NodeResponse,
  left: AbortSignal,
): Promise<void> {
  if (response.headersSent || response.writableEnded || left.aborted) {
    await answer.body?.cancel()
    return
  }
  const before = response.getHeader('set-cookie')
  const isHttp2 = 'stream' in response
  try {
    response.statusCode = answer.status
    for (const [name, value] of answer.headers)
      if (name !== 'set-cookie' && !(isHttp2 && ofTheConnection.has(name))) response.setHeader(name, value)
    const cookies = answer.headers.getSetCookie()
    // A session middleware may have set cookies of its own by now.
    if (cookies.length > 0)
      response.setHeader('set-cookie', [...[before ?? []].flat().map(String), ...cookies])
    if (answer.body) await writeBody(answer.body, response, left)
    response.end()
  } catch (error) {
    // Whoever answers instead must not do so under these headers.
    if (!response.headersSent) {
      for (const name of answer.headers.keys()) response.removeHeader(name)
      if (before !== undefined) response.setHeader('set-cookie', before)
    }
    throw error
  }
}

async function writeBody(
  body: ReadableStream<Uint8Array>,
  response: Writable & { flushHeaders?(): void },
  left: AbortSignal,
): Promise<void> {
  const reader = body.getReader()
  const stop = () => void reader.cancel().catch(() => undefined)
  left.addEventListener('abort', stop, { once: true })
  // A stream whose first words take their time (server-sent events) is open before they come. A body that is there, or
  // fails, at once needs no packet of its own for the headers.
  const soon = setImmediate(() => response.flushHeaders?.())
  try {
    for (let step = await reader.read(); !step.done; step = await reader.read()) {
      clearImmediate(soon)
      if (left.aborted) return
      if (!response.write(step.value)) await once(response, 'drain', { signal: left })
    }
  } finally {
    clearImmediate(soon)
    left.removeEventListener('abort', stop)
  }
}
