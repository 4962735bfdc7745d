/** Google's authorization server, as one object that every Google product's definition spreads. */
export const google = {
  docs: [
    'https://developers.google.com/identity/protocols/oauth2/web-server',
    'https://developers.google.com/identity/protocols/oauth2#expiration',
    'https://developers.google.com/identity/openid-connect/reference',
  ],
  setup: {
    console: 'https://console.cloud.google.com/auth/clients',
    register:
      'Enable the API in a Google Cloud project, configure the consent screen with the scopes, and create an OAuth client of the type "Web application".',
    redirectUri:
      'The whole URI is compared, including case and trailing slash; https with a public domain, or http on localhost; no fragment, wildcard or user info.',
  },
  authorization: {
    url: 'https://accounts.google.com/o/oauth2/v2/auth',
    params: {
      // Both are needed for a refresh token at every connect, not only at a user's first (web-server guide, step 1).
      access_type: 'offline',
      prompt: 'consent',
      // Connecting a sibling product adds to what the user has granted before.
      include_granted_scopes: 'true',
    },
    // Whatever a caller asks for, the account is read from OpenID Connect, so that siblings have one account id.
    scopes: { always: ['openid', 'email', 'profile'] },
    // Sent to most users and not promised to all (discovery document, 2026), so compared and not demanded.
    issuer: { value: 'https://accounts.google.com' },
  },
  token: {
    url: 'https://oauth2.googleapis.com/token',
    authentication: 'client_secret_post',
  },
  tokenResponse: { lifetime: 3_599 },
  refresh: {
    rotates: false,
    // An administrator has restricted one of the services: a refresh token ends by it (#expiration).
    dead: [{ values: ['admin_policy_enforced'] }],
    // "Six months", taken short.
    lifetime: { idle: 15_552_000 },
  },
  revocation: {
    url: 'https://oauth2.googleapis.com/revoke',
    authentication: 'none',
    token: 'refresh_token',
    gone: [{ status: 400, values: ['invalid_token'] }],
    // All that the user has granted to the Cloud project goes at once (web-server guide, incremental authorization).
    ends: 'grant',
    sharedWith: ['gmail', 'google-calendar', 'google-chat', 'google-drive'],
  },
  identity: {
    request: { url: 'https://openidconnect.googleapis.com/v1/userinfo' },
    // The address may change hands (openid-connect reference).
    id: 'sub',
    name: 'email',
  },
  api: {
    rateLimited: [
      { status: 403, at: 'error.errors[0].reason', values: ['rateLimitExceeded', 'userRateLimitExceeded'] },
    ],
  },
} as const

/** What an integrator should know about each of them. */
export const googleQuirks = [
  'Users can untick scopes one by one: compare the scopes of the connection with those asked for.',
  'The scopes of a connection include what the user granted to other Google products of the same client.',
  'While the consent screen is in "Testing", refresh tokens end after seven days.',
  'An account has up to 100 live refresh tokens for one client; each further connect silently ends the oldest.',
  'Disconnecting one Google product ends the sibling connections of the same account.',
  'A 403 with accessNotConfigured or SERVICE_DISABLED means that the API is not enabled in the project.',
] as const
