import { describe, expect, it } from 'vitest'
import { slack } from '../../providers/slack.ts'
import { failure } from '../support/connected.ts'
import { documented, json, openClient, ref, useStage } from './flow-stage.ts'
import { begin } from './flow-walk.ts'
import { row as githubRow } from './rows/github.ts'
import { row as gitlabRow } from './rows/gitlab.ts'
import { row as slackRow } from './rows/slack.ts'

const stage = useStage()

describe('slack', () => {
  it('keeps two chains, each with its own end', async () => {
    const walk = begin(stage, slackRow)
    await walk.connectRefreshable()
    expect(await walk.client.getTokens(ref)).toEqual({
      accessToken: 'xoxe.xoxb-1-Mi0yLTk4NzY1NDMyMTA',
      refreshToken: 'xoxe-1-My0xLWJvdC1yZWZyZXNo',
      expiresAt: new Date('2026-11-22T00:00:00.000Z'),
      scopes: ['commands', 'incoming-webhook'],
      tokenType: 'bot',
      additional: {
        user: {
          accessToken: 'xoxe.xoxp-1234',
          refreshToken: 'xoxe-1-My0xLXVzZXItcmVmcmVzaA',
          expiresAt: new Date('2026-11-22T00:00:00.000Z'),
          scopes: ['chat:write'],
          tokenType: 'user',
        },
      },
    })
    expect(await walk.client.getAccessToken(ref)).toBe('xoxe.xoxb-1-Mi0yLTk4NzY1NDMyMTA')
    expect(await walk.client.getAccessToken(ref, { token: 'bot' })).toBe('xoxe.xoxb-1-Mi0yLTk4NzY1NDMyMTA')
    expect(await walk.client.getAccessToken(ref, { token: 'user' })).toBe('xoxe.xoxp-1234')
    expect(stage.sent).toEqual([])
  })

  it('hands out the refreshed user token by its name', async () => {
    const walk = begin(stage, slackRow)
    await walk.connectRefreshable()
    walk.answerRefresh()
    walk.setTime(Date.parse('2026-11-22T12:00:00.000Z'))
    expect(await walk.client.getAccessToken(ref, { token: 'user' })).toBe('xoxe.xoxp-1-1234')
    expect(await walk.client.getAccessToken(ref)).toBe('xoxe.xoxb-1-NEW0yLTk4NzY1NDMyMTA')
    expect(stage.sent).toHaveLength(2)
  })

  it('refreshes the user token alone when only that one was refused', async () => {
    const walk = begin(stage, slackRow)
    await walk.connectRefreshable()
    walk.answerRefresh()
    expect(await walk.client.getAccessToken(ref, { token: 'user', rejected: 'xoxe.xoxp-1234' })).toBe(
      'xoxe.xoxp-1-1234',
    )
    expect(await walk.client.getAccessToken(ref)).toBe('xoxe.xoxb-1-Mi0yLTk4NzY1NDMyMTA')
    expect(stage.sent).toHaveLength(1)
  })

  it('connects with a user token alone', async () => {
    const walk = begin(stage, slackRow, { token: documented('slack', 'token-user-only') })
    const { connection } = await walk.connect()
    expect(connection).toMatchObject({
      scopes: ['channels:history', 'users:read'],
      tokenType: 'user',
      account: { id: 'T024BE7LD' },
    })
    expect(await walk.client.getAccessToken(ref)).toBe('xoxp-yoda-yoda-yoda')
    expect(await walk.client.getAccessToken(ref, { token: 'user' })).toBe('xoxp-yoda-yoda-yoda')
    expect((await failure(walk.client.getAccessToken(ref, { token: 'bot' }))).code).toBe('params_invalid')
  })

  it('connects an organisation that has no team', async () => {
    const walk = begin(stage, slackRow, { token: documented('slack', 'token-organization') })
    expect((await walk.connect()).connection.account).toEqual({ id: 'E12345678', name: 'slack-sports' })
  })

  it('refreshes and calls again when an API says token_expired under HTTP 200', async () => {
    const walk = begin(stage, slackRow)
    await walk.connectRefreshable()
    walk.answerRefresh()
    const endpoint = 'GET https://slack.com/api/conversations.list'
    stage.answer(endpoint, documented('slack', 'api-expired'), json({ ok: true, channels: [] }))
    const response = await walk.client.fetch(ref, '/conversations.list')
    expect(await response.json()).toEqual({ ok: true, channels: [] })
    expect(stage.sent.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer xoxe.xoxb-1-Mi0yLTk4NzY1NDMyMTA',
      'Basic Y2xpZW50LWlkOmNsaWVudC1zZWNyZXQ=',
      'Bearer xoxe.xoxb-1-NEW0yLTk4NzY1NDMyMTA',
    ])
  }, 5_000)

  it('hands back a long rate limit as it is', async () => {
    const walk = begin(stage, slackRow)
    await walk.connect()
    stage.answer('GET https://slack.com/api/users.list', documented('slack', 'rate-limited'))
    const response = await walk.client.fetch(ref, '/users.list')
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '30'])
  })

  it('goes to GovSlack where the client is fixed to it', async () => {
    const opened = openClient(slack, {
      redirectUri: slackRow.redirectUri,
      params: { host: 'slack-gov.com' },
    })
    const { url } = await opened.client.authorize(ref)
    expect(url).toMatch(/^https:\/\/slack-gov\.com\/oauth\/v2\/authorize\?/)
  })
})

describe('github', () => {
  it('reads a form-encoded answer', async () => {
    const walk = begin(stage, githubRow, { token: documented('github', 'token-form') })
    const { connection } = await walk.connect()
    expect(connection.scopes).toEqual(['repo', 'gist'])
    expect(await walk.client.getAccessToken(ref)).toBe('gho_16C7e42F292c6912E7710c838347Ae178B4a')
  })

  it('reads a form-encoded error', async () => {
    const walk = begin(stage, githubRow, { token: documented('github', 'error-form') })
    expect((await failure(walk.connect())).message).toBe(
      'GitHub OAuth failed: bad_verification_code - The code passed is incorrect or expired.',
    )
  })

  it("keeps both ends of a GitHub App's tokens", async () => {
    const walk = begin(stage, githubRow)
    await walk.connectRefreshable()
    expect(await walk.client.getTokens(ref)).toEqual({
      accessToken: 'ghu_16C7e42F292c6912E7710c838347Ae178B4a',
      refreshToken: 'ghr_1B4a2e77838347a7E420ce178F2E7c6912E169246c34E1ccbF66C46812d16D5B1A9Dc86A1498',
      expiresAt: new Date('2026-11-21T20:00:00.000Z'),
      refreshTokenExpiresAt: new Date('2027-05-24T12:00:00.000Z'),
      scopes: [],
      tokenType: 'bearer',
    })
  })

  it("says refresh_unsupported when an OAuth app's token is refused", async () => {
    const walk = begin(stage, githubRow)
    await walk.connect()
    expect((await failure(walk.client.refresh(ref))).code).toBe('refresh_unsupported')
  })

  it('counts a token it no longer knows as revoked', async () => {
    const walk = begin(stage, githubRow)
    await walk.connect()
    stage.answer(
      'DELETE https://api.github.com/applications/client-id/token',
      documented('github', 'revoke-gone'),
    )
    expect(await walk.client.disconnect(ref)).toEqual({ revoked: true })
  })

  it('refuses another issuer before anything is sent', async () => {
    const walk = begin(stage, githubRow)
    const query = { code: 'c', iss: 'https://github.evil.example/login/oauth' }
    const { state } = await walk.authorize()
    expect((await failure(walk.client.callback(walk.returnTo(state, query)))).code).toBe('issuer_mismatch')
    expect(stage.sent).toEqual([])
  })
})

describe('gitlab', () => {
  it('stays on a self-managed host with port and path for every request', async () => {
    const root = 'https://example.com:8443/gitlab'
    const row = {
      ...gitlabRow,
      exchange: { ...gitlabRow.exchange, endpoint: `POST ${root}/oauth/token` },
      learning: gitlabRow.learning.map((each) => ({ ...each, endpoint: `GET ${root}/api/v4/user` })),
    }
    const walk = begin(stage, row, { options: { params: { host: 'example.com:8443/gitlab' } } })
    const { authorizationUrl } = await walk.connect()
    expect(`${authorizationUrl.origin}${authorizationUrl.pathname}`).toBe(`${root}/oauth/authorize`)
    stage.answer(`GET ${root}/api/v4/projects`, json([]))
    stage.answer(`POST ${root}/oauth/revoke`, documented('gitlab', 'revoke'))
    expect((await walk.client.fetch(ref, '/projects')).status).toBe(200)
    expect(await walk.client.disconnect(ref)).toEqual({ revoked: true })
    expect(stage.sent.map(({ endpoint }) => endpoint)).toEqual([
      `POST ${root}/oauth/token`,
      `GET ${root}/api/v4/user`,
      `GET ${root}/api/v4/projects`,
      `POST ${root}/oauth/revoke`,
    ])
  })

  it('lets no tenant choose the host', async () => {
    const walk = begin(stage, gitlabRow, { params: { host: 'gitlab.evil.example' } })
    expect((await failure(walk.authorize())).code).toBe('params_invalid')
  })
})
