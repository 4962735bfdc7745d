import type { ConnectionFilter, ConnectionKey, StoredConnection } from '../../types.ts'
import { parseRecord, toPlainRecord, unreadable } from '../record-codec.ts'
import { fromStoredText, toStoredText } from './stored-text.ts'

type ColumnType = 'text' | 'json' | 'timestamptz' | 'bigint'

interface Column {
  readonly name: string
  /** The record's field. */
  readonly field: string
  readonly type: ColumnType
}

const column = (name: string, field: string, type: ColumnType): Column => ({ name, field, type })

/** The primary key comes first: its columns are $1, $2 and $3 of every statement about one record. */
const columns: readonly Column[] = [
  column('provider', 'provider', 'text'),
  column('tenant_id', 'tenantId', 'text'),
  column('connection_id', 'connectionId', 'text'),
  column('user_id', 'userId', 'text'),
  column('status', 'status', 'text'),
  column('scopes', 'scopes', 'json'),
  column('token_type', 'tokenType', 'text'),
  column('expires_at', 'expiresAt', 'timestamptz'),
  column('refresh_token_expires_at', 'refreshTokenExpiresAt', 'timestamptz'),
  column('account', 'account', 'json'),
  column('params', 'params', 'json'),
  column('choices', 'choices', 'json'),
  column('created_at', 'createdAt', 'timestamptz'),
  column('connected_at', 'connectedAt', 'timestamptz'),
  column('updated_at', 'updatedAt', 'timestamptz'),
  column('refreshed_at', 'refreshedAt', 'timestamptz'),
  column('version', 'version', 'bigint'),
  column('sealed', 'sealed', 'text'),
]
const textFields = new Set(columns.filter(({ type }) => type === 'text').map(({ field }) => field))
const key = '(provider, tenant_id, connection_id)'
const isKey = '(provider, tenant_id, connection_id) = ($1::text, $2::text, $3::text)'

/** Records that `list` reads at a time: no cursor and no transaction stays open between two pages. */
export const pageSize = 500

/**
 * A row as one JSON text, under the record's own names: whatever type parsers, DateStyle and TimeZone are in force, it
 * arrives as it is. Times are ms since 1970; one that is no time (infinity) spoils its own record only.
 */
const selected = `json_build_object(${columns
  .map(({ name, field, type }) => {
    const value = type === 'timestamptz' ? `round(extract(epoch FROM ${name}) * 1000)` : name
    return `'${field}', ${value}`
  })
  .join(', ')})::text AS record`

/** A parameter is text on its way, so that no driver makes something else of it. */
const values = columns.map(({ type }, index) => `$${index + 1}::text${type === 'text' ? '' : `::${type}`}`)
const assignments = columns.slice(3).map(({ name }, index) => `${name} = ${values[index + 3]}`)
const place = (name: string) => `$${columns.findIndex((known) => known.name === name) + 1}::text`
const expected = `$${columns.length + 1}::text::bigint`

export interface ConnectionStatements {
  readonly load: string
  /** `again`: the first try may have worked, and what it wrote counts as ours. */
  readonly create: string
  readonly createAgain: string
  readonly replace: string
  readonly replaceAgain: string
  readonly remove: string
  readonly removeVersion: string
}

export function connectionStatements(table: string): ConnectionStatements {
  const insert = `INSERT INTO ${table} AS held (${columns.map(({ name }) => name).join(', ')})
VALUES (${values.join(', ')}) ON CONFLICT ${key}`
  const update = `UPDATE ${table} SET ${assignments.join(', ')} WHERE ${isKey}`
  const written = `version = ${place('version')}::bigint AND sealed = ${place('sealed')}`
  const remove = `DELETE FROM ${table} WHERE ${isKey}`
  const done = 'RETURNING 1 AS done'
  return {
    load: `SELECT ${selected} FROM ${table} WHERE ${isKey}`,
    create: `${insert} DO NOTHING ${done}`,
    createAgain: `${insert} DO UPDATE SET version = excluded.version
WHERE held.version = excluded.version AND held.sealed = excluded.sealed ${done}`,
    replace: `${update} AND version = ${expected} ${done}`,
    replaceAgain: `${update} AND (version = ${expected} OR (${written})) ${done}`,
    remove: `${remove} ${done}`,
    removeVersion: `${remove} AND version = $4::text::bigint ${done}`,
  }
}

export function keyValues({ provider, tenantId, connectionId }: ConnectionKey): string[] {
  return [provider, tenantId, connectionId].map(toStoredText)
}

/** Throws `record_unreadable` rather than write what could not be read again. */
export function recordValues(record: StoredConnection): (string | null)[] {
  const plain = toPlainRecord(record)
  parseRecord(plain)
  return columns.map(({ field, type }) => {
    const value = plain[field]
    if (value === undefined || value === null) return null
    if (type === 'json') return JSON.stringify(value)
    if (type === 'text') return toStoredText(String(value))
    if (type === 'bigint') return String(value)
    const time = timestamp(Number(value))
    if (time === beginning) throw unreadable(`has a date that Postgres cannot hold in ${field}`)
    return time
  })
}

/** A row as Postgres gave it: the record's fields, still in stored text. */
export type StoredRow = Record<string, unknown>

export function readRow(row: unknown): StoredRow {
  const text: unknown = typeof row === 'object' && row !== null ? Reflect.get(row, 'record') : undefined
  const fields: unknown = typeof text === 'string' ? JSON.parse(text) : undefined
  if (typeof fields !== 'object' || fields === null) throw unreadable('did not come as text')
  return Object.fromEntries(Object.entries(fields))
}

export function recordOf(row: StoredRow, key?: ConnectionKey): StoredConnection {
  const plain = Object.entries(row).map(([field, value]) => [
    field,
    typeof value === 'string' && textFields.has(field) ? fromStoredText(value) : value,
  ])
  return parseRecord(Object.fromEntries(plain), key)
}

/**
 * The next page behind `last`, in the order of the primary key, which never changes: whatever happens to the records
 * meanwhile, none comes twice.
 */
export function pageQuery(
  table: string,
  filter: ConnectionFilter,
  last: StoredRow | undefined,
): { readonly text: string; readonly values: readonly string[] } {
  const values: string[] = []
  const bind = (value: string) => `$${values.push(value)}::text`
  const conditions: string[] = []
  const { provider, tenantId, status, expiresBefore, refreshedBefore } = filter
  if (provider !== undefined) conditions.push(`provider = ${bind(toStoredText(provider))}`)
  if (tenantId !== undefined) conditions.push(`tenant_id = ${bind(toStoredText(tenantId))}`)
  if (status !== undefined) conditions.push(`status = ${bind(status)}`)
  // The indexes on the times begin with the status.
  else if (expiresBefore || refreshedBefore) conditions.push("status IN ('active', 'reconnect_required')")
  if (expiresBefore) conditions.push(`expires_at < ${bind(timestamp(expiresBefore.getTime()))}::timestamptz`)
  if (refreshedBefore)
    conditions.push(`refreshed_at < ${bind(timestamp(refreshedBefore.getTime()))}::timestamptz`)
  if (last) {
    const bounds = [last.provider, last.tenantId, last.connectionId].map((id) => bind(String(id)))
    conditions.push(`${key} > (${bounds.join(', ')})`)
  }
  const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')} ` : ''
  return {
    text: `SELECT ${selected} FROM ${table} ${where}ORDER BY provider, tenant_id, connection_id LIMIT ${pageSize}`,
    values,
  }
}

const beginning = '-infinity'

/** As Postgres reads it under any DateStyle; years beyond 9999 and before 1 are spelt its way. */
function timestamp(ms: number): string {
  const date = new Date(ms)
  const year = date.getUTCFullYear()
  // Postgres begins in 4714 BC.
  if (year < -4712) return beginning
  const [, day = '', time = ''] = /-(\d\d-\d\d)T([\d:.]+)Z$/.exec(date.toISOString()) ?? []
  const years = String(year > 0 ? year : 1 - year).padStart(4, '0')
  return `${years}-${day} ${time}+00${year > 0 ? '' : ' BC'}`
}
