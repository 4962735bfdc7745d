/** The Microsoft identity platform (v2.0) and Graph, as one object that every Microsoft product's definition spreads. */
export const microsoft = {
  docs: [
    'https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-auth-code-flow',
    'https://learn.microsoft.com/en-us/entra/identity-platform/refresh-tokens',
    'https://learn.microsoft.com/en-us/entra/identity-platform/id-token-claims-reference',
    'https://learn.microsoft.com/en-us/entra/identity-platform/reply-url',
    'https://learn.microsoft.com/en-us/graph/permissions-reference',
    'https://learn.microsoft.com/en-us/graph/errors',
  ],
  setup: {
    console: 'https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade',
    register:
      'Register an application, choose which accounts it supports, add the redirect URI under the platform "Web", the delegated Graph permissions, and a client secret.',
    redirectUri:
      'The whole URI is compared, its path by case; https, or http on localhost with any port; up to 256 characters, no wildcard, and no query where personal accounts are supported.',
  },
  params: {
    tenant: {
      description:
        'who may sign in: common, organizations, consumers, or one directory by its id or a domain of its own',
      pattern:
        '^(?:common|organizations|consumers|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?){1,8})$',
      example: 'contoso.onmicrosoft.com',
      // Applications of one directory fail on `common`; where anybody signs in is the application's decision.
      trusted: true,
    },
    directoryId: {
      description:
        "the directory (Microsoft's tenant) of the account; 9188040d-6c67-4c5b-b112-36a304b66dad for personal accounts",
      pattern: '^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$',
      example: '84841066-274d-4ec0-a5c1-276be684bdd3',
      from: 'token',
    },
  },
  authorization: {
    url: 'https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize',
    // Whoever is signed in to one account would be connected with it unasked.
    params: { prompt: 'select_account' },
    // `offline_access` for the refresh token; the others for the claims that name the account.
    scopes: { always: ['openid', 'profile', 'offline_access'] },
    responseMode: 'query',
  },
  token: {
    url: 'https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token',
    authentication: 'client_secret_post',
    codeLifetime: 600,
  },
  tokenResponse: {
    capture: { directoryId: 'jwt(id_token).tid' },
    lifetime: 3_599,
  },
  refresh: {
    rotates: true,
    // Never by the AADSTS numbers, which change; `invalid_client` is the application's expired secret, not the grant's end.
    dead: [{ values: ['interaction_required', 'consent_required', 'login_required', 'bad_token'] }],
    // Under a 400 as well (v2-oauth2-auth-code-flow, token endpoint errors).
    transient: [{ values: ['temporarily_unavailable'] }],
    lifetime: { idle: 7_776_000 },
    // A used one is not revoked, and lives on for what was left of its 90 days (refresh-tokens).
    reuse: { grace: 7_776_000 },
  },
  // `/me` would need a permission of its own, and gives personal accounts another id than the claims.
  identity: {
    id: 'jwt(id_token).oid',
    // An address may change or be somebody else's: for people only (id-token-claims-reference).
    name: ['jwt(id_token).preferred_username', 'jwt(id_token).name'],
  },
  api: {
    baseUrl: 'https://graph.microsoft.com/v1.0',
    // Bandwidth (graph/errors).
    rateLimited: [{ status: 509 }],
  },
} as const

/** What an integrator should know about each of them. */
export const microsoftQuirks = [
  'The granted scopes never list offline_access, and may list what was consented to before.',
  'Client secrets expire, after 24 months at the latest: then every refresh fails with invalid_client, and no user need reconnect.',
  'An application registered for one directory fails on common (AADSTS50194): fix the param tenant to that directory.',
  'Guests must be sent to the directory whose data is wanted: fix the param tenant to it.',
  'Where a directory wants an administrator’s approval, the user stays on a Microsoft page and comes back only by giving up.',
  'There is no revocation: users remove the app at https://myapps.microsoft.com or https://account.live.com/consent/Manage.',
] as const
