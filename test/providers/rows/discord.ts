import { discord } from '../../../providers/discord.ts'
import type { FlowRow } from '../flow-row.ts'

/** base64 of "client-id:client-secret". */
const basic = 'Basic Y2xpZW50LWlkOmNsaWVudC1zZWNyZXQ='
const form = 'application/x-www-form-urlencoded'
const agent = 'DiscordBot (https://www.npmjs.com/package/latchkey, 1.0.0)'

export const row: FlowRow = {
  definition: discord,
  redirectUri: 'https://app.example.com/oauth/discord/callback',
  authorization: {
    url: 'https://discord.com/oauth2/authorize',
    query: {
      response_type: 'code',
      client_id: 'client-id',
      redirect_uri: 'https://app.example.com/oauth/discord/callback',
      scope: 'bot identify guilds',
      permissions: '66560',
    },
    pkce: true,
  },
  callback: {
    code: 'NhhvTDYsFcdgNLnnLijcl7Ku7bEEeee',
    guild_id: '2909267986347357250',
    permissions: '66560',
  },
  exchange: {
    endpoint: 'POST https://discord.com/api/v10/oauth2/token',
    headers: { authorization: basic, 'content-type': form, 'user-agent': agent },
    body: {
      grant_type: 'authorization_code',
      code: 'NhhvTDYsFcdgNLnnLijcl7Ku7bEEeee',
      redirect_uri: 'https://app.example.com/oauth/discord/callback',
    },
  },
  learning: [
    {
      endpoint: 'GET https://discord.com/api/v10/users/@me',
      headers: { authorization: 'Bearer zMndOe7jFLXGawdlxMOdNvXjjOce5X', 'user-agent': agent },
      answer: 'identity',
    },
  ],
  tokens: {
    accessToken: 'zMndOe7jFLXGawdlxMOdNvXjjOce5X',
    refreshToken: 'mgp8qnvBwJcmadwgCYKyYD5CAzGAX4',
    expiresAt: new Date('2026-11-28T12:00:00.000Z'),
    scopes: ['bot'],
    tokenType: 'Bearer',
  },
  connection: {
    scopes: ['bot'],
    tokenType: 'Bearer',
    expiresAt: new Date('2026-11-28T12:00:00.000Z'),
    account: { id: '80351110224678912', name: 'Nelly' },
    params: { guildId: '2909267986347357250', guildName: 'SomeTest' },
  },
  error: 'Discord OAuth failed: invalid_grant - Invalid "code" in request.',
  denied:
    'Discord OAuth failed: access_denied - The resource owner or authorization server denied the request',
  refresh: {
    because: 'rejected',
    accessToken: '6qrZcUqja7812RVdnEKjpzOL4CvHBFG',
    requests: [
      {
        endpoint: 'POST https://discord.com/api/v10/oauth2/token',
        headers: { authorization: basic, 'content-type': form, 'user-agent': agent },
        body: { grant_type: 'refresh_token', refresh_token: 'mgp8qnvBwJcmadwgCYKyYD5CAzGAX4' },
        answer: 'refresh',
      },
    ],
    tokens: {
      accessToken: '6qrZcUqja7812RVdnEKjpzOL4CvHBFG',
      refreshToken: 'D43f5y0ahjqew82jZ4NViEr2YafMKhue',
      expiresAt: new Date('2026-11-28T12:00:00.000Z'),
      scopes: ['identify'],
      tokenType: 'Bearer',
    },
  },
  refreshError: 'Discord OAuth failed: invalid_grant - Invalid "refresh_token" in request',
  revocation: [
    {
      endpoint: 'POST https://discord.com/api/v10/oauth2/token/revoke',
      headers: { authorization: basic, 'content-type': form, 'user-agent': agent },
      body: { token: 'mgp8qnvBwJcmadwgCYKyYD5CAzGAX4', token_type_hint: 'refresh_token' },
      answer: 'revoke',
    },
  ],
  api: {
    path: '/users/@me/guilds?limit=200',
    request: {
      endpoint: 'GET https://discord.com/api/v10/users/@me/guilds',
      query: { limit: '200' },
      headers: { authorization: 'Bearer zMndOe7jFLXGawdlxMOdNvXjjOce5X', 'user-agent': agent },
    },
    renewed: { authorization: 'Bearer 6qrZcUqja7812RVdnEKjpzOL4CvHBFG' },
  },
}
