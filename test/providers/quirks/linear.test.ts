import { describe, expect, it } from 'vitest'
import { linear } from '../../../providers/linear.ts'
import { documented, json, openClient, ref, useStage } from '../flow-stage.ts'
import { begin } from '../flow-walk.ts'
import { row } from '../rows/linear.ts'

const stage = useStage()

describe('linear', () => {
  it('asks for scopes with commas', async () => {
    const { client } = openClient(linear, {
      redirectUri: row.redirectUri,
      scopes: ['read', 'issues:create'],
    })
    const { url } = await client.authorize(ref)
    expect(new URL(url).searchParams.get('scope')).toBe('read,issues:create')
  })

  it('reads the scopes of an old app, which come as a list', async () => {
    const walk = begin(stage, row, { token: documented('linear', 'token-scope-list') })
    expect((await walk.connect()).connection.scopes).toEqual(['read', 'write'])
  })

  it('takes a 400 that says RATELIMITED for a rate limit', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    stage.sent.length = 0
    stage.answer(row.api.request.endpoint, documented('linear', 'api-rate-limited'), json({ data: {} }))
    const response = await walk.client.fetch(ref, row.api.path)
    expect(await response.json()).toEqual({ data: {} })
    expect(stage.sent.map(({ endpoint }) => endpoint)).toEqual([
      'GET https://api.linear.app/graphql',
      'GET https://api.linear.app/graphql',
    ])
  })

  it('hands back any other 400 as it is', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    stage.sent.length = 0
    const refused = { errors: [{ message: 'Invalid input.', extensions: { code: 'INPUT_ERROR' } }] }
    stage.answer(row.api.request.endpoint, json(refused, 400))
    const response = await walk.client.fetch(ref, row.api.path)
    expect([response.status, await response.json()]).toEqual([400, refused])
    expect(stage.sent).toHaveLength(1)
  })

  it('refreshes when GraphQL says under HTTP 400 that the token is not taken', async () => {
    const walk = begin(stage, row)
    await walk.connectRefreshable()
    walk.answerRefresh()
    stage.answer(row.api.request.endpoint, documented('linear', 'api-unauthenticated'), json({ data: {} }))
    expect((await walk.client.fetch(ref, row.api.path)).status).toBe(200)
    expect(stage.sent.map(({ endpoint }) => endpoint)).toEqual([
      'GET https://api.linear.app/graphql',
      'POST https://api.linear.app/oauth/token',
      'GET https://api.linear.app/graphql',
    ])
  })

  it('counts a token that was revoked before as revoked', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    stage.answer('POST https://api.linear.app/oauth/revoke', documented('linear', 'revoke-gone'))
    expect(await walk.client.disconnect(ref)).toEqual({ revoked: true })
  })
})
