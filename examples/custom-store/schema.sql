-- The application's own table. Only tokens to version are latchkey's business; the rest is the application's.
CREATE TABLE integration_tokens (
  workspace_id  text COLLATE "C" NOT NULL,
  integration   text COLLATE "C" NOT NULL,
  slot          text COLLATE "C" NOT NULL,
  state         text NOT NULL,
  expires       timestamptz,
  refreshed     timestamptz NOT NULL,
  details       jsonb NOT NULL,
  tokens        text NOT NULL,
  version       integer NOT NULL,
  installed_by  text,
  billing_plan  text NOT NULL DEFAULT 'free',
  PRIMARY KEY (integration, workspace_id, slot)
);
CREATE INDEX integration_tokens_expires ON integration_tokens (state, expires);
CREATE TABLE integration_claims (id text PRIMARY KEY, ends timestamptz NOT NULL);
CREATE TABLE integration_leases (id text PRIMARY KEY, owner uuid NOT NULL, ends timestamptz NOT NULL);
