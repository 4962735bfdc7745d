import { slack } from '../../../providers/slack.ts'
import type { FlowRow } from '../flow-row.ts'

/** base64 of "client-id:client-secret". */
const basic = 'Basic Y2xpZW50LWlkOmNsaWVudC1zZWNyZXQ='
const form = 'application/x-www-form-urlencoded'

export const row: FlowRow = {
  definition: slack,
  redirectUri: 'https://app.example.com/oauth/slack/callback',
  authorization: {
    url: 'https://slack.com/oauth/v2/authorize',
    query: {
      response_type: 'code',
      client_id: 'client-id',
      redirect_uri: 'https://app.example.com/oauth/slack/callback',
      scope:
        'channels:read,channels:history,groups:read,groups:history,im:read,im:history,mpim:read,mpim:history,users:read,users:read.email,team:read,files:read',
    },
    pkce: false,
  },
  callback: { code: '1000.2000.abcdef' },
  exchange: {
    endpoint: 'POST https://slack.com/api/oauth.v2.access',
    headers: { authorization: basic, 'content-type': form },
    body: {
      grant_type: 'authorization_code',
      code: '1000.2000.abcdef',
      redirect_uri: 'https://app.example.com/oauth/slack/callback',
    },
  },
  learning: [],
  tokens: {
    accessToken: 'xoxb-17653672481-19874698323-pdFZKVeTuE8sk7oOcBrzbqgy',
    scopes: ['commands', 'incoming-webhook'],
    tokenType: 'bot',
    additional: { user: { accessToken: 'xoxp-1234', scopes: ['chat:write'], tokenType: 'user' } },
  },
  connection: {
    scopes: ['commands', 'incoming-webhook', 'chat:write'],
    tokenType: 'bot',
    account: { id: 'T9TK3CUKW', name: 'Slack Softball Team' },
    params: {},
  },
  error: 'Slack OAuth failed: invalid_code',
  denied: 'Slack OAuth failed: access_denied',
  refresh: {
    from: 'token-rotation',
    because: 'end',
    accessToken: 'xoxe.xoxb-1-NEW0yLTk4NzY1NDMyMTA',
    requests: [
      {
        endpoint: 'POST https://slack.com/api/oauth.v2.access',
        headers: { authorization: basic, 'content-type': form },
        body: { grant_type: 'refresh_token', refresh_token: 'xoxe-1-My0xLWJvdC1yZWZyZXNo' },
        answer: 'refresh',
      },
      {
        endpoint: 'POST https://slack.com/api/oauth.v2.access',
        headers: { authorization: basic, 'content-type': form },
        body: { grant_type: 'refresh_token', refresh_token: 'xoxe-1-My0xLXVzZXItcmVmcmVzaA' },
        answer: 'refresh-user',
      },
    ],
    tokens: {
      accessToken: 'xoxe.xoxb-1-NEW0yLTk4NzY1NDMyMTA',
      refreshToken: 'xoxe-1-NEW0xLWJvdC1yZWZyZXNo',
      expiresAt: new Date('2026-11-23T00:00:00.000Z'),
      scopes: ['commands', 'incoming-webhook'],
      tokenType: 'bot',
      additional: {
        user: {
          accessToken: 'xoxe.xoxp-1-1234',
          refreshToken: 'xoxe-1-NEW0xLXVzZXItcmVmcmVzaA',
          expiresAt: new Date('2026-11-23T00:00:00.000Z'),
          scopes: ['chat:write'],
          tokenType: 'user',
        },
      },
    },
  },
  refreshError: 'Slack OAuth failed: invalid_refresh_token',
  revocation: [
    {
      endpoint: 'POST https://slack.com/api/auth.revoke',
      headers: { authorization: 'Bearer xoxb-17653672481-19874698323-pdFZKVeTuE8sk7oOcBrzbqgy' },
      answer: 'revoke',
    },
    {
      endpoint: 'POST https://slack.com/api/auth.revoke',
      headers: { authorization: 'Bearer xoxp-1234' },
      answer: 'revoke-error',
    },
  ],
  api: {
    path: '/conversations.list?limit=200',
    request: {
      endpoint: 'GET https://slack.com/api/conversations.list',
      query: { limit: '200' },
      headers: { authorization: 'Bearer xoxb-17653672481-19874698323-pdFZKVeTuE8sk7oOcBrzbqgy' },
    },
    renewed: { authorization: 'Bearer xoxe.xoxb-1-NEW0yLTk4NzY1NDMyMTA' },
  },
}
