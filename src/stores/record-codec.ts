import { OAuthError } from '../errors/oauth-error.ts'
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

/**
 * Judges a record of unknown origin: plain, or with the `Date`s that a store of somebody's own may hand back. With
 * `key`, it must be the record of that connection. Throws `record_unreadable`, naming the field and never its value.
 */
export function parseRecord(value: unknown, key?: ConnectionKey): StoredConnection {
  // Read field by field, so that nothing else in it comes along; nothing is copied on the way.
  if (!isObject(value)) throw missing('record')
  const record = value
  const given = record.format
  if (given !== undefined && given !== format) throw unreadable('was written by another version of latchkey')
  const account = record.account == null ? undefined : asObject(record.account, 'account')
  const name = account && optional(account.name, 'account.name', asString)
  const userId = optional(record.userId, 'userId', asString)
  const expiresAt = optional(record.expiresAt, 'expiresAt', asDate)
  const refreshTokenExpiresAt = optional(record.refreshTokenExpiresAt, 'refreshTokenExpiresAt', asDate)
  const { status } = record
  if (status !== 'active' && status !== 'reconnect_required') throw missing('status')
  const parsed: StoredConnection = {
    provider: asString(record.provider, 'provider'),
    tenantId: asString(record.tenantId, 'tenantId'),
    connectionId: asString(record.connectionId, 'connectionId'),
    ...(userId !== undefined && { userId }),
    status,
    scopes: asStrings(record.scopes, 'scopes'),
    tokenType: asString(record.tokenType, 'tokenType'),
    ...(expiresAt && { expiresAt }),
    ...(refreshTokenExpiresAt && { refreshTokenExpiresAt }),
    ...(account && {
      account: { id: asString(account.id, 'account.id'), ...(name !== undefined && { name }) },
    }),
    params: asParams(record.params),
    ...(record.choices != null && { choices: asChoices(record.choices) }),
    createdAt: asDate(record.createdAt, 'createdAt'),
    connectedAt: asDate(record.connectedAt, 'connectedAt'),
    updatedAt: asDate(record.updatedAt, 'updatedAt'),
    refreshedAt: asDate(record.refreshedAt, 'refreshedAt'),
    version: asVersion(record.version),
    sealed: asString(record.sealed, 'sealed'),
  }
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
  // Own properties only: a `__proto__` in the JSON is left behind, and none is inherited from.
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== '__proto__'))
}

function optional<T>(
  value: unknown,
  field: string,
  parse: (value: unknown, field: string) => T,
): T | undefined {
  return value === undefined || value === null ? undefined : parse(value, field)
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
  return Object.fromEntries(
    Object.entries(asObject(value, 'params')).map(([name, text]) => [name, asString(text, 'params')]),
  )
}

function asChoices(value: unknown): NonNullable<StoredConnection['choices']> {
  return Object.fromEntries(
    Object.entries(asObject(value, 'choices')).map(([param, list]) => {
      if (!Array.isArray(list)) throw missing('choices')
      return [param, list.map(asChoice)]
    }),
  )
}

function asChoice(value: unknown): Choice {
  const { id, name } = asObject(value, 'choices')
  const words = optional(name, 'choices', asString)
  return { id: asString(id, 'choices'), ...(words !== undefined && { name: words }) }
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
