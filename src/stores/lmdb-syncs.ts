import { nodeCrypto } from '../node-crypto.ts'
import type { SyncDocument, SyncFilter, SyncStore } from '../types.ts'
import type { LmdbEnvironment } from './lmdb-environment.ts'
import { selectReadable } from './select-readable.ts'
import { decodeSyncDocument, encodeSyncDocument, matchesSync } from './sync-document.ts'

/** Documents read at a time by `list`: between two batches no read transaction stays open. */
const batchSize = 64

/** The documents of `latchkey/sync` in an LMDB environment, with an index by time and by tenant. */
export function lmdbSyncs(environment: LmdbEnvironment): SyncStore {
  return {
    async load(id) {
      const text = await environment.read(({ syncs }) => syncs.get(id))
      return text === undefined ? undefined : decodeSyncDocument(text, id)
    },
    async save(document, { expectedVersion }) {
      const text = encodeSyncDocument(document)
      return environment.write(({ syncs, syncIndex }) => {
        const stored = syncs.get(document.id)
        const before = stored === undefined ? undefined : decodeSyncDocument(stored)
        if ((before?.version ?? null) !== expectedVersion) return false
        if (before) for (const key of indexKeys(before)) syncIndex.remove(key)
        for (const key of indexKeys(document)) syncIndex.put(key, 0)
        syncs.put(document.id, text)
        return true
      })
    },
    async remove(id, options) {
      return environment.write(({ syncs, syncIndex }) => {
        const stored = syncs.get(id)
        if (stored === undefined) return false
        const expected = options?.expectedVersion
        const before = expected === undefined ? readable(stored) : decodeSyncDocument(stored)
        if (expected !== undefined && before?.version !== expected) return false
        // What a damaged one leaves in the index leads to nothing.
        if (before) for (const key of indexKeys(before)) syncIndex.remove(key)
        syncs.remove(id)
        return true
      })
    },
    list(filter) {
      const range = indexRange(filter)
      const texts = range ? readIndex(environment, range) : readAll(environment)
      const isWanted = (document: SyncDocument) => matchesSync(document, filter)
      return selectReadable(texts, (text) => decodeSyncDocument(text), isWanted)
    },
  }
}

/** Without a condition a damaged document can be removed. */
function readable(text: string): SyncDocument | undefined {
  try {
    return decodeSyncDocument(text)
  } catch {
    return undefined
  }
}

async function* readAll(environment: LmdbEnvironment): AsyncGenerator<string, void> {
  let last: string | undefined
  while (true) {
    const from = last === undefined ? {} : { start: last, exclusiveStart: true }
    const batch = await environment.read(({ syncs }) => [
      ...syncs.getRange({ ...from, limit: batchSize }).map(({ key, value }) => ({ key, value })),
    ])
    for (const { value } of batch) yield value
    last = batch.at(-1)?.key
    if (last === undefined || batch.length < batchSize) return
  }
}

interface IndexRange {
  readonly start: Buffer
  /** Exclusive. */
  readonly end: Buffer
}

async function* readIndex(environment: LmdbEnvironment, range: IndexRange): AsyncGenerator<string, void> {
  let last: Buffer | undefined
  while (true) {
    const from = last === undefined ? range : { start: last, exclusiveStart: true, end: range.end }
    const batch = await environment.read(({ syncs, syncIndex }) => [
      ...syncIndex.getKeys({ ...from, limit: batchSize }).map((key) => {
        const copy = Buffer.from(key)
        return { key: copy, text: syncs.get(idOf(copy)) }
      }),
    ])
    for (const { text } of batch) if (text !== undefined) yield text
    last = batch.at(-1)?.key
    if (last === undefined || batch.length < batchSize) return
  }
}

// A row of the index: one letter for the order, eight bytes of ms or sixteen that stand for the tenant, the id.
const byTime = Buffer.from('d')
const timeLength = 8
const byTenant = Buffer.from('t')
const tenantLength = 16
const behindAnyId = Buffer.from([0xff])

function indexKeys({ id, status, dueAt, tenantId }: SyncDocument): Buffer[] {
  if (status === undefined) return []
  return [
    ...(dueAt === undefined ? [] : [Buffer.concat([timePrefix(dueAt), Buffer.from(id)])]),
    ...(tenantId === undefined ? [] : [Buffer.concat([tenantPrefix(tenantId), Buffer.from(id)])]),
  ]
}

function idOf(key: Buffer): string {
  const length = key[0] === byTime[0] ? timeLength : tenantLength
  return key.subarray(1 + length).toString()
}

/** What the filter narrows most: a tenant's documents are few, those that are due may be many. */
function indexRange({ tenantId, dueBefore }: SyncFilter): IndexRange | undefined {
  if (dueBefore !== undefined) return { start: byTime, end: timePrefix(dueBefore) }
  if (tenantId === undefined) return undefined
  const start = tenantPrefix(tenantId)
  return { start, end: Buffer.concat([start, behindAnyId]) }
}

function timePrefix(ms: number): Buffer {
  const time = Buffer.alloc(timeLength)
  time.writeBigUInt64BE(BigInt(ms))
  return Buffer.concat([byTime, time])
}

function tenantPrefix(tenantId: string): Buffer {
  // UTF-16, since lone surrogates are all one in UTF-8.
  const digest = nodeCrypto().createHash('sha256').update(Buffer.from(tenantId, 'utf16le')).digest()
  return Buffer.concat([byTenant, digest.subarray(0, tenantLength)])
}
