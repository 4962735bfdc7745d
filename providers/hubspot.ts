import type { ProviderDefinition } from '../src/provider/definition.ts'

export const hubspot = {
  id: 'hubspot',
  name: 'HubSpot',
  category: 'crm',
  aliases: ['hub-spot', 'hubspot-crm', 'hubspot.com'],
  docs: [
    'https://developers.hubspot.com/docs/api-reference/latest/authentication/manage-oauth-tokens',
    'https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/scopes',
    'https://developers.hubspot.com/docs/api-reference/2026-03/crm/search-the-crm',
    'https://developers.hubspot.com/changelog/v1-oauth-api-deprecation',
    'https://developers.hubspot.com/changelog/new-oauth-v3-api-endpoints-and-standardized-error-responses',
  ],
  checked: '2026-11-21',
  setup: {
    console: 'https://app.hubspot.com/developer',
    register:
      'A public app whose required scopes are exactly those asked for with scope, and whose optional scopes hold those asked for with optional_scope: any difference ends on an error page of HubSpot’s.',
    redirectUri: 'https, or http on localhost; each is listed on the app and compared exactly.',
  },
  quirks: [
    'Only a super admin, or a user who may install apps, can connect an account.',
    'A user who cancels mostly stays on a page of HubSpot’s and never comes back.',
    'Connections of one user and account share one refresh token; revoking it ends them all, but leaves the app installed.',
    'A search hands out 10,000 records at most: a backfill goes window by window, oldest first.',
    'MCP auth apps (mcp.hubspot.com) are another kind of app with another authorization server.',
  ],
  protocol: 'oauth2',
  params: {
    hubId: {
      description: 'the HubSpot account (portal)',
      pattern: '^[0-9]{1,20}$',
      example: '62515',
      from: 'token',
    },
    hubDomain: {
      description: "the account's domain, which is how people know it",
      pattern: '^.{1,253}$',
      example: 'acme.com',
      from: 'discovery',
      // Introspection does not promise it.
      default: '{hubId}',
    },
  },
  authorization: {
    url: 'https://app.hubspot.com/oauth/authorize',
    scopes: {
      default: [
        'crm.objects.contacts.read',
        'crm.objects.companies.read',
        'crm.objects.deals.read',
        'crm.objects.owners.read',
      ],
      always: ['oauth'],
      // Dropped where the account's plan lacks them; under `scope` they would stop the connect.
      optional: { parameter: 'optional_scope', default: ['sales-email-read', 'conversations.read'] },
    },
    pkce: 'supported',
  },
  token: {
    // The dated endpoint: v1, which most libraries still call, ends on 2027-02-16 (v1-oauth-api-deprecation).
    url: 'https://api.hubapi.com/oauth/2026-03/token',
    authentication: 'client_secret_post',
  },
  tokenResponse: {
    fields: { scope: ['scopes', 'scope'] },
    // RFC 6749's names, HubSpot's own, or the API's default error with a `category` (oauth 2026-03 specification).
    error: { code: ['error', 'category', 'status'], description: ['error_description', 'message'] },
    capture: { hubId: 'hub_id' },
    lifetime: 1_800,
  },
  refresh: {
    rotates: false,
    dead: [{ at: 'status', values: ['BAD_REFRESH_TOKEN'] }],
  },
  revocation: {
    // Refresh tokens only. It does not uninstall the app.
    url: 'https://api.hubapi.com/oauth/2026-03/token/revoke',
    authentication: 'client_secret_post',
    token: 'refresh_token',
    params: { token_type_hint: 'refresh_token' },
    ends: 'grant',
  },
  discovery: [
    {
      // The client's secret is its credential (oauth 2026-03 specification).
      url: 'https://api.hubapi.com/oauth/2026-03/token/introspect',
      form: {
        token: '{accessToken}',
        token_type_hint: 'access_token',
        client_id: '{clientId}',
        client_secret: '{clientSecret}',
      },
      credential: false,
      capture: { hubDomain: 'hub_domain' },
    },
  ],
  identity: { id: 'hub_id', name: '{hubDomain}' },
  api: { baseUrl: 'https://api.hubapi.com' },
  history: {
    resource: '/crm/objects/2026-03/contacts/search',
    json: {
      filterGroups: [
        {
          filters: [
            { propertyName: 'lastmodifieddate', operator: 'GTE', value: '{since}' },
            { propertyName: 'lastmodifieddate', operator: 'LT', value: '{until}' },
          ],
        },
      ],
      sorts: [{ propertyName: 'lastmodifieddate', direction: 'ASCENDING' }],
      limit: 100,
    },
    timeFormat: 'unix-ms',
    items: 'results',
    time: { at: ['properties.lastmodifieddate', 'updatedAt'] },
    total: 'total',
    page: { by: 'cursor', at: 'paging.next.after', json: 'after' },
  },
} as const satisfies ProviderDefinition
