import { OAuthError } from '../errors/oauth-error.ts'

/** What a flow sends. The whole of it: no transport adds anything. */
export interface HttpRequest {
  readonly url: string
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** What came back, read to its end or to the limit. Header names are lower-case. */
export interface HttpResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** `undefined`: larger than the limit. */
  readonly body: Uint8Array | undefined
}

/**
 * Sends one request and reads the answer, whatever its status. Redirects are not followed.
 * Rejects with `timeout` or `network`, never with what a fetch implementation throws.
 */
export type Transport = (request: HttpRequest, timeoutMs: number) => Promise<HttpResponse>

/** github refuses requests without one (docs.github.com, "Getting started with the REST API"). */
export const userAgent = 'latchkey'

/** §5: a token endpoint has no business answering with more. */
export const maxBodyBytes = 1024 * 1024

/** Gathers a body up to the limit. */
export class BodyReader {
  readonly #chunks: Uint8Array[] = []
  #size = 0

  /** Whether there is room for more. */
  add(chunk: Uint8Array): boolean {
    this.#size += chunk.byteLength
    this.#chunks.push(chunk)
    return this.#size <= maxBodyBytes
  }

  /** `undefined`: larger than the limit. */
  read(): Uint8Array | undefined {
    if (this.#size > maxBodyBytes) return undefined
    const [first] = this.#chunks
    return first && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks, this.#size)
  }
}

/**
 * Reads a web stream up to the limit; `undefined` beyond. Giving up does not wait for the cancellation: one branch of a clone is only cancelled
 * together with the other, which its owner has yet to read.
 */
export async function readStream(
  stream: ReadableStream<Uint8Array>,
  limit = maxBodyBytes,
): Promise<Uint8Array | undefined> {
  const bytes = await readStart(stream, limit)
  return bytes.byteLength > limit ? undefined : bytes
}

/** At least the first `limit` bytes, and more than that only where there are more. */
export async function readStart(stream: ReadableStream<Uint8Array>, limit: number): Promise<Uint8Array> {
  const reader = stream.getReader()
  const chunks: Uint8Array[] = []
  let size = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return Buffer.concat(chunks, size)
    chunks.push(value)
    size += value.byteLength
    if (size <= limit) continue
    void reader.cancel().catch(() => undefined)
    return Buffer.concat(chunks, size)
  }
}

/** The longest a timer can run; a longer one fires at once. */
export const longestTimer = 2 ** 31 - 1

/**
 * Runs `send` with a signal that aborts after `timeoutMs`, and names what went wrong without quoting it. A transport
 * that ignores its signal is given up all the same.
 */
export async function withTimeout<T>(
  timeoutMs: number,
  send: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const abort = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => {
        abort.abort()
        reject(new Error('late'))
      },
      Math.min(timeoutMs, longestTimer),
    )
  })
  try {
    return await Promise.race([send(abort.signal), late])
  } catch (error) {
    throw transportError(error, abort.signal.aborted)
  } finally {
    clearTimeout(timer)
  }
}

/** The cause keeps only a system code: messages of network libraries quote URLs, and URLs can hold secrets. */
export function transportError(error: unknown, timedOut: boolean): OAuthError {
  const code = systemCode(error)
  const slow = timedOut || code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT'
  const cause = code ? Object.assign(new Error(code), { code }) : undefined
  return slow || code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT'
    ? new OAuthError({ code: 'timeout', detail: 'no answer in time', retryable: true, cause })
    : new OAuthError({ code: 'network', detail: code ?? 'the request failed', retryable: true, cause })
}

function systemCode(error: unknown, depth = 0): string | undefined {
  if (typeof error !== 'object' || error === null || depth > 4) return undefined
  if ('code' in error && typeof error.code === 'string' && /^[A-Z][A-Z0-9_]{2,40}$/.test(error.code))
    return error.code
  return 'cause' in error ? systemCode(error.cause, depth + 1) : undefined
}
