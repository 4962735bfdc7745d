import type { ProviderDefinition } from '../src/provider/definition.ts'
import { zoho, zohoQuirks } from './families/zoho.ts'

export const zohoBooks = {
  id: 'zoho-books',
  name: 'Zoho Books',
  category: 'accounting',
  aliases: ['zohobooks'],
  docs: ['https://www.zoho.com/books/api/v3/oauth/', ...zoho.docs],
  checked: '2026-11-21',
  protocol: 'oauth2',
  setup: zoho.setup,
  quirks: [
    ...zohoQuirks,
    'Bodies hold `code`, which is 0 where all is well; 100 requests a minute for one organization, and no Retry-After.',
  ],
  params: {
    ...zoho.params,
    organizationId: {
      description: 'the Zoho Books organization',
      pattern: '^[0-9]{1,20}$',
      example: '10234695',
      from: ['user', 'discovery'],
    },
    organizationName: {
      description: "the organization's name",
      pattern: '^.{1,500}$',
      example: 'Zillum',
      from: 'discovery',
    },
  },
  derived: zoho.derived,
  authorization: {
    ...zoho.authorization,
    scopes: {
      separator: ',',
      default: [
        'ZohoBooks.invoices.READ',
        'ZohoBooks.contacts.READ',
        'ZohoBooks.customerpayments.READ',
        'ZohoBooks.expenses.READ',
        'ZohoBooks.bills.READ',
        'ZohoBooks.banking.READ',
        'ZohoBooks.settings.READ',
      ],
    },
  },
  callback: zoho.callback,
  token: zoho.token,
  tokenResponse: zoho.tokenResponse,
  refresh: zoho.refresh,
  revocation: zoho.revocation,
  discovery: [
    {
      // Every call names its organization, and no token says which (books/api/v3/organizations).
      url: '{apiDomain}/books/v3/organizations',
      capture: {
        organizationId: [
          'organizations[is_default_org=true].organization_id',
          'organizations[0].organization_id',
        ],
        organizationName: ['organizations[is_default_org=true].name', 'organizations[0].name'],
      },
      // The user's own default until another one is chosen.
      choose: { param: 'organizationId', list: 'organizations', id: 'organization_id', name: 'name' },
      required: true,
    },
  ],
  identity: { id: '{organizationId}', name: '{organizationName}' },
  api: {
    ...zoho.api,
    baseUrl: '{apiDomain}/books/v3',
    query: { organization_id: '{organizationId}' },
  },
  history: {
    resource: '/invoices?per_page=200&date_start={since}&date_end={until}&sort_column=date&sort_order=D',
    timeFormat: 'date',
    items: 'invoices',
    id: 'invoice_id',
    time: { at: 'date', format: 'date', order: 'newest-first' },
    page: { by: 'number', query: 'page', more: 'page_context.has_more_page' },
  },
} as const satisfies ProviderDefinition
