import { randomBytes } from 'node:crypto'
import { OAuthError } from '../errors/oauth-error.ts'
import type {
  ConnectionFilter,
  ConnectionKey,
  Coordinator,
  KeyvLike,
  StoredConnection,
  TokenStore,
} from '../types.ts'
import { encodeConnectionKey, portableConnectionKey, portablePrefix } from './connection-key.ts'
import { guardStore, storeDeadline } from './deadline.ts'
import { adapterOf, type KeyvBackend, openKeyv } from './keyv-backend.ts'
import { coordinatorFor } from './keyv-coordination.ts'
import { markProcessLocal } from './process-local.ts'
import { decodeRecord, encodeRecord, parseRecord, selectRecords, unreadable } from './record-codec.ts'
import { asStoreFailure, storeFailed } from './store-failure.ts'

/** Beyond this (ms) the store's own, more telling errors would come too late. */
const guardSlack = 250

/**
 * Connections in the application's Keyv (5), which stays as it is. A backend that fails, or does not answer within
 * `deadline` ms (default 5000), is `store_failed`. Writes, claims and leases hold across processes for the official
 * Redis, Valkey and Postgres adapters and for `lmdbKeyvAdapter`, else within this process, which a warning says once. `list` needs
 * an adapter with an iterator, else it is `config_invalid`.
 */
export function keyvStore(keyv: KeyvLike, options: { readonly deadline?: number } = {}): TokenStore {
  const deadline = options.deadline ?? storeDeadline
  if (!(Number.isFinite(deadline) && deadline > 0))
    throw new OAuthError({
      code: 'config_invalid',
      detail: 'deadline must be a number of milliseconds above 0',
    })
  const scope = `${String(Reflect.get(keyv.opts, 'namespace') ?? '')}:`
  const adapter = adapterOf(keyv)
  const shared = coordinatorFor(adapter)
  const coordinator: Coordinator = {
    claim: (key, ttlMs) => shared.claim(scope + key, ttlMs),
    withLease: (key, ttlMs, run) => shared.withLease(scope + key, ttlMs, run),
  }
  let opening: Promise<KeyvBackend> | undefined
  const open = () => {
    opening ??= openKeyv(keyv)
    return opening
  }

  /** One operation: everything it asks of the backend shares its deadline. */
  async function operate<T>(
    work: (record: StoredText, until: Until) => Promise<T>,
    key: ConnectionKey,
  ): Promise<T> {
    const endsAt = performance.now() + deadline
    const until = () => {
      const left = endsAt - performance.now()
      // An operation that was reported as failed must not write afterwards.
      if (left <= 0) throw storeFailed(`no answer within ${deadline} ms`)
      return left
    }
    try {
      return await work(new StoredText(await open(), portableConnectionKey(key)), until)
    } catch (error) {
      throw asStoreFailure(error, 'the Keyv failed')
    }
  }

  /** One at a time for one connection, for a Keyv that can compare nothing while it writes. */
  async function inTurn<T>(key: ConnectionKey, until: Until, work: () => Promise<T>): Promise<T> {
    const begun: { value: boolean } = { value: false }
    try {
      return await coordinator.withLease(`write:${encodeConnectionKey(key)}`, until(), () => {
        begun.value = true
        return work()
      })
    } catch (error) {
      throw begun.value ? error : storeFailed(`no turn to write within ${deadline} ms`, error)
    }
  }

  /** Puts `next` (absent: nothing) in the place of what `isExpected`; else `false`. */
  function replace(
    key: ConnectionKey,
    next: string | undefined,
    isExpected: (current: unknown) => boolean,
  ): Promise<boolean> {
    return operate(async (stored, until) => {
      if (stored.isAtomic) return stored.swap(next, isExpected, until)
      return inTurn(key, until, async () => {
        if (!isExpected(await stored.read(until()))) return false
        if (next === undefined) return stored.remove(until)
        await stored.write(next, until)
        return true
      })
    }, key)
  }

  const store = guardStore(
    {
      load: (key) =>
        operate(async (stored, until) => {
          const value = await stored.read(until())
          return value === undefined ? undefined : readRecord(value, key)
        }, key),
      save: async (record, { expectedVersion }) =>
        replace(record, encodeRecord(record), (current) =>
          expectedVersion === null
            ? current === undefined
            : current !== undefined && readRecord(current).version === expectedVersion,
        ),
      remove: (key, removeOptions) =>
        replace(key, undefined, (current) => {
          const expected = removeOptions?.expectedVersion
          return current !== undefined && (expected === undefined || readRecord(current).version === expected)
        }),
      list: (filter) => listRecords(open, filter, deadline),
      coordinator,
    },
    { deadline: deadline + guardSlack },
  )
  return adapter instanceof Map ? markProcessLocal(store) : store
}

/** Whether a value is a Keyv rather than a `TokenStore`. */
export function isKeyv(value: unknown): value is KeyvLike {
  if (typeof value !== 'object' || value === null) return false
  const isFunction = (name: string) => typeof Reflect.get(value, name) === 'function'
  if (isFunction('load') || !['get', 'set', 'delete'].every(isFunction)) return false
  const opts: unknown = Reflect.get(value, 'opts')
  return typeof opts === 'object' && opts !== null
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
 * A record's JSON with a field that no other write has, and no reader looks at: a driver may send a write twice, and the
 * second must tell its own text from the same record written by somebody else.
 */
function markWrite(json: string): string {
  return `${json.slice(0, -1)},"write":"${randomBytes(12).toString('base64url')}"}`
}

function unanswered(): OAuthError {
  return storeFailed('the adapter reported an error and answered with nothing')
}

function readRecord(value: unknown, key?: ConnectionKey): StoredConnection {
  return typeof value === 'string' ? decodeRecord(value, key) : parseRecord(value, key)
}

async function* listRecords(
  open: () => Promise<KeyvBackend>,
  filter: ConnectionFilter,
  deadline: number,
): AsyncGenerator<StoredConnection, void> {
  const backend = await open()
  yield* selectRecords(ours(backend, deadline), filter, async ({ key, raw }) => {
    const value = await backend.deserialize(raw).catch(() => undefined)
    if (value === undefined) throw unreadable('is not what latchkey wrote')
    const record = readRecord(value)
    if (portableConnectionKey(record) !== key) throw unreadable('belongs to another connection')
    return record
  })
}

/** The application may keep other things in the same namespace. */
async function* ours(
  backend: KeyvBackend,
  deadline: number,
): AsyncGenerator<{ key: string; raw: unknown }, void> {
  for await (const entry of backend.entries(deadline)) if (entry.key.startsWith(portablePrefix)) yield entry
}
