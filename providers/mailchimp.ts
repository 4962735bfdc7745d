import type { ProviderDefinition } from '../src/provider/definition.ts'

export const mailchimp = {
  id: 'mailchimp',
  name: 'Mailchimp',
  category: 'marketing',
  aliases: ['mailchimp-marketing', 'mail-chimp', 'mailchimp.com'],
  docs: [
    'https://mailchimp.com/developer/marketing/guides/access-user-data-oauth-2/',
    'https://mailchimp.com/developer/marketing/docs/fundamentals/',
    'https://mailchimp.com/developer/marketing/docs/errors/',
    'https://mailchimp.com/developer/marketing/api/campaigns/list-campaigns/',
  ],
  checked: '2026-11-21',
  protocol: 'oauth2',
  setup: {
    console: 'https://admin.mailchimp.com/account/oauth2/',
    register: 'An app in any Mailchimp account, under Account > Extras > Registered apps.',
    redirectUri: 'Equal to the registered one; for local work http://127.0.0.1 with a port, never localhost.',
  },
  quirks: [
    'There are no scopes: a token may do whatever the user who consented may do.',
    'A token never expires and cannot be revoked by the app; a customer ends it under Account > Extras > Authorized applications.',
    'Every call goes to the data center of the account, which only the metadata endpoint names.',
    'At most ten requests at a time for one user; the eleventh is a 429 without `Retry-After`.',
  ],
  params: {
    dc: {
      description: "the account's data center",
      pattern: '^[a-z]{2,4}[0-9]{1,3}$',
      example: 'us6',
      from: 'discovery',
    },
    accountId: {
      description: 'the Mailchimp account',
      pattern: '^[0-9]{1,20}$',
      example: '15197',
      from: 'discovery',
    },
    accountName: {
      description: "the account's name",
      pattern: '^.{1,500}$',
      example: "Freddie's Jokes",
      from: 'discovery',
    },
  },
  authorization: {
    url: 'https://login.mailchimp.com/oauth2/authorize',
    pkce: 'unsupported',
  },
  token: {
    url: 'https://login.mailchimp.com/oauth2/token',
    authentication: 'client_secret_post',
  },
  // `expires_in: 0` is how the answer says that there is no end.
  tokenResponse: { lifetime: false },
  refresh: false,
  discovery: [
    {
      // Answers a bad token under HTTP 200, with an error in the body.
      url: 'https://login.mailchimp.com/oauth2/metadata',
      headers: { Accept: 'application/json' },
      credential: { header: 'Authorization', value: 'OAuth {accessToken}' },
      capture: { dc: 'dc', accountId: 'user_id', accountName: 'accountname' },
      required: true,
    },
  ],
  identity: { id: '{accountId}', name: '{accountName}' },
  api: {
    baseUrl: 'https://{dc}.api.mailchimp.com/3.0',
    // Nothing but the user's own doing ends a token (docs/errors).
    ended: [{ status: 401, at: 'title', values: ['API Key Invalid'] }],
  },
  history: {
    resource:
      '/campaigns?status=sent&since_send_time={since}&before_send_time={until}&sort_field=send_time&sort_dir=DESC&count=1000',
    timeFormat: 'iso8601',
    // "After the set time": what was sent at the bound itself, as scheduled campaigns are, would be missing.
    margin: 1,
    items: 'campaigns',
    total: 'total_items',
    time: { at: 'send_time', order: 'newest-first' },
    page: { by: 'offset', query: 'offset', size: 1_000 },
  },
} as const satisfies ProviderDefinition
