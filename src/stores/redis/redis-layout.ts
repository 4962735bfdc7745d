import { createHash } from 'node:crypto'
import type { ConnectionStatus, StoredConnection } from '../../types.ts'
import { encodeConnectionKey } from '../connection-key.ts'
import { encodeRecord, unreadable } from '../record-codec.ts'

/**
 * Where things are. A connection belongs to one of 16 shards; everything in a shard has the hash tag `{prefix:shard}`,
 * so that a script may touch a record and its indexes on a Redis Cluster too. All indexes but
 * that of sync documents by time are sorted sets in which every score is 0: Redis then keeps them in the order of their members' bytes, and a page begins right after the last member
 * of the one before, whatever has come and gone meanwhile.
 */
export interface Shard {
  /** Of every connection, its id. */
  readonly ids: string
  /** Of every connection that expires, `timeMark|id`. */
  readonly expiry: string
  /** Of every connection, `timeMark|id`. */
  readonly refreshed: string
  record(id: string): string
  readonly syncs: SyncKeys
  /** Says for a while that a removal has been done. */
  removal(token: string): string
}

/** The documents of `latchkey/sync` in a shard. */
export interface SyncKeys {
  /** Of every document with a status, its id. */
  readonly ids: string
  /** Of every one that is due some time, its id, with that time as its score. */
  readonly due: string
  /** Of every one of a tenant, `tenantMark|id`. */
  readonly tenants: string
  document(id: string): string
}

const shardCount = 16

export function shardsOf(prefix: string): readonly Shard[] {
  return Array.from({ length: shardCount }, (_none, index) => {
    const tag = `{${prefix}:${index}}`
    return {
      ids: `${tag}:ids`,
      expiry: `${tag}:expiry`,
      refreshed: `${tag}:refreshed`,
      record: (id) => `${tag}:connection:${id}`,
      syncs: {
        ids: `${tag}:sync-ids`,
        due: `${tag}:sync-due`,
        tenants: `${tag}:sync-tenants`,
        document: (id) => `${tag}:sync:${id}`,
      },
      removal: (token) => `${tag}:removal:${token}`,
    }
  })
}

/** The shard of an id: of a connection (`encodeConnectionKey`) or of a sync document. */
export function shardOf(shards: readonly Shard[], id: string): Shard {
  const byte = createHash('sha1').update(id).digest()[0] ?? 0
  const shard = shards[byte % shardCount]
  if (!shard) throw new RangeError('a store has sixteen shards')
  return shard
}

/** Earliest time that a `Date` can be, in ms; added, no time is negative and all have 17 digits at most. */
const earliest = 8_640_000_000_000_000n
const digits = 17
const markLength = 1 + digits

/** Status and time, in the order of time. */
export function timeMark(status: ConnectionStatus, time: Date): string {
  return statusMark(status) + String(BigInt(time.getTime()) + earliest).padStart(digits, '0')
}

export function statusMark(status: ConnectionStatus): string {
  return status === 'active' ? 'a' : 'r'
}

/** The id in a member of a time index. */
export function idOfMember(member: string): string {
  return member.slice(markLength + 1)
}

/** What a script must know of a record without reading JSON. */
export interface RecordHeader {
  readonly version: string
  /** Another one at each write, so that a write that was sent twice knows itself. */
  readonly write: string
  /** `-` where it never expires. */
  readonly expiry: string
  readonly refreshed: string
}

export interface PreparedRecord {
  readonly id: string
  readonly header: RecordHeader
  /** The header, and then the record as JSON. */
  readonly text: string
}

export function prepareRecord(record: StoredConnection, write: string): PreparedRecord {
  const id = encodeConnectionKey(record)
  const json = encodeRecord(record)
  const { status, expiresAt, refreshedAt } = record
  const header: RecordHeader = {
    version: String(record.version),
    write,
    expiry: expiresAt ? timeMark(status, expiresAt) : '-',
    refreshed: timeMark(status, refreshedAt),
  }
  const text = `${header.version} ${header.write} ${header.expiry} ${header.refreshed} ${json}`
  return { id, header, text }
}

/** The record's JSON. Throws `record_unreadable`. */
export function jsonOf(text: string): string {
  const header = /^\d+ \S+ \S+ \S+ /.exec(text)?.[0]
  if (header === undefined) throw unreadable('is not what latchkey wrote')
  return text.slice(header.length)
}
