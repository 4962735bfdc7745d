import type { ProviderDefinition } from '../src/provider/definition.ts'

export const hubspot = {
  id: 'hubspot',
  name: 'HubSpot',
  category: 'crm',
  docs: [
    'https://developers.hubspot.com/docs/api-reference/latest/authentication/manage-oauth-tokens',
    'https://developers.hubspot.com/changelog/v1-oauth-api-deprecation',
    'https://developers.hubspot.com/changelog/new-oauth-v3-api-endpoints-and-standardized-error-responses',
  ],
  checked: '2026-11-21',
  protocol: 'oauth2',
  params: {
    hubId: {
      description: 'the HubSpot account (portal)',
      pattern: '^[0-9]{1,20}$',
      example: '62515',
      from: 'token',
    },
  },
  authorization: {
    url: 'https://app.hubspot.com/oauth/authorize',
    scopes: {
      default: [
        'oauth',
        'crm.objects.contacts.read',
        'crm.objects.companies.read',
        'crm.objects.deals.read',
        'crm.objects.owners.read',
      ],
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
  },
  identity: { id: 'hub_id' },
  api: { baseUrl: 'https://api.hubapi.com' },
  history: { resource: '/crm/v3/objects/contacts?limit=100' },
} as const satisfies ProviderDefinition
