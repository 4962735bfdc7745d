import type { SyncDocument, SyncFilter } from '../../types.ts'
import { parseSyncDocument } from '../sync-document.ts'
import { column, fieldsOf, type StoredRow, selectedAs, valuesOf } from './columns.ts'
import type { RecordTable } from './record-statements.ts'
import type { PageQuery } from './statements.ts'
import { toStoredText } from './stored-text.ts'

/** The id comes first: it is $1 of every statement about one document. */
const columns = [
  column('id', 'id', 'text'),
  column('provider', 'provider', 'text'),
  column('tenant_id', 'tenantId', 'text'),
  column('status', 'status', 'text'),
  column('due_at', 'dueAt', 'bigint'),
  column('version', 'version', 'bigint'),
  column('data', 'data', 'text'),
]
/** Another one at each write: a statement that is sent again tells its own row by it. */
const writeMark = column('write_mark', 'writeMark', 'text')

/** Documents that `list` reads at a time. */
export const syncPageSize = 200

const selected = selectedAs(columns)
export function syncTable(table: string): RecordTable {
  return { table, columns, unread: [writeMark], key: ['id'], marks: ['write_mark'] }
}

export function documentValues(document: SyncDocument, mark: string): (string | null)[] {
  return valuesOf([...columns, writeMark], { ...document, writeMark: mark })
}

export function documentOf(row: StoredRow, id?: string): SyncDocument {
  return parseSyncDocument(fieldsOf(columns, row), id)
}

/** The next page behind `last`, in the order of time where that is asked for, else of the ids. */
export function syncPageQuery(table: string, filter: SyncFilter, last: StoredRow | undefined): PageQuery {
  const bound: string[] = []
  const bind = (value: string) => `$${bound.push(value)}::text`
  const { provider, tenantId, status, dueBefore } = filter
  // The indexes are on these alone.
  const conditions = ['status IS NOT NULL']
  if (provider !== undefined) conditions.push(`provider = ${bind(toStoredText(provider))}`)
  if (tenantId !== undefined) conditions.push(`tenant_id = ${bind(toStoredText(tenantId))}`)
  if (status !== undefined) conditions.push(`status = ${bind(status)}`)
  if (dueBefore !== undefined) conditions.push(`due_at < ${bind(String(dueBefore))}::bigint`)
  const order = dueBefore === undefined ? 'id' : 'due_at, id'
  if (last && dueBefore === undefined) conditions.push(`id > ${bind(String(last.id))}`)
  if (last && dueBefore !== undefined)
    conditions.push(`(due_at, id) > (${bind(String(last.dueAt))}::bigint, ${bind(String(last.id))})`)
  return {
    text: `SELECT ${selected} FROM ${table} WHERE ${conditions.join(' AND ')} ORDER BY ${order} LIMIT ${syncPageSize}`,
    values: bound,
  }
}
