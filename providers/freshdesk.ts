import type { ProviderDefinition } from '../src/provider/definition.ts'

export const freshdesk = {
  id: 'freshdesk',
  name: 'Freshdesk',
  category: 'support',
  aliases: ['freshworks-freshdesk', 'freshdesk-api-key'],
  docs: [
    'https://developers.freshdesk.com/api/#authentication',
    'https://developers.freshdesk.com/api/#ratelimit',
    'https://developers.freshworks.com/docs/app-sdk/v3.0/common/whats-new/',
  ],
  checked: '2026-11-21',
  // Freshworks' OAuth is documented for Freshservice, Freshsales and Freshchat; none of its pages names Freshdesk.
  protocol: 'api-key',
  setup: {
    console: 'https://support.freshdesk.com/support/solutions/articles/215517',
    register:
      'Nothing: each agent copies an API key from their own profile settings. The connection has the rights of that agent.',
    redirectUri: 'None: users are not sent anywhere.',
  },
  quirks: [
    'An administrator can hide API keys from agents; then only an administrator can connect.',
    'A custom helpdesk domain does not serve the API reliably: ask for the freshdesk.com name.',
    'Without updated_since, tickets of the last 30 days only are listed; a list ends after 300 pages.',
    'An unknown subdomain answers with an HTML page.',
  ],
  params: {
    subdomain: {
      description: 'the name in front of .freshdesk.com',
      pattern: '^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$',
      example: 'acme',
      required: true,
      normalize: { lowercase: true, stripPrefixes: ['https://'], stripSuffixes: ['/', '.freshdesk.com'] },
    },
  },
  credentials: {
    apiKey: {
      description: 'the API key of an agent: Profile settings, "View API key"',
      pattern: '^[A-Za-z0-9_-]{10,128}$',
      example: 'abcdefghij1234567890',
    },
  },
  tokenResponse: { error: { code: 'code', description: ['message', 'description'] } },
  identity: {
    // Any agent may ask, unlike /settings/helpdesk, which takes an administrator.
    request: { url: 'https://{subdomain}.freshdesk.com/api/v2/agents/me' },
    id: 'id',
    name: ['contact.email', 'contact.name'],
  },
  api: {
    baseUrl: 'https://{subdomain}.freshdesk.com/api/v2',
    // The password is a filler (developers.freshdesk.com, "Authentication").
    credential: { basic: { username: '{accessToken}', password: 'X' } },
    // Reset by the agent, or the agent was deactivated: only another key helps.
    ended: [{ status: 401, values: ['invalid_credentials'] }],
  },
  history: {
    resource:
      '/tickets?include=requester,stats&order_by=updated_at&order_type=desc&per_page=100&updated_since={since}',
    timeFormat: 'iso8601',
    // Whether a ticket of that very second is among them is not said.
    margin: 1,
    time: { at: 'updated_at', order: 'newest-first' },
    page: { by: 'link' },
  },
} as const satisfies ProviderDefinition
