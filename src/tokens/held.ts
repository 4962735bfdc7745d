import { type ClientContext, inContext } from '../context.ts'
import { encodeConnectionKey } from '../stores/connection-key.ts'
import type { ConnectionKey, ConnectionTokens, StoredConnection } from '../types.ts'
import { tokensOf } from './connection-record.ts'

/** A record with its tokens opened. */
export interface Held {
  readonly record: StoredConnection
  readonly tokens: ConnectionTokens
}

/** The connection's record: as this process holds it where the store has not taken it yet, else the store's. */
export function findRecord(
  context: ClientContext,
  key: ConnectionKey,
): Promise<StoredConnection | undefined> {
  const { unsaved } = context
  const held = unsaved.isEmpty() ? undefined : unsaved.get(encodeConnectionKey(key))?.held
  return held ? Promise.resolve(held.record) : context.store.load(key)
}

/** Throws `connection_not_found` or `record_unreadable`. */
export async function hold(context: ClientContext, key: ConnectionKey): Promise<Held> {
  const record = await findRecord(context, key)
  if (!record) throw notFound(context)
  return open(context, record)
}

export function open(context: ClientContext, record: StoredConnection): Held {
  try {
    return { record, tokens: tokensOf(context, record) }
  } catch (error) {
    throw inContext(context, error)
  }
}

export function notFound(context: ClientContext) {
  return context.fail({ code: 'connection_not_found', detail: 'this tenant has no such connection' })
}
