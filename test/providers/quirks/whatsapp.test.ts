import { describe, expect, it } from 'vitest'
import { failure } from '../../support/connected.ts'
import { documented, documentedQuery, json, ref, useStage } from '../flow-stage.ts'
import { begin } from '../flow-walk.ts'
import { row } from '../rows/whatsapp.ts'

const stage = useStage()
const accounts = 'GET https://graph.facebook.com/v26.0/me/assigned_whatsapp_business_accounts'

describe('whatsapp', () => {
  it("exchanges a user's short token for one of 60 days, at once", async () => {
    const walk = begin(stage, row)
    stage.answer(
      row.exchange.endpoint,
      documented('whatsapp', 'token-short'),
      documented('whatsapp', 'token'),
    )
    for (const { endpoint, answer } of row.learning) stage.answer(endpoint, documented('whatsapp', answer))
    const { state } = await walk.authorize()
    await walk.client.callback(walk.returnTo(state))
    expect(stage.sent[1]).toMatchObject({
      endpoint: 'POST https://graph.facebook.com/v26.0/oauth/access_token',
      query: {},
      body: {
        grant_type: 'fb_exchange_token',
        fb_exchange_token: 'EAAJshortlivedsampleZDZD',
        client_id: 'client-id',
        client_secret: 'client-secret',
      },
    })
    expect(stage.sent[1]?.body).not.toHaveProperty('redirect_uri')
    expect(await walk.client.getTokens(ref)).toEqual(row.tokens)
    expect(stage.sent[2]?.headers.authorization).toBe(`Bearer ${row.tokens.accessToken}`)
  })

  it('keeps the short token where the long one is refused', async () => {
    const walk = begin(stage, row)
    stage.answer(
      row.exchange.endpoint,
      documented('whatsapp', 'token-short'),
      documented('whatsapp', 'error'),
    )
    for (const { endpoint, answer } of row.learning) stage.answer(endpoint, documented('whatsapp', answer))
    const { state } = await walk.authorize()
    const { connection } = await walk.client.callback(walk.returnTo(state))
    expect(connection.expiresAt).toEqual(new Date('2026-11-21T13:25:07.000Z'))
    expect(walk.reported.map(({ error }) => error)).toEqual(['100'])
  })

  it('leaves the token of a business alone, which has no end', async () => {
    const walk = begin(stage, row, { token: documented('whatsapp', 'token-business') })
    const { connection } = await walk.connect()
    expect(connection.expiresAt).toBeUndefined()
    expect(stage.sent.map(({ endpoint }) => endpoint)).toEqual([
      row.exchange.endpoint,
      ...row.learning.map(({ endpoint }) => endpoint),
    ])
  })

  it('asks with a login configuration, without scopes', async () => {
    const walk = begin(stage, row, { options: { params: { configId: '1158201444' } } })
    const { url } = await walk.authorize()
    const { state: _state, ...query } = Object.fromEntries(new URL(url).searchParams)
    expect(query).toEqual({
      response_type: 'code',
      client_id: 'client-id',
      redirect_uri: 'https://app.example.com/oauth/whatsapp/callback',
      config_id: '1158201444',
      override_default_response_type: 'true',
    })
  })

  it('exchanges a code of the JavaScript SDK without a redirect URI', async () => {
    const walk = begin(stage, row, { options: { params: { signup: 'embedded' } } })
    await walk.connect()
    expect(stage.sent[0]?.body).toEqual({
      code: 'AQBZg_samplecode',
      client_id: 'client-id',
      client_secret: 'client-secret',
    })
  })

  it('names a refusal that comes without `error`', async () => {
    const walk = begin(stage, row)
    const { state } = await walk.authorize()
    const query = documentedQuery('whatsapp', 'denied-code')
    const error = await failure(walk.client.callback(walk.returnTo(state, query)))
    expect(error.code).toBe('authorization_denied')
    expect(error.message).toBe(
      'WhatsApp Business OAuth failed: 1349126 - App Not Setup: This app is still in development mode.',
    )
  })

  it('lets the user choose among several accounts, and guesses none', async () => {
    const walk = begin(stage, row)
    stage.answer(row.exchange.endpoint, documented('whatsapp', 'token'))
    for (const { endpoint, answer } of row.learning) stage.answer(endpoint, documented('whatsapp', answer))
    stage.answer(accounts, documented('whatsapp', 'discovery-several'))
    const { state } = await walk.authorize()
    const { connection } = await walk.client.callback(walk.returnTo(state))
    expect(connection.params).toEqual({})
    expect(connection.choices).toMatchObject({
      wabaId: [
        { id: '102290129340398', name: "Jasper's Market" },
        { id: '104996122399160', name: 'Lucky Shrub' },
      ],
    })
    const chosen = await walk.client.choose(ref, { wabaId: '104996122399160' })
    expect(chosen.params).toEqual({ wabaId: '104996122399160' })
  })

  it('connects where the accounts may not be read', async () => {
    const walk = begin(stage, row)
    stage.answer(row.exchange.endpoint, documented('whatsapp', 'token'))
    for (const { endpoint, answer } of row.learning) stage.answer(endpoint, documented('whatsapp', answer))
    stage.answer(accounts, documented('whatsapp', 'discovery-forbidden'))
    const { state } = await walk.authorize()
    const { connection } = await walk.client.callback(walk.returnTo(state))
    expect(connection).toMatchObject({ status: 'active', params: {}, account: { name: 'Jane Smith' } })
  })

  it('asks for a new connect when the API says that the token has ended, under HTTP 400', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    stage.answer(row.api.request.endpoint, documented('whatsapp', 'api-ended'))
    expect((await walk.client.fetch(ref, row.api.path)).status).toBe(400)
    expect(await walk.client.getConnection(ref)).toMatchObject({ status: 'reconnect_required' })
    expect(walk.reconnects).toHaveLength(1)
  })

  it('keeps the connection through a rate limit, and waits as long as it is told to', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    const { status, headers, body } = documented('whatsapp', 'api-rate-limited')
    stage.answer(
      row.api.request.endpoint,
      { status, headers: { ...headers, 'retry-after': '0' }, body },
      json({ data: [] }),
    )
    expect((await walk.client.fetch(ref, row.api.path)).status).toBe(200)
    expect(await walk.client.getConnection(ref)).toMatchObject({ status: 'active' })
  })
})
