import type { OAuth2Definition } from '../../src/provider/definition.ts'

const common = {
  category: 'crm',
  docs: ['https://docs.example.com/oauth'],
  checked: '2026-11-21',
  protocol: 'oauth2',
} as const

/** As RFC 6749, 7636, 7009 and 9700 have it. */
export const plain = {
  ...common,
  id: 'plain',
  name: 'Plain & "Simple"',
  authorization: {
    url: 'https://auth.plain.example/authorize',
    params: { access_type: 'offline' },
    scopes: { default: ['read', 'write'] },
    pkce: 'required',
    issuer: { value: 'https://auth.plain.example', required: true },
    stateMaxLength: 200,
  },
  token: { url: 'https://auth.plain.example/token', authentication: 'client_secret_post' },
  refresh: { rotates: true, reuse: { late: 'ends-grant' } },
  revocation: {
    url: 'https://auth.plain.example/revoke',
    authentication: 'client_secret_post',
    token: 'refresh_token',
    params: { token_type_hint: 'refresh_token' },
  },
  identity: {
    request: { url: 'https://api.plain.example/v1/me' },
    id: 'user.id',
    name: 'user.emails[0].value',
  },
  api: {
    baseUrl: 'https://api.plain.example/v1',
    headers: { 'X-Version': '7' },
    hosts: ['https://files.plain.example'],
  },
  history: {
    resource: '/items?limit=10&since={since}',
    timeFormat: 'iso8601',
    items: 'items',
    time: { at: 'created_at' },
    page: { by: 'cursor', at: 'next', query: 'cursor' },
  },
} as const satisfies OAuth2Definition

/** Basic and JSON, fixed header and parameter, no scopes, no PKCE, expiry never told, the account in the token answer. */
export const basic = {
  ...common,
  id: 'basic',
  name: 'Basic',
  authorization: { url: 'https://basic.example/authorize', pkce: 'unsupported' },
  token: {
    url: 'https://basic.example/token',
    body: 'json',
    authentication: 'client_secret_basic',
    headers: { 'Basic-Version': '2026-01-01' },
    params: { expiring: '1' },
  },
  tokenResponse: {
    fields: { accessToken: 'data.token' },
    error: { code: 'status', description: 'message' },
    defaultExpiresIn: 600,
  },
  refresh: {
    rotates: false,
    url: 'https://basic.example/refresh',
    headers: {},
    dead: [{ values: ['BAD_REFRESH'], contains: 'gone' }],
  },
  revocation: {
    url: 'https://basic.example/apps/{clientId}/token',
    method: 'DELETE',
    body: 'json',
    authentication: 'client_secret_basic',
    token: 'access_token',
    parameter: 'access_token',
    gone: [{ status: 404 }],
  },
  identity: { id: 'workspace.id', name: 'workspace.name' },
  api: { baseUrl: 'https://basic.example/api' },
} as const satisfies OAuth2Definition

/** Failure under HTTP 200, a second token, commas, revocation by the token itself. */
export const workspace = {
  ...common,
  id: 'workspace',
  name: 'Workspace',
  authorization: {
    url: 'https://workspace.example/oauth/authorize',
    scopes: { separator: ',', default: ['channels:read', 'files:read'] },
    additionalScopes: { user: { parameter: 'user_scope', default: [] } },
    pkce: 'unsupported',
  },
  token: { url: 'https://workspace.example/api/oauth.access', authentication: 'client_secret_basic' },
  tokenResponse: { error: { when: { ok: false } }, additionalTokens: { user: { at: 'authed_user' } } },
  refresh: { rotates: true, dead: [{ values: ['invalid_refresh_token'] }] },
  revocation: {
    url: 'https://workspace.example/api/auth.revoke',
    body: 'none',
    authentication: 'access_token',
    token: 'access_token',
    gone: [{ values: ['token_revoked'] }],
  },
  identity: { id: ['team.id', 'enterprise.id'], name: ['team.name', 'enterprise.name'] },
  api: { baseUrl: 'https://workspace.example/api', expired: [{ status: 200, values: ['token_expired'] }] },
} as const satisfies OAuth2Definition

/** A host for each tenant, a signed callback, a grace for used refresh tokens, a header of its own, GraphQL. */
export const shops = {
  ...common,
  id: 'shops',
  name: 'Shops',
  params: {
    shop: { description: 'the shop', pattern: '^[a-z0-9-]{1,40}$', example: 'acme', required: true },
  },
  authorization: {
    url: 'https://{shop}.shops.example/authorize',
    scopes: { separator: ',', default: ['read_orders'] },
    sendResponseType: false,
    pkce: 'unsupported',
  },
  callback: {
    match: { shop: '{shop}.shops.example' },
    signature: {
      parameter: 'hmac',
      algorithm: 'hmac-sha256',
      encoding: 'hex',
      exclude: ['signature'],
      timestamp: { parameter: 'timestamp', tolerance: 90 },
    },
  },
  token: {
    url: 'https://{shop}.shops.example/token',
    authentication: 'client_secret_post',
    headers: { Accept: 'application/json' },
    sendRedirectUri: false,
    sendGrantType: false,
  },
  refresh: {
    rotates: true,
    sendGrantType: true,
    dead: [{ status: 401, values: ['invalid_request'] }],
    reuse: { grace: 100 },
  },
  identity: {
    request: { url: 'https://{shop}.shops.example/api/graphql', json: { query: '{ shop { id } }' } },
    id: 'data.shop.id',
  },
  api: {
    baseUrl: 'https://{shop}.shops.example/api',
    credential: { header: 'X-Shop-Token', value: '{accessToken}' },
  },
} as const satisfies OAuth2Definition

/** Data centers that the callback and the token answer name, a discovery, a query on every call, no rotation. */
export const regions = {
  ...common,
  id: 'regions',
  name: 'Regions',
  params: {
    location: { description: 'where to begin', pattern: '^(?:us|eu)$', example: 'eu', default: 'us' },
    accountsServer: {
      description: 'the authorization server',
      pattern: '^https://accounts\\.regions\\.(?:com|eu)$',
      example: 'https://accounts.regions.eu',
      from: 'callback',
      default: '{startServer}',
      format: 'url',
    },
    apiDomain: {
      description: 'the API server',
      pattern: '^(?:https://api\\.regions\\.com|https://api\\.regions\\.eu)$',
      example: 'https://api.regions.eu',
      from: 'token',
      format: 'url',
    },
    organizationId: {
      description: 'the organization',
      pattern: '^[0-9]+$',
      example: '4711',
      from: 'discovery',
    },
  },
  derived: {
    startServer: {
      from: 'location',
      cases: [
        { when: '^us$', value: 'https://accounts.regions.com' },
        { when: '^eu$', value: 'https://accounts.regions.eu' },
      ],
    },
  },
  authorization: {
    url: '{startServer}/auth',
    scopes: { default: ['https://scopes.regions.example/read'] },
    params: { audience: 'https://api.regions.com' },
    pkce: 'supported',
  },
  callback: { capture: { accountsServer: { parameter: 'accounts-server' } } },
  token: { url: '{accountsServer}/token', authentication: 'client_secret_post' },
  tokenResponse: {
    fields: { scope: 'scopes', expiresIn: ['expires_in_sec', 'expires_in'] },
    capture: { apiDomain: 'api_domain' },
  },
  refresh: { rotates: false },
  revocation: { url: '{accountsServer}/revoke', authentication: 'none', token: 'refresh_token' },
  discovery: [
    {
      url: '{apiDomain}/v3/organizations?per_page=5',
      capture: { organizationId: ['organizations[is_default=true].id', 'organizations[0].id'] },
      required: true,
    },
  ],
  identity: { id: '{organizationId}' },
  api: {
    baseUrl: '{apiDomain}/v3',
    credential: { header: 'Authorization', value: 'Token {accessToken}' },
    query: { organization_id: '{organizationId}' },
  },
} as const satisfies OAuth2Definition

/** form_post, a token request in the query, a form-encoded answer, a refresh token that changes sometimes. */
export const posted = {
  ...common,
  id: 'posted',
  name: 'Posted',
  params: {
    host: {
      description: 'the host',
      pattern: '^[a-z.]+$',
      example: 'posted.internal',
      default: 'posted.example',
      trusted: true,
      format: 'host',
    },
    companyId: { description: 'the company', pattern: '^[0-9]{4,}$', example: '123456', from: 'callback' },
  },
  authorization: {
    url: 'https://{host}/authorize',
    scopes: { default: ['all'] },
    pkce: 'supported',
    responseMode: 'form_post',
  },
  callback: { capture: { companyId: { parameter: 'companyId', required: true } } },
  token: { url: 'https://{host}/token', method: 'GET', body: 'query', authentication: 'none' },
  tokenResponse: { formEncoded: true, fields: { refreshTokenExpiresIn: 'x_refresh_expires_in' } },
  refresh: { rotates: 'sometimes', method: 'POST', body: 'form', sendRedirectUri: true },
  identity: { id: '{companyId}' },
  api: { baseUrl: 'https://{host}/company/{companyId}' },
  history: {
    resource: '/search',
    method: 'POST',
    json: { filter: { after: 'since:{since}' } },
    timeFormat: 'unix-seconds',
    items: 'items',
  },
} as const satisfies OAuth2Definition

export const all: readonly OAuth2Definition[] = [plain, basic, workspace, shops, regions, posted]
