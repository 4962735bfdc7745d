import type pg from 'pg'
import type { SyncDocument, SyncStatus, SyncStore } from '../../src/index.ts'

// The store that docs/custom-store.md shows, which is why it is here: testSyncStore runs on it.

export const schema = `
CREATE TABLE integration_syncs (
  id text COLLATE "C" PRIMARY KEY,
  version bigint NOT NULL,
  provider text COLLATE "C",
  tenant text COLLATE "C",
  status text,
  due bigint, -- milliseconds since 1970
  data text NOT NULL
);
CREATE INDEX integration_syncs_due ON integration_syncs (coalesce(due, -1), id) WHERE status IS NOT NULL;
`

interface Row {
  readonly id: string
  readonly version: string
  readonly provider: string | null
  readonly tenant: string | null
  readonly status: SyncStatus | null
  readonly due: string | null
  readonly data: string
}

export function integrationSyncs(pool: pg.Pool): SyncStore {
  return {
    async load(id) {
      const { rows } = await pool.query<Row>('SELECT * FROM integration_syncs WHERE id = $1', [id])
      return rows[0] && documentOf(rows[0])
    },
    async save({ id, version, provider, tenantId, status, dueAt, data }, { expectedVersion }) {
      const values = [id, version, provider, tenantId, status, dueAt, data]
      const { rowCount } =
        expectedVersion === null
          ? await pool.query(
              'INSERT INTO integration_syncs VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING',
              values,
            )
          : await pool.query(
              `UPDATE integration_syncs SET version = $2, provider = $3, tenant = $4, status = $5, due = $6, data = $7
               WHERE id = $1 AND version = $8`,
              [...values, expectedVersion],
            )
      return rowCount === 1
    },
    async remove(id, { expectedVersion } = {}) {
      const { rowCount } = await pool.query(
        'DELETE FROM integration_syncs WHERE id = $1 AND ($2::bigint IS NULL OR version = $2)',
        [id, expectedVersion],
      )
      return rowCount === 1
    },
    async *list({ provider, tenantId, status, dueBefore }) {
      // What is worked on meanwhile is due later, and would be met again.
      const seen = new Set<string>()
      let last: Row | undefined
      do {
        const { rows } = await pool.query<Row>(
          `SELECT * FROM integration_syncs
           WHERE status IS NOT NULL AND status = coalesce($1, status)
             AND ($2::text IS NULL OR provider = $2) AND ($3::text IS NULL OR tenant = $3)
             AND ($4::bigint IS NULL OR due < $4) AND (coalesce(due, -1), id) > ($5::bigint, $6)
           ORDER BY coalesce(due, -1), id LIMIT 100`,
          [status, provider, tenantId, dueBefore, last ? (last.due ?? -1) : -2, last?.id ?? ''],
        )
        for (const row of rows) if (!seen.has(row.id) && seen.add(row.id)) yield documentOf(row)
        last = rows.at(-1)
      } while (last)
    },
  }
}

function documentOf({ id, version, provider, tenant, status, due, data }: Row): SyncDocument {
  return {
    id,
    version: Number(version),
    data,
    ...(provider !== null && { provider }),
    ...(tenant !== null && { tenantId: tenant }),
    ...(status !== null && { status }),
    ...(due !== null && { dueAt: Number(due) }),
  }
}
