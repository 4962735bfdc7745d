import type { ProviderDefinition } from '../src/provider/definition.ts'
import { atlassian } from './families/atlassian.ts'

export const trello = {
  id: 'trello',
  name: 'Trello',
  category: 'project-management',
  aliases: ['trello-oauth2', 'atlassian-trello'],
  docs: [
    'https://developer.atlassian.com/cloud/trello/guides/rest-api/oauth-2-getting-started/',
    'https://developer.atlassian.com/cloud/trello/guides/rest-api/oauth-2-confidential-client-usage/',
    'https://developer.atlassian.com/cloud/trello/scopes-for-oauth-2-3LO-and-forge-apps/',
    'https://developer.atlassian.com/cloud/trello/guides/rest-api/oauth-2-for-existing-apps',
    ...atlassian.docs,
  ],
  checked: '2026-11-21',
  protocol: 'oauth2',
  setup: {
    console: 'https://trello.com/power-ups/admin',
    register:
      'A confidential OAuth 2.0 client on the OAuth 2.0 tab of the Trello app, with the scopes read:member:trello and read:board:trello ticked. It is not the API key of the same app, and not an app of the Atlassian developer console.',
    redirectUri: 'The callback URL on the OAuth 2.0 tab, character by character.',
  },
  quirks: [
    'Generally available since 15 September 2026. The older keys and tokens (trello-oauth1) go on, and neither kind of client id works for the other.',
    'Errors of the API are plain text ("invalid token"), and an unknown path is the web page under HTTP 200.',
    'Not site-based: no cloud id, no list of accessible resources.',
    "A Power-Up's client may be limited to one workspace by the user at consent.",
    'There is no revocation endpoint: the user removes the app in the account settings.',
  ],
  authorization: {
    ...atlassian.authorization,
    scopes: {
      default: ['read:member:trello', 'read:board:trello'],
      always: ['offline_access'],
    },
    pkce: 'required',
  },
  // The OpenAPI file names another token endpoint (…/authorize/oauth/token), which nobody uses.
  token: atlassian.token,
  tokenResponse: atlassian.tokenResponse,
  // How late a used refresh token is still taken is documented for Jira only.
  refresh: atlassian.refresh,
  identity: {
    request: { url: 'https://api.trello.com/1/members/me?fields=id,username,fullName' },
    id: 'id',
    name: ['username', 'fullName'],
  },
  api: {
    baseUrl: 'https://api.trello.com/1',
    // The whole body, in plain text: a scope that the grant lacks.
    notExpired: [{ status: 401, at: '', contains: 'unauthorized permission requested' }],
  },
  // The boards; their actions follow one by one, and those take `since` (/boards/{id}/actions).
  history: {
    resource: '/members/me/boards?filter=all&fields=id,name,closed,dateLastActivity',
  },
} as const satisfies ProviderDefinition
