import { always } from './respond.ts'

/** One server-sent event; `data` goes as JSON. */
export interface ServerEvent {
  readonly event: string
  readonly data: unknown
}

/** ms between two signs of life, so that neither a proxy nor Bun (10 s) takes the stream for dead. */
const pulse = 8_000
/** ms after which a stream ends; the browser asks again, and its session is judged anew. */
const longest = 300_000
/** ms that a browser waits before it does. */
const retry = 1_000

/**
 * A stream of server-sent events (HTML Living Standard §9.2) that lasts until its reader leaves, and five minutes at most.
 * An error of the source ends it, told to `failed`; the browser comes back by itself.
 */
export function streamEvents(
  request: Request,
  source: (signal: AbortSignal) => AsyncIterable<ServerEvent>,
  failed: (error: unknown) => void,
): Response {
  const over = new AbortController()
  const encoder = new TextEncoder()
  /** Somebody reads: what was held back for want of a reader goes on. */
  let resume: () => void = () => undefined
  let timers: readonly ReturnType<typeof setTimeout>[] = []
  /** However it ends: a reader that has left may never read again. */
  const end = () => {
    over.abort()
    resume()
    for (const timer of timers) clearTimeout(timer)
    request.signal.removeEventListener('abort', end)
  }

  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (text: string) => {
        if (!over.signal.aborted) controller.enqueue(encoder.encode(text))
      }
      timers = [setInterval(() => send(':\n\n'), pulse), setTimeout(end, longest)]
      request.signal.addEventListener('abort', end, { once: true })
      if (request.signal.aborted) end()
      send(`retry: ${retry}\n\n`)
      const pump = async () => {
        for await (const { event, data } of source(over.signal)) {
          send(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
          if (over.signal.aborted || (controller.desiredSize ?? 1) > 0) continue
          await new Promise<void>((resolve) => {
            resume = resolve
          })
        }
      }
      pump()
        .catch((error: unknown) => {
          if (!over.signal.aborted) failed(error)
        })
        .finally(() => {
          end()
          try {
            controller.close()
          } catch {
            // The reader has cancelled it.
          }
        })
    },
    pull: () => resume(),
    cancel: end,
  })
  const headers = {
    ...always,
    'content-type': 'text/event-stream; charset=utf-8',
    // Neither nginx nor a compressing middleware is to hold events back (RFC 9111 §5.2.2.6).
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
  }
  return new Response(body, { headers })
}
