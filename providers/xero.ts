import type { ProviderDefinition } from '../src/provider/definition.ts'

export const xero = {
  id: 'xero',
  name: 'Xero',
  category: 'accounting',
  aliases: ['xero.com', 'xero-accounting'],
  docs: [
    'https://developer.xero.com/documentation/guides/oauth2/auth-flow/',
    'https://developer.xero.com/documentation/guides/oauth2/scopes/',
    'https://developer.xero.com/documentation/guides/oauth2/tenants/',
    'https://developer.xero.com/faq/oauth2',
    'https://developer.xero.com/faq/granular-scopes',
    'https://developer.xero.com/documentation/guides/oauth2/limits/',
  ],
  checked: '2026-11-21',
  protocol: 'oauth2',
  setup: {
    console: 'https://developer.xero.com/app/manage',
    register:
      'Create an app of the type “Web app”; how many organisations may connect depends on the tier it is on.',
    redirectUri:
      'Exactly one of up to 50 registered URIs, trailing slash included; https, or http on localhost.',
  },
  quirks: [
    'A token belongs to a user, and reaches every organisation that user ever connected to the app: the one of this connection is named in each call.',
    'The user picks the organisation on Xero’s own page; where several are granted at once, the application chooses.',
    'Apps made since 2 March 2026 have granular scopes only: `accounting.transactions.read` is refused there, and ends for all in September 2027.',
    'A missing scope is answered with 401 `AuthorizationUnsuccessful`, an organisation that was disconnected with 403 `AuthenticationUnsuccessful`.',
    'Revoking ends all of this user’s organisations; `DELETE https://api.xero.com/connections/{id}` ends one.',
    'An organisation that is offline is answered with 503 in plain text.',
    'Some changes do not move `UpdatedDateUTC`: compare everything from time to time.',
  ],
  params: {
    authEventId: {
      description: 'the authorization in which organisations were granted',
      pattern: '^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$',
      example: 'd99ecdfe-391d-43d2-b834-17636ba90e8d',
      from: 'token',
    },
    organisationId: {
      description: 'the organisation, which Xero calls a tenant',
      pattern: '^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$',
      example: '70784a63-d24b-46a9-a4db-0e70a274b056',
      from: ['user', 'discovery'],
    },
  },
  authorization: {
    // Another host than the token endpoint's.
    url: 'https://login.xero.com/identity/connect/authorize',
    scopes: {
      // The first three say who connected; the rest are the granular ones (faq/granular-scopes).
      default: [
        'openid',
        'profile',
        'email',
        'accounting.settings.read',
        'accounting.contacts.read',
        'accounting.invoices.read',
        'accounting.payments.read',
        'accounting.banktransactions.read',
      ],
      always: ['offline_access'],
    },
    pkce: 'supported',
  },
  token: {
    url: 'https://identity.xero.com/connect/token',
    authentication: 'client_secret_basic',
    codeLifetime: 300,
  },
  tokenResponse: {
    // A refreshed token keeps the event of its own authorization.
    capture: { authEventId: 'jwt(access_token).authentication_event_id' },
    lifetime: 1_800,
  },
  refresh: {
    rotates: true,
    lifetime: { idle: 5_184_000 },
    // For an answer that was lost, the old one may be sent again (faq/oauth2).
    reuse: { grace: 1_800 },
  },
  revocation: {
    url: 'https://identity.xero.com/connect/revocation',
    authentication: 'client_secret_basic',
    token: 'refresh_token',
    ends: 'grant',
  },
  discovery: [
    {
      url: 'https://api.xero.com/connections',
      choose: {
        param: 'organisationId',
        list: '',
        id: 'tenantId',
        name: 'tenantName',
        where: { at: 'authEventId', equals: '{authEventId}' },
      },
      required: true,
    },
  ],
  // The user, because the grant is the user's: revoking it ends every connection of the same account.
  identity: {
    id: ['jwt(access_token).xero_userid', 'jwt(id_token).xero_userid'],
    name: ['jwt(id_token).email', 'jwt(id_token).name'],
  },
  api: {
    baseUrl: 'https://api.xero.com/api.xro/2.0',
    // XML is what comes without the first.
    headers: { Accept: 'application/json', 'xero-tenant-id': '{organisationId}' },
    notExpired: [{ status: 401, at: ['Detail', 'detail'], values: ['AuthorizationUnsuccessful'] }],
  },
  history: {
    resource: '/Invoices?pageSize=100&order=UpdatedDateUTC%20DESC',
    headers: { 'If-Modified-Since': '{since}' },
    timeFormat: 'iso8601',
    items: 'Invoices',
    id: 'InvoiceID',
    time: { at: 'UpdatedDateUTC', format: 'json-date', order: 'newest-first' },
    total: 'pagination.itemCount',
    page: { by: 'number', query: 'page', size: 100 },
  },
} as const satisfies ProviderDefinition
