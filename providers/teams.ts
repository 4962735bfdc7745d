import type { ProviderDefinition } from '../src/provider/definition.ts'
import { microsoft, microsoftQuirks } from './families/microsoft.ts'

export const teams = {
  id: 'teams',
  name: 'Microsoft Teams',
  category: 'communication',
  aliases: ['microsoft-teams', 'microsoftteams', 'ms-teams', 'msteams'],
  docs: [
    ...microsoft.docs,
    'https://learn.microsoft.com/en-us/graph/api/chat-list',
    'https://learn.microsoft.com/en-us/graph/api/chat-list-messages',
    'https://learn.microsoft.com/en-us/graph/api/channel-list-messages',
    'https://learn.microsoft.com/en-us/graph/api/organization-list',
  ],
  checked: '2026-11-21',
  protocol: 'oauth2',
  setup: microsoft.setup,
  quirks: [
    ...microsoftQuirks,
    'Messages of channels need ChannelMessage.Read.All, which only an administrator can consent to: ask for it with `scopes` where one connects.',
    'Chat messages have a time bound, silently ignored unless the order names the same property: chats/{id}/messages?$filter=lastModifiedDateTime gt …&$orderby=lastModifiedDateTime desc.',
    'Channel messages have no filter but through delta, and come without replies unless expanded.',
    'Lists of messages have 50 to a page at most.',
  ],
  params: {
    ...microsoft.params,
    // Graph has no Teams for personal accounts (chat-list, permissions).
    tenant: { ...microsoft.params.tenant, default: 'organizations' },
    organizationName: {
      description: "the organisation's name",
      pattern: '^.{1,500}$',
      example: 'Contoso',
      from: 'discovery',
    },
  },
  authorization: {
    ...microsoft.authorization,
    // User.Read for the organisation's name.
    scopes: {
      ...microsoft.authorization.scopes,
      default: ['User.Read', 'Chat.Read', 'Team.ReadBasic.All', 'Channel.ReadBasic.All'],
    },
  },
  token: microsoft.token,
  tokenResponse: microsoft.tokenResponse,
  refresh: microsoft.refresh,
  discovery: [
    {
      url: 'https://graph.microsoft.com/v1.0/organization?$select=id,displayName',
      capture: { organizationName: 'value[0].displayName' },
    },
  ],
  identity: microsoft.identity,
  api: microsoft.api,
  // Without a time bound, the latest first: the messages of each chat have one.
  history: {
    resource:
      '/me/chats?$expand=lastMessagePreview&$orderby=lastMessagePreview/createdDateTime%20desc&$top=50',
    items: 'value',
    page: { by: 'url', at: '[@odata.nextLink]' },
  },
} as const satisfies ProviderDefinition
