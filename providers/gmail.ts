import type { ProviderDefinition } from '../src/provider/definition.ts'
import { google, googleQuirks } from './families/google.ts'

export const gmail = {
  id: 'gmail',
  name: 'Gmail',
  category: 'email',
  aliases: ['google-mail', 'googlemail'],
  docs: [
    ...google.docs,
    'https://developers.google.com/workspace/gmail/api/auth/scopes',
    'https://developers.google.com/workspace/gmail/api/guides/filtering',
    'https://developers.google.com/workspace/gmail/api/guides/handle-errors',
  ],
  checked: '2026-11-21',
  protocol: 'oauth2',
  setup: google.setup,
  quirks: [
    ...googleQuirks,
    'The scope is "restricted": beyond 100 users the app needs Google’s verification and a yearly security assessment.',
    'A change of the account’s password ends every refresh token that has a Gmail scope.',
    'Lists of messages hold ids only; a history that is too old for users.history.list is a 404 and means a full sync.',
  ],
  authorization: {
    ...google.authorization,
    scopes: {
      ...google.authorization.scopes,
      default: ['https://www.googleapis.com/auth/gmail.readonly'],
    },
  },
  token: google.token,
  tokenResponse: google.tokenResponse,
  refresh: google.refresh,
  revocation: google.revocation,
  identity: google.identity,
  api: { ...google.api, baseUrl: 'https://gmail.googleapis.com/gmail/v1' },
  history: {
    // The first bound is in, the second one out: January is after:2014/01/01 before:2014/02/01 (guides/filtering).
    resource: '/users/me/messages?maxResults=500&q=after:{since}%20before:{until}',
    // A date would be midnight in California (guides/filtering).
    timeFormat: 'unix-seconds',
    items: 'messages',
    emptyWith: 'resultSizeEstimate',
    page: { by: 'cursor', at: 'nextPageToken', query: 'pageToken' },
  },
} as const satisfies ProviderDefinition
