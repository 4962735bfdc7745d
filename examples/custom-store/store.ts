import type { ConnectionFilter, StoredConnection, TokenStore } from 'latchkey'
import type { Pool } from 'pg'
import { connectionRow } from './row.ts'

const columns = 'workspace_id, integration, slot, state, expires, refreshed, details, tokens, version'
const pageSize = 500

/** The primary key of the last row of a page. */
type Place = readonly unknown[]
type Row = Record<string, unknown>

/** Connections in the application's own `integration_tokens`, whose other columns are left alone. */
export function integrationTokens(pool: Pool): TokenStore {
  async function readPage(conditions: string, values: unknown[]): Promise<Row[]> {
    const { rows } = await pool.query<Row>(
      `SELECT ${columns} FROM integration_tokens
       WHERE (integration, workspace_id, slot) > ($1, $2, $3) ${conditions}
       ORDER BY integration, workspace_id, slot LIMIT ${pageSize}`,
      values,
    )
    return rows
  }
  return {
    async load({ provider, tenantId, connectionId }) {
      const { rows } = await pool.query(
        `SELECT ${columns} FROM integration_tokens WHERE integration = $1 AND workspace_id = $2 AND slot = $3`,
        [provider, tenantId, connectionId],
      )
      return rows[0] && connectionRow.parse(rows[0])
    },

    // The comparison and the write are one statement: that is all it takes to be atomic.
    async save(record, { expectedVersion }) {
      const values = valuesOf(record)
      const { rowCount } =
        expectedVersion === null
          ? await pool.query(
              `INSERT INTO integration_tokens (${columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
               ON CONFLICT DO NOTHING`,
              values,
            )
          : await pool.query(
              `UPDATE integration_tokens
               SET state = $4, expires = $5, refreshed = $6, details = $7, tokens = $8, version = $9
               WHERE workspace_id = $1 AND integration = $2 AND slot = $3 AND version = $10`,
              [...values, expectedVersion],
            )
      return rowCount === 1
    },

    async remove({ provider, tenantId, connectionId }, options) {
      const { rowCount } = await pool.query(
        `DELETE FROM integration_tokens WHERE integration = $1 AND workspace_id = $2 AND slot = $3
         AND ($4::integer IS NULL OR version = $4)`,
        [provider, tenantId, connectionId, options?.expectedVersion],
      )
      return rowCount === 1
    },

    // Pages by the primary key, which no refresh changes, and holds no connection between two pages. A row that cannot
    // be read does not keep the rest from their reader: its error comes last.
    async *list(filter) {
      const { conditions, values } = conditionsOf(filter)
      const damaged: unknown[] = []
      let after: Place | undefined = ['', '', '']
      while (after) {
        const rows: Row[] = await readPage(conditions, [...after, ...values])
        for (const row of rows) {
          const read = connectionRow.safeParse(row)
          if (read.success) yield read.data
          else damaged.push(read.error)
        }
        const last = rows.length === pageSize ? rows.at(-1) : undefined
        after = last && [last.integration, last.workspace_id, last.slot]
      }
      if (damaged.length > 0) throw damaged[0]
    },
  }
}

function valuesOf(record: StoredConnection): unknown[] {
  const { provider, tenantId, connectionId, status, expiresAt, refreshedAt, sealed, version, ...details } =
    record
  const json = JSON.stringify(details)
  return [tenantId, provider, connectionId, status, expiresAt, refreshedAt, json, sealed, version]
}

function conditionsOf(filter: ConnectionFilter): { conditions: string; values: unknown[] } {
  const wanted: [condition: string, value: unknown][] = [
    ['integration =', filter.provider],
    ['workspace_id =', filter.tenantId],
    ['state =', filter.status],
    ['expires <', filter.expiresBefore],
    ['refreshed <', filter.refreshedBefore],
  ]
  const given = wanted.filter(([, value]) => value !== undefined)
  return {
    conditions: given.map(([condition], index) => `AND ${condition} $${index + 4}`).join(' '),
    values: given.map(([, value]) => value),
  }
}
