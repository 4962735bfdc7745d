import { describe, expect, it } from 'vitest'
import { documented, json, openClient, ref, useStage } from '../flow-stage.ts'
import { begin } from '../flow-walk.ts'
import { row } from '../rows/trello.ts'

const stage = useStage()

describe('trello', () => {
  it('refreshes where the API says in plain text that the token has ended', async () => {
    const walk = begin(stage, row)
    await walk.connectRefreshable()
    walk.answerRefresh()
    stage.answer(row.api.request.endpoint, documented('trello', 'api-expired'), json([]))
    expect((await walk.client.fetch(ref, row.api.path)).status).toBe(200)
    expect(stage.sent.map(({ endpoint }) => endpoint)).toEqual([
      'GET https://api.trello.com/1/members/me/boards',
      'POST https://auth.atlassian.com/oauth/token',
      'GET https://api.trello.com/1/members/me/boards',
    ])
  })

  it('spends no refresh on a scope that is missing, in plain text too', async () => {
    const walk = begin(stage, row)
    await walk.connectRefreshable()
    stage.answer(row.api.request.endpoint, documented('trello', 'api-scope'))
    const response = await walk.client.fetch(ref, row.api.path)
    expect([response.status, await response.text()]).toEqual([401, 'unauthorized permission requested'])
    expect(stage.sent).toHaveLength(1)
  })

  it('asks for a refresh token whatever else is asked for, and names no audience', async () => {
    const { client } = openClient(row.definition, {
      redirectUri: row.redirectUri,
      scopes: ['read:organization:trello'],
    })
    const { searchParams } = new URL((await client.authorize(ref)).url)
    expect(searchParams.get('scope')).toBe('read:organization:trello offline_access')
    expect(searchParams.has('audience')).toBe(false)
  })
})
