import { unreadable } from '../record-codec.ts'
import { fromStoredText, toStoredText } from './stored-text.ts'

type ColumnType = 'text' | 'json' | 'timestamptz' | 'bigint'

export interface Column {
  readonly name: string
  /** The field of the record or document. */
  readonly field: string
  readonly type: ColumnType
}

export const column = (name: string, field: string, type: ColumnType): Column => ({ name, field, type })

/**
 * A row as one JSON text, under the fields' own names: whatever type parsers, DateStyle and TimeZone are in force, it
 * arrives as it is. Times are ms since 1970; one that is no time (infinity) spoils its own record only.
 */
export function selectedAs(columns: readonly Column[]): string {
  const fields = columns.map(({ name, field, type }) => {
    const value = type === 'timestamptz' ? `round(extract(epoch FROM ${name}) * 1000)` : name
    return `'${field}', ${value}`
  })
  return `json_build_object(${fields.join(', ')})::text AS record`
}

/** A place for each column's value. A parameter is text on its way, so that no driver makes something else of it. */
export function parametersOf(columns: readonly Column[]): readonly string[] {
  return columns.map(({ type }, index) => `$${index + 1}::text${type === 'text' ? '' : `::${type}`}`)
}

/** What goes into these places. Throws `record_unreadable` for a time that Postgres cannot hold. */
export function valuesOf(
  columns: readonly Column[],
  plain: Readonly<Record<string, unknown>>,
): (string | null)[] {
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

/** A row as Postgres gave it: the fields, still in stored text. */
export type StoredRow = Record<string, unknown>

export function readRow(row: unknown): StoredRow {
  const text: unknown = typeof row === 'object' && row !== null ? Reflect.get(row, 'record') : undefined
  const fields: unknown = typeof text === 'string' ? JSON.parse(text) : undefined
  if (typeof fields !== 'object' || fields === null) throw unreadable('did not come as text')
  return Object.fromEntries(Object.entries(fields))
}

/** The fields of a row, as they were. */
export function fieldsOf(columns: readonly Column[], row: StoredRow): Record<string, unknown> {
  const texts = new Set(columns.filter(({ type }) => type === 'text').map(({ field }) => field))
  return Object.fromEntries(
    Object.entries(row).map(([field, value]) => [
      field,
      typeof value === 'string' && texts.has(field) ? fromStoredText(value) : value,
    ]),
  )
}

const beginning = '-infinity'

/** As Postgres reads it under any DateStyle; years beyond 9999 and before 1 are spelt its way. */
export function timestamp(ms: number): string {
  const date = new Date(ms)
  const year = date.getUTCFullYear()
  // Postgres begins in 4714 BC.
  if (year < -4712) return beginning
  const [, day = '', time = ''] = /-(\d\d-\d\d)T([\d:.]+)Z$/.exec(date.toISOString()) ?? []
  const years = String(year > 0 ? year : 1 - year).padStart(4, '0')
  return `${years}-${day} ${time}+00${year > 0 ? '' : ' BC'}`
}
