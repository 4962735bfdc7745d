-- The table that a Python service has kept: what migrate.ts reads. Yours will differ; row.ts is where to say how.
CREATE TABLE integration_tokens (
  id serial PRIMARY KEY,
  tenant_id text NOT NULL,
  user_id text,
  provider text NOT NULL, -- 'google_calendar', 'gdrive', 'Slack'
  access_token text, -- plain, or a Fernet token
  refresh_token text,
  expires_at timestamp, -- without a time zone; 2099-12-31 for "never"
  scopes text, -- 'a b', 'a,b' or '["a", "b"]'
  status text NOT NULL DEFAULT 'active',
  account_id text,
  metadata jsonb NOT NULL DEFAULT '{}', -- realm_id, shop, instance_url
  created_at timestamp NOT NULL DEFAULT now(),
  updated_at timestamp
);
