import { OAuthError } from '../errors/oauth-error.ts'
import type { Mutable } from '../mutable.ts'
import { recent } from '../recent.ts'
import type { Choice, ConnectionFilter, ConnectionKey, StoredConnection } from '../types.ts'
import { isSameConnection, matches } from './connection-key.ts'
import { selectReadable } from './select-readable.ts'

/** Raised when a later version writes what this one would misread. */
const format = 1

/** A record as JSON can hold it: every `Date` is milliseconds since 1970. */
export type PlainRecord = Record<string, unknown>

export function toPlainRecord(record: StoredConnection): PlainRecord {
  return {
    format,
    provider: record.provider,
    tenantId: record.tenantId,
    connectionId: record.connectionId,
    userId: record.userId,
    status: record.status,
    scopes: [...record.scopes],
    tokenType: record.tokenType,
    expiresAt: record.expiresAt?.getTime(),
    refreshTokenExpiresAt: record.refreshTokenExpiresAt?.getTime(),
    account: record.account && { id: record.account.id, name: record.account.name },
    params: record.params,
    choices: record.choices,
    createdAt: record.createdAt.getTime(),
    connectedAt: record.connectedAt.getTime(),
    updatedAt: record.updatedAt.getTime(),
    refreshedAt: record.refreshedAt.getTime(),
    version: record.version,
    sealed: record.sealed,
  }
}

/** Throws `record_unreadable` rather than write what could not be read again (an invalid `Date`, for one). */
export function encodeRecord(record: StoredConnection): string {
  const plain = toPlainRecord(record)
  parseRecord(plain)
  return JSON.stringify(plain)
}

/** Reads what `encodeRecord` wrote. Throws `record_unreadable`; its cause never quotes the text. */
export function decodeRecord(text: string, key?: ConnectionKey): StoredConnection {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw unreadable('is not JSON')
  }
  return parseRecord(value, key)
}

/** How many connections' records a store keeps read, at least; at most twice as many. */
const kept = 1_000
/** Characters of a record; longer ones are parsed each time. */
const longest = 8_192

/**
 * `decodeRecord` for a store that gives the same text again and again: a text that equals the one last read under its key
 * is not parsed anew. What is given out is the caller's own, and the store has been asked each time.
 */
export function createRecordReader(): (
  key: ConnectionKey,
  encodedKey: string,
  text: string,
) => StoredConnection {
  const read = recent<{ readonly text: string; readonly record: StoredConnection }>(kept)
  return (key, encodedKey, text) => {
    const known = read.get(encodedKey)
    if (known?.text === text) return copyRecord(known.record)
    const record = decodeRecord(text, key)
    if (text.length > longest) return record
    read.offer(encodedKey, { text, record })
    return copyRecord(record)
  }
}

/** A copy that shares nothing that could be changed. */
export function copyRecord(record: StoredConnection): StoredConnection {
  const copy: Mutable<StoredConnection> = {
    provider: record.provider,
    tenantId: record.tenantId,
    connectionId: record.connectionId,
    status: record.status,
    scopes: [...record.scopes],
    tokenType: record.tokenType,
    params: { ...record.params },
    createdAt: new Date(record.createdAt),
    connectedAt: new Date(record.connectedAt),
    updatedAt: new Date(record.updatedAt),
    refreshedAt: new Date(record.refreshedAt),
    version: record.version,
    sealed: record.sealed,
  }
  if (record.userId !== undefined) copy.userId = record.userId
  if (record.expiresAt) copy.expiresAt = new Date(record.expiresAt)
  if (record.refreshTokenExpiresAt) copy.refreshTokenExpiresAt = new Date(record.refreshTokenExpiresAt)
  if (record.account) copy.account = { ...record.account }
  if (record.choices) copy.choices = asChoices(record.choices)
  return copy
}

/**
 * Judges a record of unknown origin: plain, or with the `Date`s that a store of somebody's own may hand back. With
 * `key`, it must be the record of that connection. Throws `record_unreadable`, naming the field and never its value.
 */
export function parseRecord(value: unknown, key?: ConnectionKey): StoredConnection {
  // Read field by field, so that nothing else in it comes along.
  if (!isObject(value)) throw missing('record')
  const record = value
  const given = record.format
  if (given !== undefined && given !== format) throw unreadable('was written by another version of latchkey')
  const { status } = record
  if (status !== 'active' && status !== 'reconnect_required') throw missing('status')
  const parsed: Mutable<StoredConnection> = {
    provider: asString(record.provider, 'provider'),
    tenantId: asString(record.tenantId, 'tenantId'),
    connectionId: asString(record.connectionId, 'connectionId'),
    status,
    scopes: asStrings(record.scopes, 'scopes'),
    tokenType: asString(record.tokenType, 'tokenType'),
    params: asParams(record.params),
    createdAt: asDate(record.createdAt, 'createdAt'),
    connectedAt: asDate(record.connectedAt, 'connectedAt'),
    updatedAt: asDate(record.updatedAt, 'updatedAt'),
    refreshedAt: asDate(record.refreshedAt, 'refreshedAt'),
    version: asVersion(record.version),
    sealed: asString(record.sealed, 'sealed'),
  }
  if (isGiven(record.userId)) parsed.userId = asString(record.userId, 'userId')
  if (isGiven(record.expiresAt)) parsed.expiresAt = asDate(record.expiresAt, 'expiresAt')
  if (isGiven(record.refreshTokenExpiresAt))
    parsed.refreshTokenExpiresAt = asDate(record.refreshTokenExpiresAt, 'refreshTokenExpiresAt')
  if (isGiven(record.account)) parsed.account = asAccount(record.account)
  if (isGiven(record.choices)) parsed.choices = asChoices(record.choices)
  if (key && !isSameConnection(parsed, key)) throw unreadable('belongs to another connection')
  return parsed
}

/** The records that match, as `selectReadable` gives them. */
export function selectRecords<T>(
  values: AsyncIterable<T> | Iterable<T>,
  filter: ConnectionFilter,
  read: (value: T) => StoredConnection | Promise<StoredConnection>,
): AsyncGenerator<StoredConnection, void> {
  return selectReadable(values, read, (record) => matches(record, filter))
}

export function unreadable(words: string): OAuthError {
  return new OAuthError({
    code: 'record_unreadable',
    detail: `the stored record ${words}`,
    hint: 'The stored record is damaged. Restore it from a backup, or remove it and let the user connect again.',
  })
}

function missing(field: string): OAuthError {
  return unreadable(`has no usable ${field}`)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function asObject(value: unknown, field: string): Record<string, unknown> {
  if (!isObject(value)) throw missing(field)
  return value
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null
}

function asAccount(value: unknown): NonNullable<StoredConnection['account']> {
  const { id, name } = asObject(value, 'account')
  const account: Mutable<NonNullable<StoredConnection['account']>> = { id: asString(id, 'account.id') }
  if (isGiven(name)) account.name = asString(name, 'account.name')
  return account
}

function asString(value: unknown, field: string): string {
  if (typeof value !== 'string') throw missing(field)
  return value
}

function asStrings(value: unknown, field: string): string[] {
  if (!Array.isArray(value)) throw missing(field)
  return value.map((item: unknown) => asString(item, field))
}

function asParams(value: unknown): Record<string, string> {
  return mapOwn(asObject(value, 'params'), (text) => asString(text, 'params'))
}

function asChoices(value: unknown): NonNullable<StoredConnection['choices']> {
  return mapOwn(asObject(value, 'choices'), (list) => {
    if (!Array.isArray(list)) throw missing('choices')
    return list.map(asChoice)
  })
}

/** Own properties only: a `__proto__` in the JSON is left behind, and none is inherited from. */
function mapOwn<T>(object: Record<string, unknown>, map: (value: unknown) => T): Record<string, T> {
  const mapped: Record<string, T> = {}
  for (const name of Object.keys(object)) if (name !== '__proto__') mapped[name] = map(object[name])
  return mapped
}

function asChoice(value: unknown): Choice {
  const { id, name } = asObject(value, 'choices')
  return { id: asString(id, 'choices'), ...(isGiven(name) && { name: asString(name, 'choices') }) }
}

function asDate(value: unknown, field: string): Date {
  const time = value instanceof Date ? value.getTime() : value
  if (typeof time !== 'number') throw missing(field)
  const date = new Date(time)
  if (Number.isNaN(date.getTime())) throw missing(field)
  return date
}

function asVersion(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw missing('version')
  return value
}
