import type { ProviderDefinition } from '../src/provider/definition.ts'

export const quickbooks = {
  id: 'quickbooks',
  name: 'QuickBooks',
  category: 'accounting',
  aliases: ['qbo', 'quickbooks-online', 'intuit', 'intuit-quickbooks'],
  docs: [
    'https://developer.intuit.com/app/developer/qbo/docs/develop/authentication-and-authorization/oauth-2.0',
    'https://developer.intuit.com/app/developer/qbo/docs/develop/authentication-and-authorization/faq',
    'https://blogs.a.intuit.com/2025/11/12/important-changes-to-refresh-token-policy',
  ],
  checked: '2026-11-21',
  protocol: 'oauth2',
  setup: {
    console: 'https://developer.intuit.com/app/developer/dashboard',
    register:
      'Create an app for QuickBooks Online Accounting; development keys open sandbox companies only, and production keys need the compliance questionnaire and a Reconnect URL.',
    redirectUri:
      'Exactly one of the registered URIs of the same environment; in production https and no IP address.',
  },
  quirks: [
    'The company comes with the redirect and nowhere else: a callback that is lost costs a new connect.',
    'A refresh token keeps its value for about a day and then changes: two refreshes at once are the usual cause of `invalid_grant`.',
    'However often it is used, a refresh token ends after five years; the user must then connect again.',
    'Accounting data has one scope, for reading and writing.',
    'A sandbox token is refused in production with error 3200, and the other way round.',
    'Change data capture (`/cdc`) reaches back 30 days only; a backfill uses the query language.',
    '`error_description` is often missing: quote the header `intuit_tid` to Intuit.',
  ],
  params: {
    environment: {
      description: 'the environment the client id belongs to: production or sandbox',
      pattern: '^(?:production|sandbox)$',
      example: 'sandbox',
      default: 'production',
      trusted: true,
    },
    realmId: {
      description: 'the QuickBooks company',
      pattern: '^[0-9]{9,20}$',
      example: '9130347596842384',
      from: 'callback',
    },
    companyName: {
      description: "the company's name",
      pattern: '^.{1,500}$',
      example: 'Sandbox Company_US_1',
      from: 'discovery',
    },
  },
  derived: {
    apiHost: {
      from: 'environment',
      cases: [
        { when: '^sandbox$', value: 'sandbox-quickbooks.api.intuit.com' },
        { when: '^production$', value: 'quickbooks.api.intuit.com' },
      ],
    },
  },
  authorization: {
    url: 'https://appcenter.intuit.com/connect/oauth2',
    scopes: { default: ['com.intuit.quickbooks.accounting'] },
    pkce: 'unsupported',
  },
  // It comes with the redirect and nowhere else (oauth-2.0).
  callback: { capture: { realmId: { parameter: 'realmId', required: true } } },
  token: {
    url: 'https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer',
    authentication: 'client_secret_basic',
    headers: { Accept: 'application/json' },
  },
  tokenResponse: {
    fields: { refreshTokenExpiresIn: 'x_refresh_token_expires_in' },
    lifetime: 3_600,
  },
  // A refresh token keeps its value for about a day and then changes (faq).
  refresh: {
    rotates: 'sometimes',
    // 100 days without use, and five years in all (important-changes-to-refresh-token-policy).
    lifetime: { idle: 8_640_000, absolute: 157_680_000 },
  },
  revocation: {
    // Another host, and JSON, unlike the token endpoint (oauth-2.0, "Revoke token").
    url: 'https://developer.api.intuit.com/v2/oauth2/tokens/revoke',
    body: 'json',
    authentication: 'client_secret_basic',
    token: 'refresh_token',
    headers: { Accept: 'application/json' },
  },
  discovery: [
    {
      // The redirect's `realmId` is not signed: the company must open to the new token before it is believed.
      url: 'https://{apiHost}/v3/company/{realmId}/companyinfo/{realmId}?minorversion=75',
      capture: { companyName: 'CompanyInfo.CompanyName' },
      required: true,
    },
  ],
  identity: { id: '{realmId}', name: '{companyName}' },
  api: {
    baseUrl: 'https://{apiHost}/v3/company/{realmId}',
    // XML is what comes without it.
    headers: { Accept: 'application/json' },
  },
  history: {
    resource:
      '/query?query=select%20*%20from%20Invoice%20where%20MetaData.LastUpdatedTime%20%3E%3D%20%27{since}%27%20and%20MetaData.LastUpdatedTime%20%3C%20%27{until}%27%20orderby%20MetaData.LastUpdatedTime%20desc%20startposition%20{position}%20maxresults%201000&minorversion=75',
    timeFormat: 'iso8601',
    items: 'QueryResponse.Invoice',
    emptyWith: 'QueryResponse',
    id: 'Id',
    time: { at: 'MetaData.LastUpdatedTime', order: 'newest-first' },
    page: { by: 'offset', first: 1, size: 1000 },
  },
} as const satisfies ProviderDefinition
