import { resend } from './broken-connection.ts'
import { readRow, type StoredRow } from './columns.ts'
import { asDatabaseFailure, type PostgresDatabase } from './postgres-database.ts'

/** Statements of a store, which fail in words of ours. */
export interface Statements {
  /** Runs `work`; what it throws becomes an `OAuthError` that names the operation. */
  ask<T>(operation: string, work: () => Promise<T>): Promise<T>
  query(text: string, values: readonly unknown[]): Promise<unknown[]>
  /** Whether the statement gave a row. */
  changes(text: string, values: readonly unknown[]): Promise<boolean>
  /** All rows, `size` at a time: no cursor and no transaction stays open between two pages. */
  pages(size: number, pageAfter: (last: StoredRow | undefined) => PageQuery): AsyncIterable<StoredRow>
}

export interface PageQuery {
  readonly text: string
  readonly values: readonly string[]
}

export function statementsOn(database: PostgresDatabase): Statements {
  const query = (text: string, values: readonly unknown[]) => database.query(text, values)

  async function ask<T>(operation: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw asDatabaseFailure(error, operation)
    }
  }

  return {
    ask,
    query,
    changes: async (text, values) => (await query(text, values)).length > 0,
    async *pages(size, pageAfter) {
      let last: StoredRow | undefined
      while (true) {
        const { text, values } = pageAfter(last)
        const page = (await ask('list', () => resend(() => query(text, values)))).map(readRow)
        yield* page
        last = page.at(-1)
        if (page.length < size) return
      }
    },
  }
}
