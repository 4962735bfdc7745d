import type { ProviderDefinition } from '../src/provider/definition.ts'
import { atlassian } from './families/atlassian.ts'

export const jira = {
  id: 'jira',
  name: 'Jira',
  category: 'project-management',
  aliases: ['jira-cloud', 'jira-software', 'atlassian', 'atlassian-jira'],
  docs: [
    'https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/',
    'https://developer.atlassian.com/cloud/jira/platform/scopes-for-oauth-2-3LO-and-forge-apps/',
    'https://developer.atlassian.com/cloud/jira/platform/rate-limiting/',
    ...atlassian.docs,
  ],
  checked: '2026-11-21',
  protocol: 'oauth2',
  setup: {
    console: 'https://developer.atlassian.com/console/myapps/',
    register:
      'An OAuth 2.0 integration with the Jira API (read:jira-work, read:jira-user) and the User identity API (read:me) under Permissions. Turn on sharing under Distribution, or nobody but its owner can connect.',
    redirectUri: 'The callback URL under Authorization, character by character; http://localhost is taken.',
  },
  quirks: [
    'One grant per app and Atlassian account: to authorize a second site adds it to the first grant, so one connection may hold several sites, and Confluence sites among them.',
    "A new password of the user's ends the grant.",
    'Calls go to api.atlassian.com: the site itself (https://acme.atlassian.net) answers these tokens with a page or a 401.',
    "Dates in JQL are read in the user's own time zone.",
    'There is no revocation endpoint: the user removes the app at https://id.atlassian.com/manage-profile/apps.',
  ],
  params: {
    cloudId: {
      description: 'the Jira site, by the id that Atlassian gives it',
      pattern: '^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$',
      example: '1324a887-45db-1bf4-1e99-ef0ff456d421',
      from: ['user', 'discovery'],
    },
  },
  authorization: {
    ...atlassian.authorization,
    params: { ...atlassian.authorization.params, audience: 'api.atlassian.com' },
    scopes: {
      default: ['read:jira-work', 'read:jira-user', 'read:me'],
      always: ['offline_access'],
    },
    // The page knows no code challenge. Trello, at the same server, names it as a difference.
    pkce: 'unsupported',
  },
  token: atlassian.token,
  tokenResponse: atlassian.tokenResponse,
  refresh: {
    ...atlassian.refresh,
    // Announced in 2022; whether the 365 days are kept to is not documented.
    lifetime: { ...atlassian.refresh.lifetime, absolute: 31_536_000 },
    reuse: { grace: 600, late: 'ends-grant' },
  },
  discovery: [
    {
      // No token says which site it is for, and one grant may be for several.
      url: 'https://api.atlassian.com/oauth/token/accessible-resources',
      choose: {
        param: 'cloudId',
        list: '',
        id: 'id',
        name: 'name',
        // Sites of Confluence stand in the same list.
        where: { at: 'scopes', contains: 'jira' },
      },
      required: true,
    },
  ],
  // Of the account and not of a site, which may not have been chosen yet.
  identity: {
    request: { url: 'https://api.atlassian.com/me' },
    id: 'account_id',
    name: ['name', 'email'],
  },
  api: {
    baseUrl: 'https://api.atlassian.com/ex/jira/{cloudId}',
    headers: { Accept: 'application/json' },
    // A scope that the grant lacks, where another API would say 403.
    notExpired: [{ status: 401, at: 'message', contains: 'scope does not match' }],
    rateLimitReset: { header: 'x-ratelimit-reset', unit: 'iso8601' },
  },
  history: {
    // The search that reads without a bound is gone since 2025; this one wants a bound.
    resource:
      '/rest/api/3/search/jql?jql=updated%20%3E%3D%20%22{since}%22%20AND%20updated%20%3C%20%22{until}%22%20ORDER%20BY%20updated%20ASC&fields=*navigable&maxResults=100',
    timeFormat: 'date',
    // Midnight is that of the user's own time zone.
    margin: 14,
    items: 'issues',
    time: { at: 'fields.updated' },
    page: { by: 'cursor', at: 'nextPageToken', query: 'nextPageToken' },
  },
} as const satisfies ProviderDefinition
