import type {
  ApiKeyDefinition,
  OAuth1Definition,
  PlaidLinkDefinition,
} from '../../src/provider/definition.ts'

const common = {
  category: 'crm',
  docs: ['https://docs.example.com/api'],
  checked: '2026-11-21',
} as const

/** A key over Basic, at a host of each tenant. */
export const keyed = {
  ...common,
  id: 'keyed',
  name: 'Keyed',
  protocol: 'api-key',
  params: {
    subdomain: { description: 'the desk', pattern: '^[a-z0-9-]{1,40}$', example: 'acme', required: true },
  },
  credentials: {
    apiKey: { description: 'the key', pattern: '^key_[A-Za-z0-9]{20}$', example: 'key_abcdefghij0123456789' },
  },
  tokenResponse: { error: { code: 'code', description: 'message' } },
  identity: {
    request: { url: 'https://{subdomain}.keyed.example/api/me' },
    id: 'agent.id',
    name: 'agent.name',
  },
  api: {
    baseUrl: 'https://{subdomain}.keyed.example/api',
    credential: { basic: { username: '{accessToken}', password: 'X' } },
  },
} as const satisfies ApiKeyDefinition

/** RFC 5849, every call to the API signed. */
export const signed = {
  ...common,
  id: 'signed',
  name: 'Signed',
  protocol: 'oauth1',
  signatureMethod: 'HMAC-SHA1',
  requestToken: { url: 'https://signed.example/oauth/request' },
  authorization: {
    url: 'https://signed.example/oauth/authorize',
    params: { expiration: 'never' },
    scopes: { separator: ',', default: ['read', 'account'] },
  },
  accessToken: { url: 'https://signed.example/oauth/access' },
  tokenResponse: { lifetime: false },
  revocation: {
    url: 'https://api.signed.example/1/tokens/{accessToken}',
    method: 'DELETE',
    body: 'none',
    authentication: 'access_token',
    token: 'access_token',
  },
  identity: { request: { url: 'https://api.signed.example/1/members/me?fields=id' }, id: 'id' },
  api: { baseUrl: 'https://api.signed.example/1' },
} as const satisfies OAuth1Definition

/** The same with the token in a header instead of a signature. */
export const headed = {
  ...signed,
  id: 'headed',
  api: {
    baseUrl: 'https://api.signed.example/1',
    credential: {
      header: 'Authorization',
      value: 'OAuth oauth_consumer_key="{clientId}", oauth_token="{accessToken}"',
    },
  },
} as const satisfies OAuth1Definition

const linkHeaders = { 'X-Client': '{clientId}', 'X-Secret': '{clientSecret}' } as const

/** A hosted page, a token in every JSON body, an environment in the host. */
export const linked = {
  ...common,
  id: 'linked',
  name: 'Linked',
  protocol: 'plaid-link',
  params: {
    environment: {
      description: 'the environment',
      pattern: '^(?:sandbox|production)$',
      example: 'sandbox',
      default: 'production',
      trusted: true,
    },
  },
  link: {
    create: {
      url: 'https://{environment}.linked.example/link/create',
      json: {
        client_name: 'App',
        user: { id: '{userId}' },
        products: '{scopes}',
        hosted: { completion: '{completionUri}' },
      },
    },
    update: {
      url: 'https://{environment}.linked.example/link/create',
      json: {
        client_name: 'App',
        user: { id: '{userId}' },
        access_token: '{accessToken}',
        hosted: { completion: '{completionUri}' },
      },
    },
    token: 'link_token',
    url: 'hosted_url',
    session: {
      url: 'https://{environment}.linked.example/link/get',
      json: { link_token: '{linkToken}' },
    },
    publicToken: 'sessions[0].results[0].public_token',
    finished: 'sessions[0].finished_at',
    exit: { at: 'sessions[0].exit', code: 'sessions[0].exit.code', description: 'sessions[0].exit.words' },
    scopes: { default: ['transactions'] },
  },
  token: {
    url: 'https://{environment}.linked.example/exchange',
    json: { public_token: '{publicToken}' },
  },
  tokenResponse: { error: { code: 'error_code', description: 'error_message' }, lifetime: false },
  revocation: {
    url: 'https://{environment}.linked.example/remove',
    body: 'json',
    authentication: 'access_token',
    token: 'access_token',
    parameter: 'access_token',
  },
  identity: {
    request: { url: 'https://{environment}.linked.example/item/get', method: 'POST' },
    id: 'item.item_id',
  },
  api: {
    baseUrl: 'https://{environment}.linked.example',
    credential: { json: 'access_token', headers: linkHeaders },
    headers: { 'Linked-Version': '1' },
    ended: [{ status: 400, values: ['LOGIN_REQUIRED'] }],
  },
} as const satisfies PlaidLinkDefinition
