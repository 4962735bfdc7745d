import { describe, expect, it } from 'vitest'
import { failure } from '../../support/connected.ts'
import { documented, json, ref, useStage } from '../flow-stage.ts'
import { begin } from '../flow-walk.ts'
import { row } from '../rows/zoho-crm.ts'

const stage = useStage()

/** The row with another API server in the token answer. */
function onServer(server: string) {
  const token = json({ ...Object(documented('zoho-crm', 'token').body), api_domain: server })
  const learning = row.learning.map((each) => ({ ...each, endpoint: `GET ${server}/crm/v8/org` }))
  return begin(stage, { ...row, learning }, { token })
}

describe('zoho-crm', () => {
  it.each([
    'https://sandbox.zohoapis.eu',
    'https://developer.zohoapis.com',
    'https://www.zohoapis.com.cn',
    'https://www.zohoapis.ca',
    'https://api.zoho.eu',
  ])('asks %s where the token answer names it', async (server) => {
    const { connection } = await onServer(server).connect()
    expect(connection).toMatchObject({ params: { apiDomain: server }, account: { id: '690527736' } })
  })

  it.each([
    'https://evil.zohoapis.eu',
    'https://www.zohoapis.eu.evil.example',
    'https://www.zohoapis.eu@evil.example',
    'https://api.zoho.evil.example',
    'http://www.zohoapis.eu',
    'https://sandbox.zoho.eu',
  ])('sends no token to %s', async (server) => {
    expect(['params_invalid', 'host_not_allowed']).toContain((await failure(onServer(server).connect())).code)
    expect(stage.sent.map(({ endpoint }) => endpoint)).toEqual([
      'POST https://accounts.zoho.eu/oauth/v2/token',
    ])
  })

  it('keeps the refresh token where a later consent brings none', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    const { refresh_token: _none, ...body } = Object(documented('zoho-crm', 'token').body)
    stage.answer(row.exchange.endpoint, json({ ...body, access_token: '1000.second.sample' }))
    const { state } = await walk.authorize()
    await walk.client.callback(walk.returnTo(state))
    expect(await walk.client.getTokens(ref)).toMatchObject({
      accessToken: '1000.second.sample',
      refreshToken: '1000.18e983526f0ca8575ea9c53b0cd5bb58.1bd83a6f2e22c3a7e1309d96ae439cc1',
    })
  })

  it.each([
    ['as documented', documented('zoho-crm', 'refresh-transient')],
    ['under another name', json({ error: 'general_error', error_description: 'too many requests' }, 400)],
    [
      'under the name of a dead token',
      json({ error: 'invalid_code', error_description: 'You have made too many requests continuously.' }),
    ],
  ])('takes throttling for a pause, %s', async (_how, answer) => {
    const walk = begin(stage, row)
    await walk.connectRefreshable()
    stage.answer(row.exchange.endpoint, answer)
    expect(await failure(walk.tokenAfterItsEnd())).toMatchObject({ code: 'provider_error', retryable: true })
    expect(await walk.client.getConnection(ref)).toMatchObject({ status: 'active' })
    expect(walk.reconnects).toEqual([])
  })

  it('refreshes on INVALID_TOKEN, whatever the status', async () => {
    const walk = begin(stage, row)
    await walk.connectRefreshable()
    walk.answerRefresh()
    stage.answer(row.api.request.endpoint, documented('zoho-crm', 'api-expired'), json({ data: [] }))
    expect((await walk.client.fetch(ref, row.api.path)).status).toBe(200)
    expect(stage.sent).toHaveLength(3)
  })

  it('spends no refresh on a scope that is missing', async () => {
    const walk = begin(stage, row)
    await walk.connectRefreshable()
    stage.answer(row.api.request.endpoint, documented('zoho-crm', 'api-scope'))
    expect((await walk.client.fetch(ref, row.api.path)).status).toBe(401)
    expect(stage.sent).toHaveLength(1)
  })

  it.each([
    ['revoke-gone', true],
    ['refresh-transient', false],
  ])('after %s a token counts as revoked: %s', async (answer, revoked) => {
    const walk = begin(stage, row)
    await walk.connect()
    stage.answer('POST https://accounts.zoho.eu/oauth/v2/token/revoke', documented('zoho-crm', answer))
    expect((await walk.client.disconnect(ref)).revoked).toBe(revoked)
  })
})
