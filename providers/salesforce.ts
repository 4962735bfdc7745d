import type { ProviderDefinition } from '../src/provider/definition.ts'

export const salesforce = {
  id: 'salesforce',
  name: 'Salesforce',
  category: 'crm',
  aliases: ['sfdc', 'salesforce-crm', 'sales-cloud', 'salesforce.com'],
  docs: [
    'https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_web_server_flow.htm&type=5',
    'https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_refresh_token_flow.htm&type=5',
    'https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_pkce.htm&type=5',
    'https://help.salesforce.com/s/articleView?id=005316711&type=1',
    'https://help.salesforce.com/s/articleView?id=xcloud.eca_limit_idle_refresh_token_ttl.htm&type=5',
    'https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm',
  ],
  checked: '2026-11-21',
  setup: {
    console: 'https://login.salesforce.com/',
    register:
      'An External Client App (Setup, External Client App Manager; connected apps can no longer be created) with OAuth, PKCE and refresh token rotation switched on, and the scopes "Manage user data via APIs (api)" and "Perform requests at any time (refresh_token)".',
    redirectUri:
      'Every callback URL is listed on the app, one a line, and compared exactly; https, or http on localhost while developing.',
  },
  quirks: [
    'An answer names no expires_in: a token lives as long as a session of that organization (15 minutes to 24 hours, 2 hours unless an administrator says otherwise), and its end shows as a 401 with INVALID_SESSION_ID.',
    'Every API call goes to the instance URL of the token answer; a path from nextRecordsUrl can be given to client.fetch as it is.',
    'A user holds at most five grants of one app: the sixth consent silently ends the oldest.',
    'With rotation on, a refresh token that comes twice ends the whole grant, so two processes must never refresh one connection apart from each other.',
    'An administrator of the organization has to install the app before ordinary users may connect (since September 2025).',
    'The scope api reads and writes; what it reaches is limited by the permissions of the user who connects.',
    'The day’s allowance of API calls is per organization: 403 REQUEST_LIMIT_EXCEEDED, without Retry-After.',
  ],
  protocol: 'oauth2',
  params: {
    // The client secret is sent there, so the pattern admits Salesforce's own hosts only; which of them is the tenant's
    // to say. Lightning hosts (lightning.force.com) serve no OAuth.
    loginHost: {
      description:
        'the login host: login.salesforce.com, test.salesforce.com for sandboxes, or a My Domain host',
      pattern:
        '^(?:(?:login|test)\\.salesforce\\.com|[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\\.[a-z]{2,20})?\\.my\\.salesforce\\.com)$',
      example: 'acme--uat.sandbox.my.salesforce.com',
      default: 'login.salesforce.com',
      format: 'host',
      normalize: { lowercase: true, stripPrefixes: ['https://'], stripSuffixes: ['/'] },
    },
    // My Domain (acme.my.salesforce.com, acme--uat.sandbox.my.salesforce.com) or an older instance (na139.salesforce.com).
    instanceUrl: {
      description: "the server of the user's organization",
      pattern:
        '^https://[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\\.[a-z]{2,20}){0,2}\\.salesforce\\.com$',
      example: 'https://acme.my.salesforce.com',
      from: 'token',
      format: 'url',
    },
    organizationId: {
      description: 'the Salesforce organization',
      pattern: '^[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?$',
      example: '00Dx0000000BV7zEAG',
      from: 'token',
    },
    // `userId` is the application's own.
    salesforceUserId: {
      description: 'the Salesforce user who connected',
      pattern: '^[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?$',
      example: '005x00000012Q9PAAU',
      from: 'token',
    },
    organizationName: {
      description: "the organization's name",
      pattern: '^.{1,500}$',
      example: 'Acme',
      from: 'discovery',
      // Not every user may read it.
      default: '{organizationId}',
    },
  },
  authorization: {
    url: 'https://{loginHost}/services/oauth2/authorize',
    // There is no scope for reading alone.
    scopes: { default: ['api'], always: ['refresh_token'] },
    // Demanded of partner apps since 2026, on by default for new apps (remoteaccess_pkce).
    pkce: 'required',
  },
  token: {
    url: 'https://{loginHost}/services/oauth2/token',
    authentication: 'client_secret_post',
  },
  tokenResponse: {
    // The revocation endpoint answers its errors form-encoded (jsforce, src/oauth2.ts).
    formEncoded: true,
    capture: {
      // Samples in the documentation end in a slash, answers do not.
      instanceUrl: { at: 'instance_url', extract: '^(.*?)/?$' },
      // https://login.salesforce.com/id/<organization>/<user>
      organizationId: { at: 'id', extract: '/id/([^/]+)/[^/]+$' },
      salesforceUserId: { at: 'id', extract: '/id/[^/]+/([^/]+)$' },
    },
    lifetime: false,
  },
  refresh: {
    // A choice of the app; without it an answer brings no refresh token.
    rotates: 'sometimes',
    // A used one ends its successor and every access token (article 005316711).
    reuse: { late: 'ends-grant' },
    // A sliding 30 days where the app limits idle time, as partner apps must; organizations can ask for less.
    lifetime: { idle: 2_592_000 },
    dead: [{ values: ['inactive_user'] }],
    // Neither says anything about the grant. The words are those of the web server flow's error list.
    transient: [
      { values: ['rate_limit_exceeded'] },
      { values: ['invalid_grant'], contains: 'ip restricted' },
      { values: ['invalid_grant'], contains: 'invalid login hours' },
    ],
  },
  revocation: {
    url: 'https://{loginHost}/services/oauth2/revoke',
    authentication: 'none',
    // Its access tokens go with it; revoking an access token would end that session alone.
    token: 'refresh_token',
    gone: [{ status: 400, values: ['invalid_token'] }],
  },
  discovery: [
    {
      url: '{instanceUrl}/services/data/v67.0/query?q=SELECT%20Name%20FROM%20Organization',
      capture: { organizationName: 'records[0].Name' },
    },
  ],
  identity: { id: '{organizationId}', name: '{organizationName}' },
  api: {
    // Without the version, so that `nextRecordsUrl` (/services/data/v67.0/query/…) is a path on it.
    baseUrl: '{instanceUrl}',
    // The app or the organization forbids the call; jsforce does not refresh either (src/http-api.ts).
    notExpired: [
      { at: '[0].message', contains: 'not valid for use with the REST API' },
      { at: '[0].message', contains: 'Connected app is not attached to Agent' },
      { at: '[0].message', contains: 'BlackTab users cannot perform API operations' },
    ],
    rateLimited: [{ status: 403, at: '[0].errorCode', values: ['REQUEST_LIMIT_EXCEEDED'] }],
  },
  history: {
    // Every standard field of a contact; the user's own rights decide which of them come.
    resource:
      '/services/data/v67.0/query?q=SELECT%20FIELDS(STANDARD)%20FROM%20Contact%20WHERE%20SystemModstamp%20%3E%3D%20{since}%20AND%20SystemModstamp%20%3C%20{until}%20ORDER%20BY%20SystemModstamp%20DESC',
    timeFormat: 'iso8601',
    items: 'records',
    id: 'Id',
    time: { at: 'SystemModstamp', order: 'newest-first' },
    total: 'totalSize',
    page: { by: 'url', at: 'nextRecordsUrl', done: 'done' },
  },
} as const satisfies ProviderDefinition
