import { and, asc, eq, lt, type SQL, sql } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import type { ConnectionFilter, StoredConnection, TokenStore } from 'latchkey'
import { connectionRow } from '../custom-store/row.ts'
import { integrationTokens as table } from './schema.ts'

const pageSize = 500

type Key = Pick<StoredConnection, 'provider' | 'tenantId' | 'connectionId'>

/** Connections in the application's own `integration_tokens`, whose other columns are left alone. */
export function drizzleTokens(db: NodePgDatabase): TokenStore {
  return {
    async load(key) {
      const [row] = await db.select().from(table).where(rowOf(key))
      return row && connectionRow.parse(row)
    },

    // The comparison and the write are one statement: that is all it takes to be atomic.
    async save(record, { expectedVersion }) {
      const values = valuesOf(record)
      const { rowCount } =
        expectedVersion === null
          ? await db.insert(table).values(values).onConflictDoNothing()
          : await db.update(table).set(values).where(rowOf(record, expectedVersion))
      return rowCount === 1
    },

    async remove(key, options) {
      const { rowCount } = await db.delete(table).where(rowOf(key, options?.expectedVersion))
      return rowCount === 1
    },

    // Pages by the primary key, which no refresh changes, and holds no connection between two pages. A row that cannot
    // be read does not keep the rest from their reader: its error comes last.
    async *list(filter) {
      const damaged: unknown[] = []
      for (let after: Key | undefined = { provider: '', tenantId: '', connectionId: '' }; after; ) {
        const rows = await readPage(db, filter, after)
        for (const row of rows) {
          const read = connectionRow.safeParse(row)
          if (read.success) yield read.data
          else damaged.push(read.error)
        }
        const last = rows.length === pageSize ? rows.at(-1) : undefined
        after = last && { provider: last.integration, tenantId: last.workspace_id, connectionId: last.slot }
      }
      if (damaged.length > 0) throw damaged[0]
    },
  }
}

/** The one row of a key, where it has the version that is asked for. */
function rowOf({ provider, tenantId, connectionId }: Key, version?: number): SQL | undefined {
  return and(
    eq(table.integration, provider),
    eq(table.workspace_id, tenantId),
    eq(table.slot, connectionId),
    version === undefined ? undefined : eq(table.version, version),
  )
}

function valuesOf(record: StoredConnection): typeof table.$inferInsert {
  const { provider, tenantId, connectionId, status, expiresAt, refreshedAt, sealed, version, ...details } =
    record
  return {
    workspace_id: tenantId,
    integration: provider,
    slot: connectionId,
    state: status,
    // Not `undefined`, with which Drizzle leaves the former value in its place.
    expires: expiresAt ?? null,
    refreshed: refreshedAt,
    details,
    tokens: sealed,
    version,
  }
}

function readPage(db: NodePgDatabase, filter: ConnectionFilter, after: Key) {
  const { provider, tenantId, status, expiresBefore, refreshedBefore } = filter
  const { integration, workspace_id, slot, state, expires, refreshed } = table
  return db
    .select()
    .from(table)
    .where(
      and(
        sql`(${integration}, ${workspace_id}, ${slot}) > (${after.provider}, ${after.tenantId}, ${after.connectionId})`,
        provider === undefined ? undefined : eq(integration, provider),
        tenantId === undefined ? undefined : eq(workspace_id, tenantId),
        status === undefined ? undefined : eq(state, status),
        expiresBefore && lt(expires, expiresBefore),
        refreshedBefore && lt(refreshed, refreshedBefore),
      ),
    )
    .orderBy(asc(integration), asc(workspace_id), asc(slot))
    .limit(pageSize)
}
