import { randomBytes } from 'node:crypto'
import type { SyncStore } from '../../types.ts'
import { selectReadable } from '../select-readable.ts'
import { matchesSync } from '../sync-document.ts'
import { recordAccess } from './record-statements.ts'
import type { Statements } from './statements.ts'
import { documentOf, documentValues, syncPageQuery, syncPageSize, syncTable } from './sync-rows.ts'

/** The documents of `latchkey/sync` in a table of their own. */
export function postgresSyncs(statements: Statements, table: string): SyncStore {
  const documents = recordAccess(statements, syncTable(table))
  return {
    async load(id) {
      const row = await documents.load([id])
      return row && documentOf(row, id)
    },
    async save(document, { expectedVersion }) {
      const mark = randomBytes(12).toString('base64url')
      return documents.save(documentValues(document, mark), expectedVersion)
    },
    remove: (id, options) => documents.remove([id], options?.expectedVersion),
    list: (filter) =>
      selectReadable(
        statements.pages(syncPageSize, (last) => syncPageQuery(table, filter, last)),
        (row) => documentOf(row),
        (document) => matchesSync(document, filter),
      ),
  }
}
