import type { ProviderDefinition } from '../src/provider/definition.ts'

export const linkedin = {
  id: 'linkedin',
  name: 'LinkedIn',
  category: 'marketing',
  aliases: ['linked-in', 'linkedin.com'],
  docs: [
    'https://learn.microsoft.com/en-us/linkedin/shared/authentication/authorization-code-flow',
    'https://learn.microsoft.com/en-us/linkedin/shared/authentication/programmatic-refresh-tokens',
    'https://learn.microsoft.com/en-us/linkedin/consumer/integrations/self-serve/sign-in-with-linkedin-v2',
    'https://learn.microsoft.com/en-us/linkedin/marketing/versioning',
    'https://learn.microsoft.com/en-us/linkedin/marketing/error-responses',
  ],
  checked: '2026-11-21',
  protocol: 'oauth2',
  lifecycle: {
    status: 'sunset',
    since: '2027-09-01',
    source: 'https://learn.microsoft.com/en-us/linkedin/marketing/versioning',
    note: 'LinkedIn keeps the API version 202609 for at least a year; after that every call answers HTTP 426 until the version is raised.',
  },
  setup: {
    console: 'https://www.linkedin.com/developers/apps',
    register:
      'An app with the product "Sign In with LinkedIn using OpenID Connect"; posts of an organization need the Community Management API, which LinkedIn grants on request, and refresh tokens an approved Marketing partner.',
    redirectUri: 'An absolute https URL without a fragment, equal to a registered one but for its query.',
  },
  quirks: [
    'A scope of a product that the app does not have ends the whole flow with `unauthorized_scope_error`.',
    'Refresh tokens come to approved partners only; others send the member through the flow again every 60 days, and LinkedIn then asks nothing if the old token still lives.',
    'A refresh token lives 365 days from the consent and is never extended; the last access token is cut to what is left.',
    'Reading posts takes `r_organization_social` and the `organizationId` param; no filter by time exists, so walk back from the newest.',
    'Quotas are counted by the day and end at midnight UTC; a 429 carries no `Retry-After`.',
  ],
  params: {
    organizationId: {
      description: 'the organization whose posts are read, the number in the address of its admin page',
      pattern: '^[0-9]{1,20}$',
      example: '2414183',
    },
  },
  authorization: {
    url: 'https://www.linkedin.com/oauth/v2/authorization',
    // What every app can have; more is refused to an app without the product (authorization-code-flow).
    scopes: { default: ['openid', 'profile'] },
    // A verifier at this token endpoint makes the exchange fail; PKCE has an endpoint of its own, for native apps.
    pkce: 'unsupported',
  },
  token: {
    url: 'https://www.linkedin.com/oauth/v2/accessToken',
    authentication: 'client_secret_post',
    codeLifetime: 1_800,
  },
  tokenResponse: { lifetime: 5_184_000 },
  refresh: {
    rotates: false,
    // The words of a refresh token that has ended; the same code names other mistakes too.
    dead: [{ values: ['invalid_request'], contains: 'refresh token is invalid, expired or revoked' }],
    lifetime: { absolute: 31_536_000 },
  },
  identity: {
    request: { url: 'https://api.linkedin.com/v2/userinfo' },
    id: 'sub',
    name: 'name',
  },
  api: {
    baseUrl: 'https://api.linkedin.com/rest',
    // No version is assumed where none is named (versioning).
    headers: { 'Linkedin-Version': '202609', 'X-Restli-Protocol-Version': '2.0.0' },
    // The member took the grant back; 65601 is the same in the older shape of errors.
    ended: [
      { status: 401, at: 'code', values: ['REVOKED_ACCESS_TOKEN'] },
      { status: 401, at: 'serviceErrorCode', values: ['65601'] },
    ],
  },
  history: {
    resource:
      '/posts?q=author&author=urn%3Ali%3Aorganization%3A{organizationId}&count=100&sortBy=LAST_MODIFIED',
    headers: { 'X-RestLi-Method': 'FINDER' },
    items: 'elements',
    time: { at: 'lastModifiedAt', format: 'unix-ms' },
    // Without a size: a page can be short before the end.
    page: { by: 'offset', query: 'start' },
  },
} as const satisfies ProviderDefinition
