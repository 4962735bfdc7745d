import type { ProviderDefinition } from '../src/provider/definition.ts'
import { microsoft, microsoftQuirks } from './families/microsoft.ts'

export const outlook = {
  id: 'outlook',
  name: 'Outlook',
  category: 'email',
  aliases: ['microsoft-outlook', 'ms-outlook', 'msoutlook', 'outlook-mail', 'office365-mail', 'hotmail'],
  docs: [
    ...microsoft.docs,
    'https://learn.microsoft.com/en-us/graph/api/user-list-messages',
    'https://learn.microsoft.com/en-us/graph/outlook-immutable-id',
  ],
  checked: '2026-11-21',
  protocol: 'oauth2',
  setup: microsoft.setup,
  quirks: [
    ...microsoftQuirks,
    'The id of a message changes when it is moved, unless every request says Prefer: IdType="ImmutableId".',
    'Times of events are UTC without an offset, their zone in a field beside them, unless a request says Prefer: outlook.timezone="…".',
    'An account without an Exchange mailbox connects, and its API calls fail with MailboxNotEnabledForRESTAPI.',
  ],
  params: { ...microsoft.params, tenant: { ...microsoft.params.tenant, default: 'common' } },
  authorization: {
    ...microsoft.authorization,
    scopes: { ...microsoft.authorization.scopes, default: ['Mail.Read', 'Calendars.Read'] },
  },
  token: microsoft.token,
  tokenResponse: microsoft.tokenResponse,
  refresh: microsoft.refresh,
  identity: microsoft.identity,
  api: microsoft.api,
  history: {
    // What it is ordered by must come first in the filter (user-list-messages).
    resource:
      '/me/messages?$filter=receivedDateTime%20ge%20{since}%20and%20receivedDateTime%20lt%20{until}&$orderby=receivedDateTime%20desc&$top=100',
    timeFormat: 'iso8601',
    items: 'value',
    time: { at: 'receivedDateTime', order: 'newest-first' },
    page: { by: 'url', at: '[@odata.nextLink]' },
  },
} as const satisfies ProviderDefinition
