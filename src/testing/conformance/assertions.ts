import { AssertionError } from 'node:assert/strict'
import { isDate } from 'node:util/types'

/** ms that anything may take. Under the 5 s after which jest and vitest give up, so that the test can say why. */
const patience = 4_000

/** Fails with `words` (what a store must do, and why), and what it did instead. */
export function mustEqual(actual: unknown, expected: unknown, words: string): void {
  const shown = { actual: inWords(actual), expected: inWords(expected) }
  if (shown.actual === shown.expected) return
  throw new AssertionError({
    message: `${words}\n  expected: ${cut(shown.expected)}\n  got:      ${cut(shown.actual)}`,
    actual,
    expected,
    operator: 'conformance',
    stackStartFn: mustEqual,
  })
}

/** Fails with `words` unless `condition` holds. */
export function must(condition: boolean, words: string): void {
  if (!condition) throw new AssertionError({ message: words, stackStartFn: must })
}

/** The outcome of `promise`; fails with `words` where there is none for `ms`. */
export async function within<T>(promise: Promise<T>, words: string, ms = patience): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new AssertionError({ message: `${words}\n  got: nothing within ${ms} ms` }))
    }, ms)
  })
  try {
    return await Promise.race([promise, tooLate])
  } finally {
    clearTimeout(timer)
  }
}

/** Marks a promise as looked after: where a test fails before it awaits this one, its rejection must not end the process. */
export function looseEnd<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined)
  return promise
}

export type Outcome<T> = { readonly value: T } | { readonly error: unknown }

export async function outcomeOf<T>(promise: Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await promise }
  } catch (error) {
    return { error }
  }
}

export interface Latch {
  readonly promise: Promise<void>
  open(): void
}

export function latch(): Latch {
  let open: () => void = () => undefined
  const promise = new Promise<void>((resolve) => {
    open = resolve
  })
  return { promise, open: () => open() }
}

/**
 * A value as text that is equal for equal values. Not `deepStrictEqual`: under jest the classes of the driver's objects
 * are not those of the test's. `null` stands for `undefined`, as the library reads it; the order of names means nothing.
 */
function inWords(value: unknown): string {
  if (value === undefined || value === null) return 'undefined'
  if (isDate(value)) return Number.isNaN(value.getTime()) ? 'an invalid Date' : `Date ${value.toISOString()}`
  if (value instanceof Set) return inWords([...value].sort())
  if (Array.isArray(value)) return `[${value.map(inWords).join(', ')}]`
  if (typeof value !== 'object') return typeof value === 'bigint' ? `${value}n` : JSON.stringify(value)
  const properties = Object.entries(value)
    .filter(([, property]) => property !== undefined && property !== null)
    .map(([name, property]) => `${JSON.stringify(name)}: ${inWords(property)}`)
  return `{ ${properties.sort().join(', ')} }`
}

function cut(text: string): string {
  return text.length > 1_000 ? `${text.slice(0, 1_000)}… (${text.length} characters)` : text
}
