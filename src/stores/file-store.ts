import type { ConnectionFilter, TokenStore } from '../types.ts'
import { connectionKeyPrefix, encodeConnectionKey } from './connection-key.ts'
import { guardStore } from './deadline.ts'
import { lmdbCoordinator } from './lmdb-coordinator.ts'
import { type LmdbEnvironment, lmdbEnvironment } from './lmdb-environment.ts'
import { lmdbSyncs } from './lmdb-syncs.ts'
import { createRecordReader, decodeRecord, encodeRecord, selectRecords } from './record-codec.ts'

/** Records read at a time by `list`: between two batches no read transaction stays open. */
const batchSize = 64

/**
 * Connections in a directory of this machine, on LMDB: durable, shared by any number of processes, with atomic
 * conditional writes, claims and leases. Opened at the first operation; created with mode 0700. Not for network file
 * systems. Operations reject with `store_failed`, or `config_invalid` where the optional package lmdb is missing.
 */
export function fileStore(path: string): TokenStore {
  const environment = lmdbEnvironment(path)
  const readRecord = createRecordReader()
  return guardStore(
    {
      async load(key) {
        const encoded = encodeConnectionKey(key)
        const text = await environment.read(({ connections }) => connections.get(encoded))
        return text === undefined ? undefined : readRecord(key, encoded, text)
      },
      async save(record, { expectedVersion }) {
        const key = encodeConnectionKey(record)
        const text = encodeRecord(record)
        return environment.write(({ connections }) => {
          const stored = connections.get(key)
          const isExpected =
            expectedVersion === null
              ? stored === undefined
              : stored !== undefined && decodeRecord(stored).version === expectedVersion
          if (isExpected) connections.put(key, text)
          return isExpected
        })
      },
      async remove(key, options) {
        const encoded = encodeConnectionKey(key)
        return environment.write(({ connections }) => {
          const stored = connections.get(encoded)
          if (stored === undefined) return false
          const expected = options?.expectedVersion
          // Without a condition the record is not read: a damaged one can be removed.
          if (expected !== undefined && decodeRecord(stored).version !== expected) return false
          connections.remove(encoded)
          return true
        })
      },
      list: (filter) => selectRecords(readRange(environment, filter), filter, (text) => decodeRecord(text)),
      coordinator: lmdbCoordinator(environment),
      syncs: lmdbSyncs(environment),
      close: () => environment.close(),
    },
    { judges: true, bounds: true },
  )
}

async function* readRange(
  environment: LmdbEnvironment,
  filter: ConnectionFilter,
): AsyncGenerator<string, void> {
  const prefix = connectionKeyPrefix(filter)
  // "}" is escaped in ids and follows "|", with which a prefix ends.
  const bounds = prefix === '' ? {} : { start: prefix, end: `${prefix.slice(0, -1)}}` }
  let last: string | undefined
  while (true) {
    const from = last === undefined ? bounds : { ...bounds, start: last, exclusiveStart: true }
    const batch = await environment.read(({ connections }) => [
      ...connections.getRange({ ...from, limit: batchSize }).map(({ key, value }) => ({ key, value })),
    ])
    for (const { value } of batch) yield value
    last = batch.at(-1)?.key
    if (last === undefined || batch.length < batchSize) return
  }
}
