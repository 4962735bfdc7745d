import { resend, resendRemoval } from './broken-connection.ts'
import type { StoredRow } from './columns.ts'
import { type Column, parametersOf, readRow, selectedAs } from './columns.ts'
import type { Statements } from './statements.ts'

/** How one record of a table is found, and how a write that is sent again knows itself. */
export interface RecordTable {
  readonly table: string
  /** As they are read. The key's come first: they are $1 and so on of every statement about one record. */
  readonly columns: readonly Column[]
  /** Columns that are written besides. */
  readonly unread?: readonly Column[]
  /** Names of the key's columns. */
  readonly key: readonly string[]
  /** Names of columns that together no other write has the same. */
  readonly marks: readonly string[]
}

/** Reads and conditional writes of one record, each sent again where the connection broke. */
export interface RecordAccess {
  load(key: readonly string[]): Promise<StoredRow | undefined>
  /** `values`: of all columns, in their order. */
  save(values: readonly (string | null)[], expectedVersion: number | null): Promise<boolean>
  remove(key: readonly string[], expectedVersion: number | undefined): Promise<boolean>
}

export function recordAccess({ ask, query, changes }: Statements, of: RecordTable): RecordAccess {
  const sql = recordStatements(of)
  return {
    async load(key) {
      const [row] = await ask('load', () => resend(() => query(sql.load, key)))
      return row === undefined ? undefined : readRow(row)
    },
    save: (values, expectedVersion) =>
      ask('save', () =>
        resend((again) =>
          expectedVersion === null
            ? changes(again ? sql.createAgain : sql.create, values)
            : changes(again ? sql.replaceAgain : sql.replace, [...values, String(expectedVersion)]),
        ),
      ),
    remove: (key, expectedVersion) =>
      ask('remove', () =>
        resendRemoval(() =>
          expectedVersion === undefined
            ? changes(sql.remove, key)
            : changes(sql.removeVersion, [...key, String(expectedVersion)]),
        ),
      ),
  }
}

/** `again`: the first try may have worked, and what it wrote counts as ours. */
export function recordStatements({ table, columns, unread = [], key, marks }: RecordTable) {
  const written = [...columns, ...unread]
  const values = parametersOf(written)
  const places = new Map(written.map(({ name }, index) => [name, values[index]]))
  const assignments = written
    .filter(({ name }) => !key.includes(name))
    .map(({ name }) => `${name} = ${places.get(name)}`)
  const isKey = `(${key.join(', ')}) = (${key.map((name) => places.get(name)).join(', ')})`
  const insert = `INSERT INTO ${table} AS held (${written.map(({ name }) => name).join(', ')})
VALUES (${values.join(', ')}) ON CONFLICT (${key.join(', ')})`
  const update = `UPDATE ${table} SET ${assignments.join(', ')} WHERE ${isKey}`
  const remove = `DELETE FROM ${table} WHERE ${isKey}`
  const done = 'RETURNING 1 AS done'
  const expected = `version = $${written.length + 1}::text::bigint`
  const isHeld = marks.map((name) => `held.${name} = excluded.${name}`).join(' AND ')
  const isWritten = marks.map((name) => `${name} = ${places.get(name)}`).join(' AND ')
  return {
    load: `SELECT ${selectedAs(columns)} FROM ${table} WHERE ${isKey}`,
    create: `${insert} DO NOTHING ${done}`,
    createAgain: `${insert} DO UPDATE SET version = excluded.version
WHERE ${isHeld} ${done}`,
    replace: `${update} AND ${expected} ${done}`,
    replaceAgain: `${update} AND (${expected} OR (${isWritten})) ${done}`,
    remove: `${remove} ${done}`,
    removeVersion: `${remove} AND version = $${key.length + 1}::text::bigint ${done}`,
  }
}
