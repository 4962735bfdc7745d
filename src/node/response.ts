import { once } from 'node:events'
import type { Writable } from 'node:stream'
import type { NodeResponse } from './listener.ts'

/** Writes a Fetch response into Node's, at the pace of the reader. Resolves once all of it was handed over. */
export async function sendFetchResponse(answer: Response, response: NodeResponse): Promise<void> {
  if (response.headersSent || response.writableEnded || response.destroyed) {
    await answer.body?.cancel()
    return
  }
  const before = response.getHeader('set-cookie')
  try {
    response.statusCode = answer.status
    for (const [name, value] of answer.headers) if (name !== 'set-cookie') response.setHeader(name, value)
    const cookies = answer.headers.getSetCookie()
    // A session middleware may have set cookies of its own by now.
    if (cookies.length > 0)
      response.setHeader('set-cookie', [...[before ?? []].flat().map(String), ...cookies])
    if (answer.body) await writeBody(answer.body, response)
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

async function writeBody(body: ReadableStream<Uint8Array>, response: Writable): Promise<void> {
  const reader = body.getReader()
  const gone = new AbortController()
  const onClose = () => {
    gone.abort()
    void reader.cancel().catch(() => undefined)
  }
  response.once('close', onClose)
  try {
    for (let step = await reader.read(); !step.done; step = await reader.read()) {
      if (gone.signal.aborted) return
      if (!response.write(step.value)) await once(response, 'drain', { signal: gone.signal })
    }
  } finally {
    response.off('close', onClose)
  }
}
