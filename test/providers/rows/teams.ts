import { teams } from '../../../providers/teams.ts'
import type { FlowRow } from '../flow-row.ts'

const form = 'application/x-www-form-urlencoded'

export const row: FlowRow = {
  definition: teams,
  redirectUri: 'https://app.example.com/oauth/teams/callback',
  authorization: {
    url: 'https://login.microsoftonline.com/organizations/oauth2/v2.0/authorize',
    query: {
      response_type: 'code',
      response_mode: 'query',
      client_id: 'client-id',
      redirect_uri: 'https://app.example.com/oauth/teams/callback',
      scope: 'User.Read Chat.Read Team.ReadBasic.All Channel.ReadBasic.All openid profile offline_access',
      prompt: 'select_account',
    },
    pkce: true,
  },
  callback: {
    code: 'AwABAAAAvPM1KaPlrEqdFSBzjqfTGBCmLdgfSTLEMPGYuNHSUYBrq...',
    session_state: '7b29111d-c220-4263-99ff-6f6e135d75ef',
  },
  exchange: {
    endpoint: 'POST https://login.microsoftonline.com/organizations/oauth2/v2.0/token',
    headers: { authorization: undefined, 'content-type': form },
    body: {
      grant_type: 'authorization_code',
      code: 'AwABAAAAvPM1KaPlrEqdFSBzjqfTGBCmLdgfSTLEMPGYuNHSUYBrq...',
      redirect_uri: 'https://app.example.com/oauth/teams/callback',
      client_id: 'client-id',
      client_secret: 'client-secret',
    },
  },
  learning: [
    {
      endpoint: 'GET https://graph.microsoft.com/v1.0/organization',
      query: { $select: 'id,displayName' },
      headers: {
        authorization: 'Bearer eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiIsIng1dCI6Ik5HVEZ2ZEstZnl0aEV1Q...',
      },
      answer: 'discovery',
    },
  ],
  tokens: {
    accessToken: 'eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiIsIng1dCI6Ik5HVEZ2ZEstZnl0aEV1Q...',
    refreshToken: 'AwABAAAAvPM1KaPlrEqdFSBzjqfTGAMxZGUTdM0t4B4...',
    expiresAt: new Date('2026-11-21T12:59:59.000Z'),
    refreshTokenExpiresAt: new Date('2027-02-19T12:00:00.000Z'),
    scopes: ['User.Read', 'Chat.Read', 'Team.ReadBasic.All', 'Channel.ReadBasic.All', 'profile', 'openid'],
    tokenType: 'Bearer',
  },
  connection: {
    scopes: ['User.Read', 'Chat.Read', 'Team.ReadBasic.All', 'Channel.ReadBasic.All', 'profile', 'openid'],
    tokenType: 'Bearer',
    expiresAt: new Date('2026-11-21T12:59:59.000Z'),
    refreshTokenExpiresAt: new Date('2027-02-19T12:00:00.000Z'),
    // The claims of the ID token.
    account: { id: '00000000-0000-0000-66f3-3332eca7ea81', name: 'AbeLi@microsoft.com' },
    params: {
      organizationName: 'Contoso',
      directoryId: '9122040d-6c67-4c5b-b112-36a304b66dad',
    },
  },
  error:
    "Microsoft Teams OAuth failed: invalid_scope - AADSTS70011: The provided value for the input parameter 'scope' is not valid. The scope https://foo.microsoft.com/mail.read is not valid. Trace ID: 0000aaaa-11bb-cccc-dd22-eeeeee333333 Correlation ID: aaaa0000-bb11-2222-33cc-444444dddddd Timestamp: 2016-01-09 02:02:12Z",
  denied: 'Microsoft Teams OAuth failed: access_denied - the user canceled the authentication',
  refresh: {
    because: 'end',
    accessToken: 'eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiIsIng1dCI6Ik5HVEZ2ZEstZnl0aEV1Q...new',
    requests: [
      {
        endpoint: 'POST https://login.microsoftonline.com/organizations/oauth2/v2.0/token',
        headers: { authorization: undefined, 'content-type': form },
        body: {
          grant_type: 'refresh_token',
          refresh_token: 'AwABAAAAvPM1KaPlrEqdFSBzjqfTGAMxZGUTdM0t4B4...',
          client_id: 'client-id',
          client_secret: 'client-secret',
        },
        answer: 'refresh',
      },
    ],
    tokens: {
      accessToken: 'eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiIsIng1dCI6Ik5HVEZ2ZEstZnl0aEV1Q...new',
      refreshToken: 'AwABAAAAvPM1KaPlrEqdFSBzjqfTGAMxZGUTdM0t4B4...new',
      expiresAt: new Date('2026-11-22T12:59:59.000Z'),
      refreshTokenExpiresAt: new Date('2027-02-20T12:00:00.000Z'),
      scopes: ['User.Read', 'Chat.Read', 'Team.ReadBasic.All', 'Channel.ReadBasic.All', 'profile', 'openid'],
      tokenType: 'Bearer',
    },
  },
  refreshError:
    'Microsoft Teams OAuth failed: invalid_grant - AADSTS700082: The refresh token has expired due to inactivity. The token was issued on 2022-03-02T03:54:33.8043551Z and was inactive for 90.00:00:00. Trace ID: 0000aaaa-11bb-cccc-dd22-eeeeee333333 Correlation ID: aaaa0000-bb11-2222-33cc-444444dddddd Timestamp: 2016-01-09 02:02:12Z',
  // There is none.
  revocation: [],
  api: {
    path: '/me/joinedTeams',
    request: {
      endpoint: 'GET https://graph.microsoft.com/v1.0/me/joinedTeams',
      headers: {
        authorization: 'Bearer eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiIsIng1dCI6Ik5HVEZ2ZEstZnl0aEV1Q...',
      },
    },
    renewed: {
      authorization: 'Bearer eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiIsIng1dCI6Ik5HVEZ2ZEstZnl0aEV1Q...new',
    },
  },
}
