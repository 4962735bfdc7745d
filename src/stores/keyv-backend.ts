import type { KeyvOptions } from 'keyv'
import { OAuthError } from '../errors/oauth-error.ts'
import type { KeyvLike } from '../types.ts'
import { watchErrors } from './adapter-errors.ts'
import { withDeadline } from './deadline.ts'
import { atomicAdapter } from './keyv-coordination.ts'
import { atomicPostgres } from './postgres/keyv-postgres.ts'
import { whyIncomplete } from './redis/keyv-redis.ts'
import { storeFailed } from './store-failure.ts'

/** The methods of a Keyv storage adapter that latchkey calls; a `Map` has them too. */
export interface KeyvAdapter {
  get(key: string): unknown
  set(key: string, value: unknown, ttl?: number): unknown
  delete(key: string): unknown
}

/** What an answer is worth: in doubt where the adapter reported an error while it was asked. */
export interface Answer<T> {
  readonly value: T
  readonly inDoubt: boolean
}

/** What an adapter holds under a key, as it stores it and as it was before. */
export interface Stored {
  readonly raw: string | undefined
  readonly value: unknown
}

/** Conditional writes, where the adapter's backend can make them. */
export interface AtomicWrites {
  read(key: string, ms: number): Promise<Answer<Stored>>
  /** Puts `next` (absent: nothing) in the place of what was read. `false` where something else stands there. */
  swap(key: string, current: Stored, next: string | undefined, ms: number): Promise<boolean>
}

/** The application's Keyv, asked in a way that failures show. */
export interface KeyvBackend {
  readonly atomic: AtomicWrites | undefined
  get(key: string, ms: number): Promise<Answer<unknown>>
  set(key: string, value: string, ms: number): Promise<Answer<boolean>>
  delete(key: string, ms: number): Promise<Answer<boolean>>
  /** Keys without the namespace, values as they are stored. Each step has `ms`. */
  entries(ms: number): AsyncIterable<{ readonly key: string; readonly raw: unknown }>
  /** What `entries` gave, as it was before it was stored. */
  deserialize(raw: unknown): Promise<unknown>
}

/** The adapter behind a Keyv. Throws `config_invalid` where there is none. */
export function adapterOf(keyv: KeyvLike): KeyvAdapter {
  const adapter: unknown = Reflect.get(keyv.opts, 'store')
  if (hasMethods(adapter)) return adapter
  throw new OAuthError({
    code: 'config_invalid',
    detail: 'options.store looks like a Keyv but holds no storage adapter',
    hint: 'Pass an instance of Keyv 5, or a TokenStore.',
  })
}

/**
 * A Keyv of our own over the same adapter, namespace and serialization, with `throwOnErrors`, so that the
 * application's instance keeps its listeners, statistics, hooks and error handling. Our Keyv sees the adapter through a
 * facade, since a Keyv adds a listener to what it is given and sets its namespace. The application's default `ttl` is
 * left out: a connection must not vanish.
 */
export async function openKeyv(keyv: KeyvLike): Promise<KeyvBackend> {
  const { Keyv } = await import('keyv')
  const adapter = adapterOf(keyv)
  // An explicit undefined has a meaning here (no namespace, no serialization), so the options go over whole.
  const options: KeyvOptions = { ...keyv.opts }
  const { namespace, useKeyPrefix } = options
  const facade = {
    get: (key: string) => adapter.get(key),
    set: (key: string, value: unknown, ttl?: number) => adapter.set(key, value, ttl),
    delete: (key: string) => adapter.delete(key),
    clear() {
      throw storeFailed('latchkey never clears a store')
    },
  }
  const ours = new Keyv({
    ...options,
    store: facade,
    ttl: 0,
    stats: false,
    throwOnErrors: true,
    emitErrors: false,
  })
  const errors = watchErrors(adapter)
  const prefix = useKeyPrefix !== false && namespace ? `${namespace}:` : ''
  // What an adapter's iterator is given: one that adds no namespace by itself would look for a prefix that no key has.
  const range = useKeyPrefix === false && atomicPostgres(adapter) ? undefined : namespace
  const atomic = atomicAdapter(adapter)

  async function ask<T>(operation: string, ms: number, work: () => Promise<T>): Promise<Answer<T>> {
    const watch = errors.begin()
    try {
      const tooLate = () => storeFailed(`${operation} got no answer within ${Math.round(ms)} ms`)
      const value = await withDeadline(work(), ms, tooLate)
      return { value, inDoubt: watch.sawError() }
    } finally {
      watch.end()
    }
  }

  async function readStored(key: string): Promise<Stored> {
    const raw: unknown = (await adapter.get(prefix + key)) ?? undefined
    if (raw === undefined) return { raw, value: undefined }
    if (typeof raw !== 'string') throw storeFailed('the adapter holds something other than text')
    const data: unknown = await ours.deserializeData(raw)
    if (typeof data !== 'object' || data === null || !('value' in data)) return { raw, value: undefined }
    const isOver = 'expires' in data && typeof data.expires === 'number' && data.expires < Date.now()
    return { raw, value: isOver ? undefined : data.value }
  }

  async function serialize(value: string | undefined): Promise<string | undefined> {
    if (value === undefined) return undefined
    const raw: unknown = await ours.serializeData({ value })
    if (typeof raw === 'string') return raw
    throw storeFailed('the serialization of this Keyv gives no text')
  }

  return {
    atomic: atomic && {
      read: (key, ms) => ask('get', ms, () => readStored(key)),
      async swap(key, current, next, ms) {
        const work = async () => atomic.swap(prefix + key, current.raw, await serialize(next))
        return (await ask('swap', ms, work)).value
      },
    },
    get: (key, ms) => ask('get', ms, () => ours.get<unknown>(key)),
    set: (key, value, ms) => ask('set', ms, () => ours.set(key, value)),
    delete: (key, ms) => ask('delete', ms, () => ours.delete(key)),
    async deserialize(raw) {
      const data: unknown = typeof raw === 'string' ? await ours.deserializeData(raw) : raw
      return typeof data === 'object' && data !== null && 'value' in data ? data.value : undefined
    },
    async *entries(ms) {
      const iterator = iterate(adapter, namespace, range)
      let over = false
      try {
        while (true) {
          over = true
          const { value: step, inDoubt } = await ask('iterator', ms, async () => iterator.next())
          if (inDoubt) throw storeFailed('the adapter reported an error while it was read')
          if (step.done) return
          over = false
          const [key, raw] = entryOf(step.value)
          if (typeof key === 'string' && key.startsWith(prefix) && raw !== undefined && raw !== null)
            yield { key: key.slice(prefix.length), raw }
        }
      } finally {
        if (!over) await ask('iterator', ms, async () => iterator.return?.()).catch(() => undefined)
      }
    },
  }
}

/** What the adapter holds, as `[key, value]`. */
function iterate(
  adapter: KeyvAdapter,
  namespace: string | undefined,
  range: string | undefined,
): AsyncIterator<unknown> | Iterator<unknown> {
  if (adapter instanceof Map) return adapter.entries()
  const iterator: unknown = Reflect.get(adapter, 'iterator')
  if (typeof iterator !== 'function') throw cannotList('this Keyv adapter has no iterator')
  const inForce: unknown = Reflect.get(adapter, 'namespace')
  // Two Keyvs on one adapter: the later has set its namespace, and a range of the other's would come back empty.
  if (inForce !== undefined && inForce !== namespace)
    throw cannotList('this Keyv shares its adapter with a Keyv of another namespace')
  const incomplete = whyIncomplete(adapter, namespace)
  if (incomplete !== undefined) throw cannotList(incomplete)
  const iterable: unknown = Reflect.apply(iterator, adapter, [range])
  if (isAsyncIterator(iterable)) return iterable
  throw cannotList('the iterator of this Keyv adapter cannot be read')
}

function cannotList(detail: string): OAuthError {
  return new OAuthError({
    code: 'config_invalid',
    detail: `what is stored cannot be listed: ${detail}`,
    hint: 'Use an adapter with an iterator, one instance a namespace, or a TokenStore.',
  })
}

function entryOf(entry: unknown): readonly unknown[] {
  return Array.isArray(entry) ? entry : []
}

function hasMethods(value: unknown): value is KeyvAdapter {
  if (typeof value !== 'object' || value === null) return false
  return ['get', 'set', 'delete'].every((name) => typeof Reflect.get(value, name) === 'function')
}

function isAsyncIterator(value: unknown): value is AsyncIterator<unknown> {
  return typeof value === 'object' && value !== null && 'next' in value && typeof value.next === 'function'
}
