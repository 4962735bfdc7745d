-- For postgresStore with its default table. For options.table, put that name in place of latchkey_connections.

CREATE TABLE IF NOT EXISTS "latchkey_connections" (
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
);

CREATE INDEX IF NOT EXISTS "latchkey_connections_expires_at" ON "latchkey_connections" (status, expires_at);

CREATE INDEX IF NOT EXISTS "latchkey_connections_refreshed_at" ON "latchkey_connections" (provider, status, refreshed_at);

CREATE TABLE IF NOT EXISTS "latchkey_connections_claims" (
  id text COLLATE "C" PRIMARY KEY,
  owner text COLLATE "C" NOT NULL,
  ends_at timestamptz NOT NULL
);

CREATE INDEX IF NOT EXISTS "latchkey_connections_claims_ends_at" ON "latchkey_connections_claims" (ends_at);

CREATE TABLE IF NOT EXISTS "latchkey_connections_leases" (
  id text COLLATE "C" PRIMARY KEY,
  owner text COLLATE "C" NOT NULL,
  ends_at timestamptz NOT NULL
);

CREATE INDEX IF NOT EXISTS "latchkey_connections_leases_ends_at" ON "latchkey_connections_leases" (ends_at);
