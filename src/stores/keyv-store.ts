import { OAuthError } from '../errors/oauth-error.ts'
import type { ConnectionKey, Coordinator, KeyvLike, StoredConnection, TokenStore } from '../types.ts'
import { encodeConnectionKey, portableConnectionKey, portablePrefix } from './connection-key.ts'
import { guardStore, storeDeadline } from './deadline.ts'
import { adapterOf } from './keyv-backend.ts'
import { coordinatorFor } from './keyv-coordination.ts'
import { keyvSyncs } from './keyv-syncs.ts'
import { hasVersion, keyvTexts, type TextEntry, type TextPlace } from './keyv-texts.ts'
import { markProcessLocal } from './process-local.ts'
import {
  createRecordReader,
  decodeRecord,
  encodeRecord,
  parseRecord,
  selectRecords,
  unreadable,
} from './record-codec.ts'

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
  const readText = createRecordReader()
  const texts = keyvTexts(keyv, coordinator, deadline)
  const guardDeadline = deadline + guardSlack

  const store = guardStore(
    {
      async load(key) {
        const portable = portableConnectionKey(key)
        const value = await texts.load(portable)
        if (typeof value === 'string') return readText(key, portable, value)
        return value === undefined ? undefined : parseRecord(value, key)
      },
      save: async (record, { expectedVersion }) =>
        texts.replace(placeOf(record), encodeRecord(record), hasVersion(expectedVersion, readRecord)),
      remove: async (key, removeOptions) =>
        texts.replace(placeOf(key), undefined, hasVersion(removeOptions?.expectedVersion, readRecord)),
      list: (filter) => selectRecords(texts.entries(portablePrefix), filter, readEntry),
      syncs: keyvSyncs(texts, guardDeadline),
      coordinator,
    },
    { deadline: guardDeadline, judges: true, bounds: true },
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

function readRecord(value: unknown, key?: ConnectionKey): StoredConnection {
  return typeof value === 'string' ? decodeRecord(value, key) : parseRecord(value, key)
}

async function readEntry({ key, read }: TextEntry): Promise<StoredConnection> {
  const value = await read()
  if (value === undefined) throw unreadable('is not what latchkey wrote')
  const record = readRecord(value)
  if (portableConnectionKey(record) !== key) throw unreadable('belongs to another connection')
  return record
}

function placeOf(key: ConnectionKey): TextPlace {
  return { key: portableConnectionKey(key), lease: `write:${encodeConnectionKey(key)}` }
}
