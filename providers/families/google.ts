/** Google's authorization server, as one object that every Google product's definition spreads. */
export const google = {
  docs: [
    'https://developers.google.com/identity/protocols/oauth2/web-server',
    'https://developers.google.com/identity/protocols/oauth2#expiration',
  ],
  authorization: {
    url: 'https://accounts.google.com/o/oauth2/v2/auth',
    // Both are needed for a refresh token at every connect, not only at a user's first (web-server guide, step 1).
    params: { access_type: 'offline', prompt: 'consent' },
    pkce: 'supported',
    // Sent to most users and not promised to all (discovery document, 2026), so compared and not demanded.
    issuer: { value: 'https://accounts.google.com' },
  },
  token: {
    url: 'https://oauth2.googleapis.com/token',
    authentication: 'client_secret_post',
  },
  tokenResponse: { lifetime: 3_599 },
  refresh: { rotates: false },
  revocation: {
    url: 'https://oauth2.googleapis.com/revoke',
    body: 'form',
    authentication: 'none',
    token: 'refresh_token',
  },
} as const
