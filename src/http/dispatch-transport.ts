import type { OAuthClientOptions } from '../types.ts'
import {
  BodyReader,
  type HttpRequest,
  type HttpResponse,
  longestTimer,
  type Transport,
  transportError,
} from './transport.ts'

type Dispatcher = NonNullable<OAuthClientOptions['dispatcher']>

/** Where undici keeps the global dispatcher that speaks with the handlers of versions 6 and 7; its fetch in Node does too. */
const globalDispatcherKey = Symbol.for('undici.globalDispatcher.1')

export function isDispatcher(value: unknown): value is Dispatcher {
  return (
    typeof value === 'object' && value !== null && 'dispatch' in value && typeof value.dispatch === 'function'
  )
}

/** The application's global dispatcher, or Node's own, which Node makes when something of its fetch is first touched. */
export function globalDispatcher(): Dispatcher | undefined {
  if (!(globalDispatcherKey in globalThis)) void new Headers()
  const found: unknown = Reflect.get(globalThis, globalDispatcherKey)
  return isDispatcher(found) ? found : undefined
}

/**
 * Straight through a dispatcher, which is what undici's `request` and Node's fetch are made of: twice the throughput of the
 * one and several times that of the other, and nothing to load, since Node has its dispatcher built in.
 */
export function dispatchTransport(dispatcher: Dispatcher): Transport {
  return (request, timeoutMs) =>
    new Promise((resolve, reject) => {
      const exchange = new Exchange(timeoutMs, resolve, reject)
      try {
        dispatcher.dispatch(optionsOf(request), exchange)
      } catch (error) {
        exchange.fail(error)
      }
    })
}

function optionsOf({ url, method, headers, body }: HttpRequest): object {
  const { origin, pathname, search } = new URL(url)
  return { origin, path: pathname + search, method, headers, body: body ?? null }
}

/** One request under way: the handler that undici calls, in the words of version 6 and, beside them, of 7 and 8. */
class Exchange {
  readonly #resolve: (response: HttpResponse) => void
  readonly #reject: (error: unknown) => void
  readonly #timer: ReturnType<typeof setTimeout>
  readonly #body = new BodyReader()
  readonly #headers: Record<string, string> = {}
  #status = 0
  #abort: ((reason: Error) => void) | undefined
  #isOver = false

  constructor(
    timeoutMs: number,
    resolve: (response: HttpResponse) => void,
    reject: (error: unknown) => void,
  ) {
    this.#resolve = resolve
    this.#reject = reject
    this.#timer = setTimeout(() => this.#giveUp(), Math.min(timeoutMs, longestTimer))
  }

  fail(error: unknown): void {
    if (this.#end()) this.#reject(transportError(error, false))
  }

  onConnect(abort: (reason: Error) => void): void {
    this.#abort = abort
    // Too late already: it stood in the line of a busy dispatcher.
    if (this.#isOver) abort(new Error('late'))
  }

  onHeaders(status: number, rawHeaders: readonly (Uint8Array | string)[]): boolean {
    // RFC 9110 §15.2: the answer itself is still to come.
    if (status < 200) return true
    this.#status = status
    for (let index = 0; index + 1 < rawHeaders.length; index += 2)
      this.#addHeader(textOf(rawHeaders[index]), textOf(rawHeaders[index + 1]))
    return true
  }

  onData(chunk: Uint8Array): boolean {
    if (!this.#body.add(chunk)) {
      this.#finish()
      this.#abort?.(new Error('too large'))
    }
    return true
  }

  onComplete(): void {
    this.#finish()
  }

  onError(error: unknown): void {
    this.fail(error)
  }

  onRequestStart(controller: { abort(reason: Error): void }): void {
    this.onConnect((reason) => controller.abort(reason))
  }

  onResponseStart(
    _controller: unknown,
    status: number,
    headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  ): void {
    if (status < 200) return
    this.#status = status
    for (const [name, value] of Object.entries(headers))
      for (const each of typeof value === 'object' ? value : [value])
        if (each !== undefined) this.#addHeader(name, each)
  }

  onResponseData(_controller: unknown, chunk: Uint8Array): void {
    this.onData(chunk)
  }

  onResponseEnd(): void {
    this.#finish()
  }

  onResponseError(_controller: unknown, error: unknown): void {
    this.fail(error)
  }

  #addHeader(name: string, value: string): void {
    const key = name.toLowerCase()
    const before = this.#headers[key]
    this.#headers[key] = before === undefined ? value : `${before}, ${value}`
  }

  #finish(): void {
    if (this.#end()) this.#resolve({ status: this.#status, headers: this.#headers, body: this.#body.read() })
  }

  #giveUp(): void {
    if (!this.#end()) return
    this.#reject(transportError(undefined, true))
    this.#abort?.(new Error('late'))
  }

  /** Whether it was still under way. */
  #end(): boolean {
    if (this.#isOver) return false
    this.#isOver = true
    clearTimeout(this.#timer)
    return true
  }
}

function textOf(raw: Uint8Array | string | undefined): string {
  if (typeof raw === 'string') return raw
  return raw ? Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString() : ''
}
