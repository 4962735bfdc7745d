import type { StoredConnection, TokenStore } from '../types.ts'
import { encodeConnectionKey } from './connection-key.ts'
import { guardStore } from './deadline.ts'
import { inProcessCoordinator } from './in-process-coordinator.ts'
import { memorySyncs } from './memory-syncs.ts'
import { markProcessLocal } from './process-local.ts'
import { copyRecord, parseRecord, selectRecords, toPlainRecord } from './record-codec.ts'

/** Connections in this process's memory: for tests and trials. Everything is gone when the process ends. */
export function memoryStore(): TokenStore {
  // Copied on the way in and out, so that nobody's change to a record they were given reaches the store.
  const records = new Map<string, StoredConnection>()
  const store = guardStore(
    {
      async load(key) {
        const found = records.get(encodeConnectionKey(key))
        return found && copyRecord(found)
      },
      async save(record, { expectedVersion }) {
        const key = encodeConnectionKey(record)
        if ((records.get(key)?.version ?? null) !== expectedVersion) return false
        records.set(key, parseRecord(toPlainRecord(record)))
        return true
      },
      async remove(key, options) {
        const encoded = encodeConnectionKey(key)
        const found = records.get(encoded)
        if (!found) return false
        if (options?.expectedVersion !== undefined && found.version !== options.expectedVersion) return false
        return records.delete(encoded)
      },
      list: (filter) => selectRecords(records.values(), filter, copyRecord),
      coordinator: inProcessCoordinator(),
      syncs: memorySyncs(),
    },
    { judges: true, bounds: true },
  )
  return markProcessLocal(store)
}
