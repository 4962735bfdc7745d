import { asStoreFailure, storeFailed } from './store-failure.ts'

/** ms that one operation of a store has (DESIGN §12). */
export const storeDeadline = 5_000

/**
 * Settles as `promise` does, or rejects with `makeError()` after `ms`. The timer keeps no process alive. What comes
 * after the deadline is dropped.
 */
export function withDeadline<T>(promise: PromiseLike<T>, ms: number, makeError: () => Error): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => reject(makeError()), ms)
    if (typeof timer === 'object') timer.unref()
    promise.then(resolve, reject).then(() => clearTimeout(timer))
  })
}

/** Asks something of a store: what it throws, or does not answer within `deadline` ms, is `store_failed`. */
export type Ask = <T>(operation: string, work: () => PromiseLike<T>, ms?: number) => Promise<T>

export function answerWithin(deadline: number): Ask {
  return async (operation, work, ms = deadline) => {
    try {
      return await withDeadline(work(), ms, () => storeFailed(`${operation} got no answer within ${ms} ms`))
    } catch (error) {
      throw asStoreFailure(error, `${operation} failed`)
    }
  }
}

/** What `list` gives, each step asked for with `ask`. */
export async function* eachAnswer<T>(ask: Ask, list: () => AsyncIterable<T>): AsyncGenerator<unknown, void> {
  let values: AsyncIterator<T> | undefined
  try {
    values = list()[Symbol.asyncIterator]()
  } catch (error) {
    throw asStoreFailure(error, 'list failed')
  }
  let over = false
  const next = async () => values.next()
  try {
    while (true) {
      over = true
      const result = await ask('list', next)
      if (result.done) return
      over = false
      yield result.value
    }
  } finally {
    // The reader stopped early: let the store free what it holds, but never wait for one that hangs.
    if (!over) await ask('list', async () => values.return?.()).catch(() => undefined)
  }
}

export function asBoolean(value: unknown, operation: string): boolean {
  if (typeof value === 'boolean') return value
  throw storeFailed(`${operation} must answer true or false`)
}
