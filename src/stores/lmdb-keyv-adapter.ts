import { EventEmitter } from 'node:events'
import type { KeyvStoreAdapter } from 'keyv'
import { nodeCrypto } from '../node-crypto.ts'
import type { Coordinator } from '../types.ts'
import { adapterCoordinator } from './keyv-coordination.ts'
import { lmdbCoordinator } from './lmdb-coordinator.ts'
import { type EntryRow, type LmdbEnvironment, lmdbEnvironment } from './lmdb-environment.ts'

/** Bytes of a key that LMDB is given as they are. */
const maxExactKey = 1_800
const batchSize = 64

interface Entry {
  readonly key: string
  readonly value: unknown
  readonly ttl?: number
}

/**
 * A storage adapter for Keyv on LMDB: `new Keyv({ store: lmdbKeyvAdapter(path) })`. Durable, shared by any number of
 * processes, opened at the first operation. Errors reject. One adapter serves one namespace, as Keyv sets it; several
 * adapters may share one directory, also with `fileStore`.
 */
export function lmdbKeyvAdapter(path: string): LmdbKeyvAdapter {
  return new LmdbKeyvAdapter(path)
}

export class LmdbKeyvAdapter extends EventEmitter implements KeyvStoreAdapter {
  /** Set by Keyv. What `clear` and `iterator` are confined to. */
  namespace: string | undefined
  readonly opts: { readonly dialect: string; readonly url: string; [option: string]: unknown }
  /** Claims and leases for `keyvStore`, atomic across the processes on this directory. */
  readonly [adapterCoordinator]: Coordinator
  readonly #environment: LmdbEnvironment

  constructor(path: string) {
    super()
    this.#environment = lmdbEnvironment(path)
    this[adapterCoordinator] = lmdbCoordinator(this.#environment)
    // Keyv 5 offers `iterator()` only where the dialect or URL holds a name it knows, and asks no adapter what it can do.
    this.opts = { dialect: 'lmdb', url: 'lmdb://?iterates-like=sqlite' }
  }

  async get<Value>(key: string): Promise<Value | undefined> {
    const [value] = await this.getMany<Value>([key])
    return value
  }

  async getMany<Value>(keys: string[]): Promise<Array<Value | undefined>> {
    const ids = keys.map(entryKey)
    const rows = await this.#environment.read(({ entries }) => ids.map((id) => entries.get(id)))
    // Keyv gives every adapter's values the type that its caller names.
    return rows.map((row) => (isLive(row) ? (row.value as Value) : undefined))
  }

  async set(key: string, value: unknown, ttl?: number): Promise<boolean> {
    await this.setMany([{ key, value, ...(ttl !== undefined && { ttl }) }])
    return true
  }

  async setMany(values: Entry[]): Promise<void> {
    const now = Date.now()
    const rows = values.map(({ key, value, ttl }) => {
      const id = entryKey(key)
      const row: EntryRow = {
        value,
        ...(ttl && { endsAt: now + ttl }),
        ...(isCut(id) && { key: utf16(key) }),
      }
      return { id, row }
    })
    await this.#environment.write(({ entries }) => {
      for (const { id, row } of rows) entries.put(id, row)
    })
  }

  async delete(key: string): Promise<boolean> {
    return this.deleteMany([key])
  }

  /** `true` where at least one was there. */
  async deleteMany(keys: string[]): Promise<boolean> {
    const ids = keys.map(entryKey)
    return this.#environment.write(({ entries }) => {
      const found = ids.filter((id) => entries.get(id) !== undefined)
      for (const id of found) entries.remove(id)
      return found.length > 0
    })
  }

  async has(key: string): Promise<boolean> {
    return (await this.hasMany([key])).includes(true)
  }

  async hasMany(keys: string[]): Promise<boolean[]> {
    const ids = keys.map(entryKey)
    return this.#environment.read(({ entries }) => ids.map((id) => isLive(entries.get(id))))
  }

  async clear(): Promise<void> {
    for await (const batch of this.#batches(this.namespace)) {
      await this.#environment.write(({ entries }) => {
        for (const { id } of batch) entries.remove(id)
      })
    }
  }

  async *iterator<Value>(
    namespace?: string,
  ): AsyncGenerator<Array<string | Awaited<Value> | undefined>, void> {
    for await (const batch of this.#batches(namespace))
      for (const { id, row } of batch) if (isLive(row)) yield [nameOf(id, row), row.value as Awaited<Value>]
  }

  /** Waits for what is under way and frees the directory. */
  async disconnect(): Promise<void> {
    await this.#environment.close()
  }

  async *#batches(namespace: string | undefined): AsyncGenerator<{ id: Buffer; row: EntryRow }[], void> {
    const prefix = namespace ? Buffer.from(`${namespace}:`) : undefined
    let start = prefix
    let exclusiveStart = false
    while (true) {
      const from = start ? { start, exclusiveStart } : {}
      const batch = await this.#environment.read(({ entries }) => [
        ...entries
          .getRange({ ...from, limit: batchSize })
          .map(({ key, value }) => ({ id: Buffer.from(key), row: value })),
      ])
      const mine = prefix ? batch.filter(({ id }) => id.subarray(0, prefix.length).equals(prefix)) : batch
      if (mine.length > 0) yield mine
      if (mine.length < batchSize) return
      start = mine.at(-1)?.id
      exclusiveStart = true
    }
  }
}

function isLive(row: EntryRow | undefined): row is EntryRow {
  return row !== undefined && (row.endsAt === undefined || row.endsAt > Date.now())
}

const loneSurrogate = /\p{Surrogate}/u
const cutMark = Buffer.from([0, 0xff])

/**
 * Keys that UTF-8 does not hold exactly, are empty or exceed LMDB's limit: their beginning (for ranges), a mark that
 * UTF-8 cannot contain, and their SHA-256.
 */
function entryKey(key: string): Buffer {
  const exact = Buffer.from(key)
  if (exact.length > 0 && exact.length <= maxExactKey && !loneSurrogate.test(key)) return exact
  const digest = nodeCrypto().createHash('sha256').update(utf16(key)).digest()
  return Buffer.concat([exact.subarray(0, maxExactKey), cutMark, digest])
}

function isCut(id: Buffer): boolean {
  return id.includes(cutMark)
}

function nameOf(id: Buffer, { key }: EntryRow): string {
  return key ? Buffer.from(key).toString('utf16le') : id.toString()
}

/** Exact for any string, where UTF-8 is not. */
function utf16(key: string): Buffer {
  return Buffer.from(key, 'utf16le')
}
