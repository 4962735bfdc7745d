-- For postgresStore with its default table. For options.table, put that name in place of latchkey_connections.

CREATE TABLE IF NOT EXISTS "latchkey_connections_syncs" (
  id text COLLATE "C" PRIMARY KEY,
  provider text COLLATE "C",
  tenant_id text COLLATE "C",
  status text COLLATE "C",
  due_at bigint,
  version bigint NOT NULL CHECK (version >= 0),
  data text NOT NULL,
  write_mark text COLLATE "C" NOT NULL
);

CREATE INDEX IF NOT EXISTS "latchkey_connections_syncs_due_at" ON "latchkey_connections_syncs" (due_at, id) WHERE status IS NOT NULL;

CREATE INDEX IF NOT EXISTS "latchkey_connections_syncs_tenant" ON "latchkey_connections_syncs" (tenant_id, id) WHERE status IS NOT NULL;
