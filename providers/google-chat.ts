import type { ProviderDefinition } from '../src/provider/definition.ts'
import { google, googleQuirks } from './families/google.ts'

export const googleChat = {
  id: 'google-chat',
  name: 'Google Chat',
  category: 'communication',
  aliases: ['google_chat', 'googlechat', 'gchat', 'hangouts-chat'],
  docs: [
    ...google.docs,
    'https://developers.google.com/workspace/chat/authenticate-authorize',
    'https://developers.google.com/workspace/chat/list-messages',
    'https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces/list',
  ],
  checked: '2026-11-21',
  protocol: 'oauth2',
  setup: google.setup,
  quirks: [
    ...googleQuirks,
    'The Cloud project needs a Chat app besides the client (name, avatar, description): without one, API calls fail.',
    'Only accounts of Google Workspace: a personal account connects, and its API calls fail.',
    'Reading messages is a "restricted" scope: beyond 100 users the app needs Google’s verification and a yearly security assessment.',
    'chat.bot is for service accounts and fails in a user’s flow.',
    'Messages are read space by space: spaces/{space}/messages?filter=createTime > "2026-08-21T00:00:00Z", the time in double quotes.',
    'An empty list comes as {}.',
  ],
  authorization: {
    ...google.authorization,
    scopes: {
      ...google.authorization.scopes,
      default: [
        'https://www.googleapis.com/auth/chat.spaces.readonly',
        'https://www.googleapis.com/auth/chat.messages.readonly',
      ],
    },
  },
  token: google.token,
  tokenResponse: google.tokenResponse,
  refresh: google.refresh,
  revocation: google.revocation,
  identity: google.identity,
  api: { ...google.api, baseUrl: 'https://chat.googleapis.com/v1' },
  // Without a time bound: the messages of each space have one.
  history: {
    resource: '/spaces?pageSize=1000',
    items: 'spaces',
    emptyWith: '',
    id: 'name',
    page: { by: 'cursor', at: 'nextPageToken', query: 'pageToken' },
  },
} as const satisfies ProviderDefinition
