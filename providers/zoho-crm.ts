import type { ProviderDefinition } from '../src/provider/definition.ts'
import { zoho, zohoQuirks } from './families/zoho.ts'

export const zohoCrm = {
  id: 'zoho-crm',
  name: 'Zoho CRM',
  category: 'crm',
  aliases: ['zoho', 'zohocrm'],
  docs: [
    'https://www.zoho.com/crm/developer/docs/api/v8/oauth-overview.html',
    'https://www.zoho.com/crm/developer/docs/api/v8/multi-dc.html',
    'https://www.zoho.com/crm/developer/docs/api/v8/revoke-tokens.html',
    ...zoho.docs,
  ],
  checked: '2026-11-21',
  protocol: 'oauth2',
  setup: zoho.setup,
  quirks: [
    ...zohoQuirks,
    'A refresh token is for the one organization, or sandbox, that the user picked at consent.',
    'A list without a hit is HTTP 204 without a body, one without a change HTTP 304, and a list of records wants `fields`.',
  ],
  params: zoho.params,
  derived: zoho.derived,
  authorization: {
    ...zoho.authorization,
    scopes: {
      separator: ',',
      default: [
        'ZohoCRM.modules.READ',
        'ZohoCRM.settings.fields.READ',
        'ZohoCRM.users.READ',
        'ZohoCRM.org.READ',
      ],
    },
  },
  callback: zoho.callback,
  token: zoho.token,
  tokenResponse: zoho.tokenResponse,
  refresh: zoho.refresh,
  revocation: zoho.revocation,
  identity: {
    request: { url: '{apiDomain}/crm/v8/org' },
    id: 'org[0].zgid',
    name: 'org[0].company_name',
  },
  api: {
    ...zoho.api,
    baseUrl: '{apiDomain}/crm/v8',
    // Some services say it under HTTP 400.
    expired: [{ at: 'code', values: ['INVALID_TOKEN'] }],
    // A 401 as well, that only another consent cures.
    notExpired: [{ status: 401, at: 'code', values: ['OAUTH_SCOPE_MISMATCH'] }],
  },
  history: {
    resource:
      '/Deals?fields=Deal_Name,Stage,Amount,Closing_Date,Modified_Time&sort_by=Modified_Time&sort_order=desc&per_page=200',
    headers: { 'If-Modified-Since': '{since}' },
    timeFormat: 'iso8601',
    // Modified since, not at: a record of that very second could be missing.
    margin: 1,
    items: 'data',
    time: { at: 'Modified_Time', order: 'newest-first' },
    page: { by: 'cursor', at: 'info.next_page_token', more: 'info.more_records', query: 'page_token' },
  },
} as const satisfies ProviderDefinition
