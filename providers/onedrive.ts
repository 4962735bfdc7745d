import type { ProviderDefinition } from '../src/provider/definition.ts'
import { microsoft, microsoftQuirks } from './families/microsoft.ts'

export const onedrive = {
  id: 'onedrive',
  name: 'OneDrive',
  category: 'storage',
  aliases: ['one-drive', 'microsoft-onedrive', 'ms-onedrive', 'msonedrive', 'onedrive-business'],
  docs: [
    ...microsoft.docs,
    'https://learn.microsoft.com/en-us/graph/api/drive-get',
    'https://learn.microsoft.com/en-us/graph/api/driveitem-delta',
    'https://learn.microsoft.com/en-us/graph/api/driveitem-get-content',
  ],
  checked: '2026-11-21',
  protocol: 'oauth2',
  setup: microsoft.setup,
  quirks: [
    ...microsoftQuirks,
    'Content is a redirect to a host that wants no token: follow its Location without one.',
    'delta gives everything first and changes later; a 410 with resyncRequired means from the beginning. Only work accounts take a time as its token.',
    'Files.Read is the user’s own files; those that others share need Files.Read.All.',
  ],
  params: {
    ...microsoft.params,
    tenant: { ...microsoft.params.tenant, default: 'common' },
    driveId: {
      description: "the account's own drive",
      pattern: '^[A-Za-z0-9!_-]{1,200}$',
      example: 'b!t18F8ybsHUq1z3LTz8xvZqP8zaSWjkFNhsME-Fepo75dTf9vQKfeRblBZjoSQrd7',
      from: 'discovery',
    },
    driveType: {
      description: 'its kind: personal or business',
      pattern: '^[A-Za-z]{1,40}$',
      example: 'business',
      from: 'discovery',
    },
  },
  authorization: {
    ...microsoft.authorization,
    scopes: { ...microsoft.authorization.scopes, default: ['Files.Read'] },
  },
  token: microsoft.token,
  tokenResponse: microsoft.tokenResponse,
  refresh: microsoft.refresh,
  discovery: [
    {
      // Not required: an account without a licence has none (drive-get).
      url: 'https://graph.microsoft.com/v1.0/me/drive?$select=id,driveType',
      capture: { driveId: 'id', driveType: 'driveType' },
    },
  ],
  identity: microsoft.identity,
  api: microsoft.api,
  // Without a time bound: personal drives take none.
  history: {
    resource: '/me/drive/root/delta?$top=200',
    items: 'value',
    time: { at: 'lastModifiedDateTime' },
    page: { by: 'url', at: '[@odata.nextLink]' },
  },
} as const satisfies ProviderDefinition
