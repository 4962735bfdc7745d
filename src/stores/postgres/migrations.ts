import type { TableNames } from './table-names.ts'

/** One step of the schema. Steps are only ever added: what an application has run is never changed. */
export interface Migration {
  readonly name: string
  /** What the step makes, by the suffix behind the table's name; where all of it is there, the step has been taken. */
  readonly relations: readonly string[]
  /** Each may be run again without harm. */
  statements(names: TableNames): readonly string[]
}

export const migrations: readonly Migration[] = [
  {
    name: '0001_connections',
    relations: [
      '',
      '_expires_at',
      '_refreshed_at',
      '_claims',
      '_claims_ends_at',
      '_leases',
      '_leases_ends_at',
    ],
    statements: (names) => [
      // json rather than jsonb, which refuses \u0000. COLLATE "C": ids are equal only where their bytes are.
      `CREATE TABLE IF NOT EXISTS ${names.connections} (
  provider text COLLATE "C" NOT NULL,
  tenant_id text COLLATE "C" NOT NULL,
  connection_id text COLLATE "C" NOT NULL,
  user_id text,
  status text COLLATE "C" NOT NULL CHECK (status IN ('active', 'reconnect_required')),
  scopes json NOT NULL,
  token_type text NOT NULL,
  expires_at timestamptz,
  refresh_token_expires_at timestamptz,
  account json,
  params json NOT NULL,
  choices json,
  created_at timestamptz NOT NULL,
  connected_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  refreshed_at timestamptz NOT NULL,
  version bigint NOT NULL CHECK (version >= 0),
  sealed text NOT NULL,
  PRIMARY KEY (provider, tenant_id, connection_id)
)`,
      index(names, '_expires_at', names.connections, 'status, expires_at'),
      index(names, '_refreshed_at', names.connections, 'provider, status, refreshed_at'),
      ...['_claims', '_leases'].flatMap((suffix) => [
        `CREATE TABLE IF NOT EXISTS ${names.relation(suffix)} (
  id text COLLATE "C" PRIMARY KEY,
  owner text COLLATE "C" NOT NULL,
  ends_at timestamptz NOT NULL
)`,
        index(names, `${suffix}_ends_at`, names.relation(suffix), 'ends_at'),
      ]),
    ],
  },
  {
    name: '0002_syncs',
    relations: ['_syncs', '_syncs_due_at', '_syncs_tenant'],
    statements: (names) => [
      // due_at is ms since 1970. What has no status is never listed, and so in no index.
      `CREATE TABLE IF NOT EXISTS ${names.syncs} (
  id text COLLATE "C" PRIMARY KEY,
  provider text COLLATE "C",
  tenant_id text COLLATE "C",
  status text COLLATE "C",
  due_at bigint,
  version bigint NOT NULL CHECK (version >= 0),
  data text NOT NULL,
  write_mark text COLLATE "C" NOT NULL
)`,
      index(names, '_syncs_due_at', names.syncs, 'due_at, id', 'status IS NOT NULL'),
      index(names, '_syncs_tenant', names.syncs, 'tenant_id, id', 'status IS NOT NULL'),
    ],
  },
]

function index(names: TableNames, suffix: string, table: string, columns: string, where?: string): string {
  const condition = where === undefined ? '' : ` WHERE ${where}`
  return `CREATE INDEX IF NOT EXISTS ${names.index(suffix)} ON ${table} (${columns})${condition}`
}

/** A migration as a file, for those who run such files themselves. */
export function migrationFile(migration: Migration, names: TableNames): string {
  const statements = migration.statements(names).map((statement) => `\n${statement};\n`)
  return `-- For postgresStore with its default table. For options.table, put that name in place of latchkey_connections.
${statements.join('')}`
}

/** "latchkey" in ASCII: nobody else's lock. */
const lock = `x'${Buffer.from('latchkey').toString('hex')}'::bigint`

/**
 * Takes the steps that have not been taken, as one statement, so that it is one transaction on any connection of a pool,
 * behind a pooler too. The lock lets processes that start together go one after the other, and ends with it.
 */
export async function applyMigrations(
  query: (text: string, values: readonly unknown[]) => Promise<unknown[]>,
  names: TableNames,
): Promise<void> {
  const missing: Migration[] = []
  for (const migration of migrations) {
    const wanted = migration.relations.map((suffix) => names.relation(suffix))
    const tests = wanted.map((_name, index) => `to_regclass($${index + 1}::text) IS NULL`)
    const found = await query(`SELECT 1 AS missing WHERE ${tests.join(' OR ')}`, wanted)
    if (found.length > 0) missing.push(migration)
  }
  if (missing.length === 0) return
  const steps = missing.flatMap((migration) => migration.statements(names))
  const body = [`PERFORM pg_advisory_xact_lock(${lock})`, ...steps].map((step) => `${step};\n`).join('')
  await query(`DO $latchkey$\nBEGIN\n${body}END\n$latchkey$`, [])
}
