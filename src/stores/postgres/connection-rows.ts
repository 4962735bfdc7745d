import type { ConnectionFilter, ConnectionKey, StoredConnection } from '../../types.ts'
import { parseRecord, toPlainRecord } from '../record-codec.ts'
import { type Column, column, fieldsOf, type StoredRow, selectedAs, timestamp, valuesOf } from './columns.ts'
import type { RecordTable } from './record-statements.ts'
import { toStoredText } from './stored-text.ts'

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
/** Records that `list` reads at a time: no cursor and no transaction stays open between two pages. */
export const pageSize = 500

const selected = selectedAs(columns)

const key = ['provider', 'tenant_id', 'connection_id']

/** Tokens are sealed anew at each write, so that no other has the same. */
export function connectionTable(table: string): RecordTable {
  return { table, columns, key, marks: ['version', 'sealed'] }
}

export function keyValues({ provider, tenantId, connectionId }: ConnectionKey): string[] {
  return [provider, tenantId, connectionId].map(toStoredText)
}

/** Throws `record_unreadable` rather than write what could not be read again. */
export function recordValues(record: StoredConnection): (string | null)[] {
  const plain = toPlainRecord(record)
  parseRecord(plain)
  return valuesOf(columns, plain)
}

export function recordOf(row: StoredRow, key?: ConnectionKey): StoredConnection {
  return parseRecord(fieldsOf(columns, row), key)
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
    conditions.push(`(${key.join(', ')}) > (${bounds.join(', ')})`)
  }
  const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')} ` : ''
  return {
    text: `SELECT ${selected} FROM ${table} ${where}ORDER BY provider, tenant_id, connection_id LIMIT ${pageSize}`,
    values,
  }
}
