/** Zoho's authorization servers, one a data center, as one object that every Zoho product's definition spreads. */
export const zoho = {
  docs: [
    'https://www.zoho.com/accounts/protocol/oauth/multi-dc/client-authorization.html',
    'https://zoho.com/accounts/protocol/oauth/web-apps/access-token-expiry.html',
  ],
  setup: {
    console: 'https://api-console.zoho.com/',
    register:
      'A server-based application, with Multi-DC turned on for every data center that users come from, under one client secret for all of them.',
    redirectUri: 'The one in the API console, character by character; http://localhost is taken.',
  },
  params: {
    location: {
      description: 'the Zoho data center to begin at',
      pattern: '^(?:us|eu|in|au|jp|ca|sa|cn|uk|ae|sg)$',
      example: 'eu',
      default: 'us',
    },
    // The client secret is sent there, so it is one of a list. No suffix is shared: Canada's is zohocloud.ca.
    accountsServer: {
      description: "the account's authorization server",
      pattern:
        '^https://accounts\\.(?:zoho\\.(?:com|eu|in|com\\.au|jp|sa|com\\.cn|uk|ae|sg)|zohocloud\\.ca)$',
      example: 'https://accounts.zoho.eu',
      from: 'callback',
      default: '{startServer}',
      format: 'url',
    },
    apiDomain: {
      description: "the account's API server",
      // Sandboxes and developer organizations have their own; `api.zoho` is how the accounts pages write it.
      pattern:
        '^https://(?:(?:www|sandbox|developer)\\.zohoapis\\.(?:com|eu|in|com\\.au|jp|ca|sa|com\\.cn|uk|ae|sg)|api\\.zoho\\.(?:com|eu|in|com\\.au|jp|sa|com\\.cn|uk|ae|sg))$',
      example: 'https://www.zohoapis.eu',
      from: 'token',
      default: '{apiServer}',
      format: 'url',
    },
  },
  derived: {
    startServer: {
      from: 'location',
      cases: [
        { when: '^us$', value: 'https://accounts.zoho.com' },
        { when: '^eu$', value: 'https://accounts.zoho.eu' },
        { when: '^in$', value: 'https://accounts.zoho.in' },
        { when: '^au$', value: 'https://accounts.zoho.com.au' },
        { when: '^jp$', value: 'https://accounts.zoho.jp' },
        { when: '^ca$', value: 'https://accounts.zohocloud.ca' },
        { when: '^sa$', value: 'https://accounts.zoho.sa' },
        { when: '^cn$', value: 'https://accounts.zoho.com.cn' },
        { when: '^uk$', value: 'https://accounts.zoho.uk' },
        { when: '^ae$', value: 'https://accounts.zoho.ae' },
        { when: '^sg$', value: 'https://accounts.zoho.sg' },
      ],
    },
    /** Where the token response names no `api_domain`. */
    apiServer: {
      from: 'accountsServer',
      cases: [
        { when: '^https://accounts\\.zoho\\.com$', value: 'https://www.zohoapis.com' },
        { when: '^https://accounts\\.zoho\\.eu$', value: 'https://www.zohoapis.eu' },
        { when: '^https://accounts\\.zoho\\.in$', value: 'https://www.zohoapis.in' },
        { when: '^https://accounts\\.zoho\\.com\\.au$', value: 'https://www.zohoapis.com.au' },
        { when: '^https://accounts\\.zoho\\.jp$', value: 'https://www.zohoapis.jp' },
        { when: '^https://accounts\\.zohocloud\\.ca$', value: 'https://www.zohoapis.ca' },
        { when: '^https://accounts\\.zoho\\.sa$', value: 'https://www.zohoapis.sa' },
        { when: '^https://accounts\\.zoho\\.com\\.cn$', value: 'https://www.zohoapis.com.cn' },
        { when: '^https://accounts\\.zoho\\.uk$', value: 'https://www.zohoapis.uk' },
        { when: '^https://accounts\\.zoho\\.ae$', value: 'https://www.zohoapis.ae' },
        { when: '^https://accounts\\.zoho\\.sg$', value: 'https://www.zohoapis.sg' },
      ],
    },
  },
  authorization: {
    url: '{startServer}/oauth/v2/auth',
    // Both are needed for a refresh token at every connect; without, only a user's first consent brings one.
    params: { access_type: 'offline', prompt: 'consent' },
    pkce: 'unsupported',
  },
  // The code is good at that server only, and refreshes go there for good (multi-dc/client-authorization).
  callback: { capture: { accountsServer: { parameter: 'accounts-server' } } },
  token: {
    url: '{accountsServer}/oauth/v2/token',
    authentication: 'client_secret_post',
    // Pages say one minute, or two.
    codeLifetime: 60,
  },
  tokenResponse: {
    // Where both come, `expires_in` is in milliseconds (zohocrm SDK, oauth_token.js).
    fields: { expiresIn: ['expires_in_sec', 'expires_in'] },
    capture: { apiDomain: 'api_domain' },
    error: { status: 200 },
    lifetime: 3_600,
  },
  refresh: {
    rotates: false,
    // The word for a dead refresh token as for a bad code, under HTTP 200.
    dead: [{ values: ['invalid_code'] }],
    // Too many refreshes, as an HTTP 400 that is no verdict on the grant (access-token-expiry).
    transient: [{ status: 400, values: ['Access Denied'] }, { contains: 'too many requests' }],
  },
  revocation: {
    url: '{accountsServer}/oauth/v2/token/revoke',
    authentication: 'none',
    token: 'refresh_token',
    // An unknown token is a 400 (oauth-step5), but so is being throttled; the word for it is not documented.
    gone: [{ status: 400, values: ['invalid_token', 'invalid_code'] }],
  },
  api: { credential: { header: 'Authorization', value: 'Zoho-oauthtoken {accessToken}' } },
} as const

/** What an integrator should know about each of them. */
export const zohoQuirks = [
  'At most 20 refresh tokens per user and client: the next one silently ends the oldest, so connecting again and again ends old connections.',
  'Ten access tokens per refresh token in ten minutes, then HTTP 400 "Access Denied" for a while.',
  'China is on its own: its users begin at location cn, with a client that is registered there.',
  'Failures of the token endpoint come under HTTP 200.',
] as const
