// Not the global one: a test that fakes timers could drop it, and nothing would have a deadline any more.
import { setImmediate } from 'node:timers'
import { asStoreFailure, storeFailed } from './store-failure.ts'

/** ms that one operation of a store has (DESIGN §12). */
export const storeDeadline = 5_000

/** Something that was asked. */
interface Waiting {
  readonly ms: number
  readonly giveUp: () => void
  isAnswered: boolean
  timer?: ReturnType<typeof setTimeout>
}

/**
 * What was asked since the event loop last turned. Most answers come before it turns again, from memory or from a mapped
 * file, and a timer for each would cost more than the answer. A list, since a `Set` that much passes through leaves more
 * garbage than what it holds.
 */
let asked: Waiting[] = []
const fewest = 64
/** How long the list gets before what is answered is taken out: a loop need not let the event loop turn. */
let most = fewest

function wait(ms: number, giveUp: () => void): Waiting {
  const waiting: Waiting = { ms, giveUp, isAnswered: false }
  if (asked.length >= most) {
    asked = asked.filter(({ isAnswered }) => !isAnswered)
    most = Math.max(fewest, asked.length * 2)
  }
  if (asked.length === 0) setImmediate(startTimers)
  asked.push(waiting)
  return waiting
}

function startTimers(): void {
  for (const waiting of asked) {
    if (waiting.isAnswered) continue
    waiting.timer = setTimeout(waiting.giveUp, waiting.ms)
    // It keeps no process alive.
    if (typeof waiting.timer === 'object') waiting.timer.unref()
  }
  asked = []
  most = fewest
}

function answered(waiting: Waiting): void {
  waiting.isAnswered = true
  clearTimeout(waiting.timer)
}

/** Settles as `promise` does, or rejects with `makeError()` after `ms`. What comes after the deadline is dropped. */
export function withDeadline<T>(promise: PromiseLike<T>, ms: number, makeError: () => Error): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const waiting = wait(ms, () => reject(makeError()))
    promise.then(
      (value) => {
        answered(waiting)
        resolve(value)
      },
      (error: unknown) => {
        answered(waiting)
        reject(error)
      },
    )
  })
}

/** Asks something of a store: what it throws, or does not answer within `deadline` ms, is `store_failed`. */
export type Ask = <T>(operation: string, work: () => T | PromiseLike<T>, ms?: number) => Promise<T>

export function answerWithin(deadline: number): Ask {
  return <T>(operation: string, work: () => T | PromiseLike<T>, ms = deadline) =>
    new Promise<T>((resolve, reject) => {
      const late = () => reject(storeFailed(`${operation} got no answer within ${ms} ms`))
      let answer: T | PromiseLike<T>
      try {
        answer = work()
      } catch (error) {
        return reject(asStoreFailure(error, `${operation} failed`))
      }
      const waiting = wait(ms, late)
      Promise.resolve(answer).then(
        (value) => {
          answered(waiting)
          resolve(value)
        },
        (error: unknown) => {
          answered(waiting)
          reject(asStoreFailure(error, `${operation} failed`))
        },
      )
    })
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
  const next = () => values.next()
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
    if (!over) await ask('list', () => values.return?.()).catch(() => undefined)
  }
}

export function asBoolean(value: unknown, operation: string): boolean {
  if (typeof value === 'boolean') return value
  throw storeFailed(`${operation} must answer true or false`)
}
