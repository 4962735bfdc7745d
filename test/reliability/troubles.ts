import type { Coordinator, TokenStore } from '../../src/types.ts'
import type { DeathPoint, StoreFault, WorkerSetup } from './commands.ts'
import { workerHeader } from './wire.ts'

/**
 * What goes wrong inside one worker: a store that fails, and a death by SIGKILL at a named point of a refresh. All of it
 * is wrapped around the options that every application has; the library knows nothing of it.
 */
export function createTroubles(
  { name, leaseMs }: Pick<WorkerSetup, 'name' | 'leaseMs'>,
  received: (answer: string) => void,
) {
  let death: { readonly at: DeathPoint; readonly delay: number } | undefined
  let downUntil = 0
  let fault: { on: 'save' | 'load'; effect: 'before' | 'after'; left: number } | undefined

  async function dieIf(at: DeathPoint): Promise<void> {
    if (death?.at !== at) return
    // Some ms into a step, so that a write is met at any of its stages.
    if (death.delay > 0) await new Promise((resolve) => setTimeout(resolve, death?.delay))
    process.kill(process.pid, 'SIGKILL')
    await new Promise(() => undefined)
  }

  const isDown = () => performance.now() < downUntil

  function takeFault(on: 'save' | 'load'): 'before' | 'after' | undefined {
    if (isDown()) return 'before'
    if (fault?.on !== on) return undefined
    const { effect } = fault
    fault.left -= 1
    if (fault.left <= 0) fault = undefined
    return effect
  }

  const broken = () => new Error('the store is out of order')

  return {
    dieAt(at: DeathPoint, delay: number) {
      death = { at, delay }
    },
    spoil(next: StoreFault) {
      downUntil = next.on === 'everything' ? performance.now() + next.ms : 0
      fault =
        next.on === 'save' || next.on === 'load'
          ? { on: next.on, effect: next.effect, left: next.times }
          : undefined
    },

    store(inner: TokenStore): TokenStore {
      return {
        async load(key) {
          if (takeFault('load')) throw broken()
          return inner.load(key)
        },
        async save(record, options) {
          const failure = takeFault('save')
          if (failure === 'before') throw broken()
          const saving = inner.save(record, options)
          if (death?.at === 'write-under-way') await dieIf('write-under-way')
          const saved = await saving
          await dieIf('after-write')
          if (failure) throw broken()
          return saved
        },
        async remove(key, options) {
          if (isDown()) throw broken()
          return inner.remove(key, options)
        },
        async *list(filter) {
          if (isDown()) throw broken()
          yield* inner.list(filter)
        },
        ...(inner.coordinator && { coordinator: inner.coordinator }),
      }
    },

    coordinator(inner: Coordinator): Coordinator {
      return {
        async claim(key, ttlMs) {
          if (isDown()) throw broken()
          return inner.claim(key, ttlMs)
        },
        async withLease(key, ttlMs, run) {
          if (isDown()) throw broken()
          return inner.withLease(key, Math.min(ttlMs, leaseMs ?? ttlMs), async () => {
            const result = await run()
            await dieIf('before-release')
            return result
          })
        },
      }
    },

    async fetch(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
      const isToken = String(input).endsWith('/token')
      if (isToken) await dieIf('before-request')
      const headers = new Headers(init.headers)
      headers.set(workerHeader, name)
      const response = await globalThis.fetch(input, { ...init, headers })
      if (!isToken) return response
      // Whole, not only its head: from here on the worker has the new tokens in its hands.
      const body = await response.arrayBuffer()
      init.signal?.throwIfAborted()
      received(Buffer.from(body).toString())
      await dieIf('after-answer')
      return new Response(body, { status: response.status, headers: response.headers })
    },
  }
}
