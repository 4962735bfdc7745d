import type { OAuthError } from '../errors/oauth-error.ts'
import { nodeCrypto } from '../node-crypto.ts'
import type { Coordinator, KeyvLike } from '../types.ts'
import { type KeyvBackend, openKeyv } from './keyv-backend.ts'
import { asStoreFailure, storeFailed } from './store-failure.ts'

/** Where a text is: its key in the Keyv, and the lease under which it is written where nothing is atomic. */
export interface TextPlace {
  readonly key: string
  readonly lease: string
}

/** An entry of the Keyv, still as it is stored. */
export interface TextEntry {
  readonly key: string
  /** As it was before it was stored; `undefined` where that cannot be told. */
  read(): Promise<unknown>
}

/** JSON texts in a Keyv, one a key, with conditional writes. Whatever fails is `store_failed`. */
export interface KeyvTexts {
  load(key: string): Promise<unknown>
  /** Puts `next` (a JSON object; absent: nothing) in the place of what `isExpected`; else `false`. */
  replace(
    place: TextPlace,
    next: string | undefined,
    isExpected: (current: unknown) => boolean,
  ): Promise<boolean>
  /** What is under keys that begin with `prefix`: the application may keep other things in the same namespace. */
  entries(prefix: string): AsyncIterable<TextEntry>
}

/** What `replace` expects: nothing (`null`), anything (`undefined`), or what has this version. */
export function hasVersion(
  expected: number | null | undefined,
  read: (current: unknown) => { readonly version: number },
): (current: unknown) => boolean {
  return (current) => {
    if (expected === null || current === undefined) return expected === null && current === undefined
    return expected === undefined || read(current).version === expected
  }
}

/** `deadline` (ms) is for one operation, however often it asks the Keyv. */
export function keyvTexts(keyv: KeyvLike, coordinator: Coordinator, deadline: number): KeyvTexts {
  let opened: KeyvBackend | undefined
  let opening: Promise<KeyvBackend> | undefined
  const open = () => {
    opening ??= openKeyv(keyv).then((backend) => {
      opened = backend
      return backend
    })
    return opening
  }

  /** One operation: everything it asks of the backend shares its deadline. */
  async function operate<T>(
    work: (stored: StoredText, until: Until) => Promise<T>,
    { key }: TextPlace,
  ): Promise<T> {
    const endsAt = performance.now() + deadline
    const until = () => {
      const left = endsAt - performance.now()
      // An operation that was reported as failed must not write afterwards.
      if (left <= 0) throw storeFailed(`no answer within ${deadline} ms`)
      return left
    }
    try {
      return await work(new StoredText(await open(), key), until)
    } catch (error) {
      throw asStoreFailure(error, 'the Keyv failed')
    }
  }

  /** One at a time for one text, for a Keyv that can compare nothing while it writes. */
  async function inTurn<T>({ lease }: TextPlace, until: Until, work: () => Promise<T>): Promise<T> {
    const begun: { value: boolean } = { value: false }
    try {
      return await coordinator.withLease(lease, until(), () => {
        begun.value = true
        return work()
      })
    } catch (error) {
      throw begun.value ? error : storeFailed(`no turn to write within ${deadline} ms`, error)
    }
  }

  return {
    async load(key) {
      try {
        return await new StoredText(opened ?? (await open()), key).read(deadline)
      } catch (error) {
        throw asStoreFailure(error, 'the Keyv failed')
      }
    },
    replace: (place, next, isExpected) =>
      operate(async (stored, until) => {
        if (stored.isAtomic) return stored.swap(next, isExpected, until)
        return inTurn(place, until, async () => {
          if (!isExpected(await stored.read(until()))) return false
          if (next === undefined) return stored.remove(until)
          await stored.write(next, until)
          return true
        })
      }, place),
    async *entries(prefix) {
      const backend = await open()
      for await (const { key, raw } of backend.entries(deadline))
        if (key.startsWith(prefix)) yield { key, read: () => backend.deserialize(raw).catch(() => undefined) }
    },
  }
}

/** ms that are left, or `store_failed`. */
type Until = () => number

/** What is stored under one key, with every answer in doubt asked again or refused. */
class StoredText {
  readonly #backend: KeyvBackend
  readonly #key: string

  constructor(backend: KeyvBackend, key: string) {
    this.#backend = backend
    this.#key = key
  }

  async read(ms: number): Promise<unknown> {
    const { value, inDoubt } = await this.#backend.get(this.#key, ms)
    if (value === undefined && inDoubt) throw unanswered()
    return value
  }

  get isAtomic(): boolean {
    return this.#backend.atomic !== undefined
  }

  /** Compares what was read with what is there in the moment of writing: a write that lands late overwrites nothing. */
  async swap(
    next: string | undefined,
    isExpected: (current: unknown) => boolean,
    until: Until,
  ): Promise<boolean> {
    const { atomic } = this.#backend
    if (!atomic) throw storeFailed('this Keyv adapter is not atomic')
    const text = next === undefined ? undefined : markWrite(next)
    while (true) {
      const { value: current, inDoubt } = await atomic.read(this.#key, until())
      if (current.raw === undefined && inDoubt) throw unanswered()
      if (!isExpected(current.value)) return false
      if (await atomic.swap(this.#key, current, text, until())) return true
    }
  }

  async write(text: string, until: Until): Promise<void> {
    const { value, inDoubt } = await this.#backend.set(this.#key, text, until())
    // Only `false` says that it failed; an error next to it may have been another operation's.
    if (value === false || (inDoubt && (await this.read(until())) !== text))
      throw storeFailed('the Keyv did not store the record')
  }

  async remove(until: Until): Promise<boolean> {
    const { value, inDoubt } = await this.#backend.delete(this.#key, until())
    if (value && !inDoubt) return true
    if ((await this.read(until())) !== undefined) throw storeFailed('the Keyv did not delete the record')
    return value
  }
}

/**
 * The JSON with a field that no other write has, and no reader looks at: a driver may send a write twice, and the second
 * must tell its own text from the same written by somebody else.
 */
function markWrite(json: string): string {
  return `${json.slice(0, -1)},"write":"${nodeCrypto().randomBytes(12).toString('base64url')}"}`
}

function unanswered(): OAuthError {
  return storeFailed('the adapter reported an error and answered with nothing')
}
