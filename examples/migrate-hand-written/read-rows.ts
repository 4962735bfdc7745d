import { eachRow, groupedBy } from '../migrate-shared/each-row.ts'

/** A row as it is read: times as instants, everything else as it stands. */
export interface Row {
  readonly id: number
  readonly tenant_id: string
  readonly user_id: string | null
  readonly provider: string
  readonly access_token: string | null
  readonly refresh_token: string | null
  /** `Infinity` where Postgres says `infinity`. */
  readonly expires_at: Date | number | null
  readonly scopes: string | null
  readonly status: string
  readonly account_id: string | null
  readonly metadata: Readonly<Record<string, unknown>>
  readonly created_at: Date
  readonly updated_at: Date | null
}

/** The rows of one tenant after the other. `timeZone`: what `expires_at` and the others are in, without saying so. */
export function readTenants(databaseUrl: string, timeZone: string | undefined): AsyncGenerator<Row[]> {
  const rows = eachRow<Row>(
    databaseUrl,
    `SELECT id, tenant_id, user_id, provider, access_token, refresh_token, expires_at::timestamptz, scopes,
            status, account_id, metadata, created_at::timestamptz, updated_at::timestamptz
     FROM integration_tokens ORDER BY tenant_id, id`,
    timeZone,
  )
  return groupedBy(rows, ({ tenant_id }) => tenant_id)
}
