-- What an application with arctic or simple-oauth2 has: the token object as JSON.
CREATE TABLE oauth_tokens (
  id serial PRIMARY KEY,
  tenant_id text NOT NULL,
  user_id text,
  provider text NOT NULL,
  tokens jsonb NOT NULL,
  stored_at timestamptz NOT NULL DEFAULT now()
);
