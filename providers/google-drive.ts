import type { ProviderDefinition } from '../src/provider/definition.ts'
import { google, googleQuirks } from './families/google.ts'

export const googleDrive = {
  id: 'google-drive',
  name: 'Google Drive',
  category: 'storage',
  aliases: ['google_drive', 'googledrive', 'gdrive'],
  docs: [
    ...google.docs,
    'https://developers.google.com/workspace/drive/api/guides/api-specific-auth',
    'https://developers.google.com/workspace/drive/api/guides/search-files',
    'https://developers.google.com/workspace/drive/api/guides/handle-errors',
  ],
  checked: '2026-11-21',
  protocol: 'oauth2',
  setup: google.setup,
  quirks: [
    ...googleQuirks,
    'The scope is "restricted": beyond 100 users the app needs Google’s verification and a yearly security assessment; drive.file needs neither.',
    'Google Docs have no content of their own to download: they are exported, up to 10 MB.',
    'A list over all drives may be partial, and says so in incompleteSearch.',
  ],
  authorization: {
    ...google.authorization,
    scopes: {
      ...google.authorization.scopes,
      default: ['https://www.googleapis.com/auth/drive.readonly'],
    },
  },
  token: google.token,
  tokenResponse: google.tokenResponse,
  refresh: google.refresh,
  revocation: google.revocation,
  identity: google.identity,
  api: { ...google.api, baseUrl: 'https://www.googleapis.com/drive/v3' },
  history: {
    // Without the last three parameters, shared drives are left out.
    resource:
      "/files?q=modifiedTime%20%3E%3D%20'{since}'%20and%20modifiedTime%20%3C%20'{until}'%20and%20trashed%20%3D%20false&pageSize=1000&fields=nextPageToken,incompleteSearch,files(id,name,mimeType,modifiedTime,owners)&corpora=allDrives&includeItemsFromAllDrives=true&supportsAllDrives=true",
    timeFormat: 'iso8601',
    items: 'files',
    time: { at: 'modifiedTime' },
    page: { by: 'cursor', at: 'nextPageToken', query: 'pageToken' },
  },
} as const satisfies ProviderDefinition
