import { describe, expect, it } from 'vitest'
import { documented, gatewayPage, json, ref, useStage } from '../providers/flow-stage.ts'
import { failure } from '../support/connected.ts'
import { checkCarriedState, expectSilence, recordsIn, walkWith } from './carried-flow.ts'
import {
  accessToken,
  endpoints,
  flow,
  headers,
  id,
  linkToken,
  publicToken,
  redirectUri,
} from './plaid-flow.ts'

const stage = useStage()
const begin = () => walkWith(stage, flow)
const sentTo = () => stage.sent.map(({ endpoint }) => endpoint)

checkCarriedState(stage, flow)

describe('the way there', () => {
  it('asks for a link token first, with a completion URI of its own for each flow', async () => {
    const { flowId } = await begin().authorize()
    expect(stage.sent).toHaveLength(1)
    expect(stage.sent[0]).toMatchObject({ endpoint: endpoints.create, query: {}, headers })
    expect(stage.sent[0]?.headers.authorization).toBeUndefined()
    expect(stage.sent[0]?.body).toEqual({
      client_name: 'Acme',
      language: 'en',
      country_codes: ['US'],
      user: { client_user_id: 'zvgff7WeYkeF-_knMfCIgQ' },
      products: ['transactions'],
      transactions: { days_requested: 90 },
      hosted_link: { completion_redirect_uri: `${redirectUri}?state=${flowId}`, url_lifetime_seconds: 600 },
    })
  })

  it('asks in the terms of this tenant and client', async () => {
    const walk = walkWith(stage, flow, { scopes: ['transactions', 'auth'] })
    await walk.client.authorize({ ...ref, params: { country: 'GB', language: 'fr' } })
    expect(sentTo()).toEqual([endpoints.create])
    expect(stage.sent[0]?.body).toMatchObject({
      language: 'fr',
      country_codes: ['GB'],
      // Nobody said who it is: the tenant's id, which is as good for telling users apart.
      user: { client_user_id: 'Mq6LbteyLpsIPK2TyenACA' },
      products: ['transactions', 'auth'],
    })
  })

  it('asks the environment the secret belongs to', async () => {
    stage.answer('POST https://sandbox.plaid.com/link/token/create', documented(id, 'link-token'))
    await walkWith(stage, flow, { params: { environment: 'sandbox' } }).authorize()
    expect(sentTo()).toEqual(['POST https://sandbox.plaid.com/link/token/create'])
  })

  it('sends the user to the hosted page, and nothing along', async () => {
    const { url } = await begin().authorize()
    expect(url).toBe('https://secure.plaid.com/hl/lp9o97618r1r6p93oon62nr025950ro4s3')
  })

  it("says in the provider's words why there is none", async () => {
    const walk = begin()
    stage.answer(endpoints.create, documented(id, 'link-token-error'))
    const error = await failure(walk.authorize())
    expect(error.message).toBe(
      'Plaid OAuth failed: INVALID_PRODUCT - client is not authorized to access the following products: ["transactions"]',
    )
    expect(error).toMatchObject({ code: 'provider_error', status: 400, provider: id })
  })

  it.each([
    ['a page', gatewayPage, 'html_response'],
    [
      'an answer without a link token',
      json({ hosted_link_url: 'https://secure.plaid.com/hl/x' }),
      'malformed_response',
    ],
    ['an answer without a hosted page', json({ link_token: linkToken }), 'malformed_response'],
    [
      'a page that is not https',
      json({ link_token: linkToken, hosted_link_url: 'http://secure.plaid.com/hl/x' }),
      'host_not_allowed',
    ],
    [
      'a page that is a script',
      json({ link_token: linkToken, hosted_link_url: 'javascript:alert(1)' }),
      'host_not_allowed',
    ],
    [
      'a redirect',
      { status: 302, headers: { location: 'https://evil.example/' }, body: '' },
      'unexpected_redirect',
    ],
    ['too much', json({ error_type: 'RATE_LIMIT_EXCEEDED', error_code: 'RATE_LIMIT' }, 429), 'rate_limited'],
  ])('sends nobody anywhere after %s', async (_what, given, code) => {
    const walk = begin()
    stage.answer(endpoints.create, given)
    const error = await failure(walk.authorize())
    expect(error).toMatchObject({ code, provider: id })
    expectSilence(error, [linkToken, 'client-secret'])
    expect(await recordsIn(walk.store)).toEqual([])
  })
})

describe('the way back', () => {
  it('asks how the session ended, exchanges its public token, and asks which Item it is', async () => {
    await begin().connect()
    const [, session, exchange, ...learning] = stage.sent
    expect(session).toMatchObject({ endpoint: endpoints.session, query: {}, headers })
    expect(session?.body).toEqual({ link_token: linkToken })
    expect(exchange).toMatchObject({ endpoint: endpoints.exchange, query: {}, headers })
    expect(exchange?.body).toEqual({ public_token: publicToken })
    expect(learning.map(({ endpoint }) => endpoint)).toEqual([endpoints.item])
    for (const item of learning) {
      expect(item).toMatchObject({ query: {}, headers })
      expect(item.body).toEqual({ access_token: accessToken })
    }
  })

  it('knows the Item from the token answer alone, should the question about it fail', async () => {
    const walk = begin()
    stage.answer(endpoints.item, json({ error_code: 'INTERNAL_SERVER_ERROR' }, 500))
    const { connection } = await walk.connect()
    expect(connection.account).toEqual({ id: 'M5eVJqLnv3tbzdngLDp9FL5OlDNxlNhlE55op' })
  })

  it('finds the public token of whichever session of the page succeeded', async () => {
    const walk = begin()
    const [left, done] = [documented(id, 'session-exit'), documented(id, 'session')].map(({ body }) =>
      Reflect.get(Object(body), 'link_sessions'),
    )
    for (const sessions of [
      [...left, ...done],
      [...done, ...left],
    ]) {
      stage.answer(endpoints.session, json({ link_token: linkToken, link_sessions: sessions }))
      expect((await walk.connect()).connection.status).toBe('active')
      await walk.client.disconnect(ref, { revoke: false })
    }
  })

  it('stores the token', async () => {
    const walk = begin()
    await walk.connect()
    const tokens = { accessToken, scopes: ['transactions'], tokenType: 'Bearer' }
    expect(await walk.client.getTokens(ref)).toEqual(tokens)
    expect(await walk.client.getAccessToken(ref)).toBe(accessToken)
    expect(walk.reported).toEqual([])
  })

  it('stores the connection, without a secret in it', async () => {
    const walk = begin()
    const { connection, redirectPath, userId } = await walk.connect()
    const now = new Date('2026-11-21T12:00:00.000Z')
    expect(connection).toEqual({
      provider: id,
      tenantId: 't1',
      connectionId: 'default',
      userId: 'u1',
      status: 'active',
      scopes: ['transactions'],
      tokenType: 'Bearer',
      account: { id: 'M5eVJqLnv3tbzdngLDp9FL5OlDNxlNhlE55op', name: 'First Platypus Bank' },
      params: {
        clientName: 'Acme',
        itemId: 'M5eVJqLnv3tbzdngLDp9FL5OlDNxlNhlE55op',
        institutionId: 'ins_109508',
        institutionName: 'First Platypus Bank',
      },
      createdAt: now,
      connectedAt: now,
      updatedAt: now,
      refreshedAt: now,
      version: 1,
    })
    expect({ redirectPath, userId }).toEqual({ redirectPath: '/integrations', userId: 'u1' })
    const kept = JSON.stringify(await recordsIn(walk.store))
    for (const secret of [accessToken, publicToken, linkToken]) expect(kept).not.toContain(secret)
  })

  it('starts the history sync three months back', async () => {
    const walk = begin()
    expect((await walk.connect()).sync).toEqual({ status: 'started', jobId: 'job-1' })
    expect(walk.jobs).toMatchObject([
      { provider: id, from: new Date('2026-08-21T12:00:00.000Z'), to: new Date('2026-11-21T12:00:00.000Z') },
    ])
  })

  it.each([
    ['left the page', 'session-exit', 'requires_credentials'],
    [
      'left it after an error',
      'session-exit-error',
      'INVALID_CREDENTIALS - The provided credentials were not correct. Please try again.',
    ],
    ['came back with the page still open', 'session-open', 'access_denied'],
  ])('takes a user who %s for one who said no', async (_what, answer, words) => {
    const walk = begin()
    stage.answer(endpoints.session, documented(id, answer))
    const error = await failure(walk.connect())
    expect(error.message).toBe(`Plaid OAuth failed: ${words}`)
    expect(error).toMatchObject({ code: 'authorization_denied', redirectPath: '/integrations' })
    expect(sentTo()).toEqual([endpoints.create, endpoints.session])
    expect(await recordsIn(walk.store)).toEqual([])
    expectSilence(error, [linkToken])
  })

  it('takes a page that nobody opened for a no', async () => {
    const walk = begin()
    stage.answer(endpoints.session, json({ link_token: linkToken, link_sessions: null, metadata: {} }))
    expect(await failure(walk.connect())).toMatchObject({
      code: 'authorization_denied',
      error: 'access_denied',
    })
  })

  it('says what the provider says about a public token it refuses, and stores nothing', async () => {
    const walk = begin()
    stage.answer(endpoints.exchange, documented(id, 'error'))
    const error = await failure(walk.connect())
    expect(error.message).toBe(
      'Plaid OAuth failed: INVALID_PUBLIC_TOKEN - could not find matching public token',
    )
    expect(error).toMatchObject({ code: 'provider_error', status: 400, redirectPath: '/integrations' })
    expect(await recordsIn(walk.store)).toEqual([])
    expect(stage.sent).toHaveLength(3)
  })

  it('takes the tokens of the flow out of whatever the provider says', async () => {
    const walk = begin()
    const words = (token: string) =>
      json({ error_code: 'INVALID_FIELD', error_message: `no: ${token} client-secret` }, 400)
    stage.answer(endpoints.session, words(linkToken))
    stage.answer(endpoints.exchange, words(publicToken))
    const first = await failure(walk.connect())
    expect(first.errorDescription).toBe('no: [redacted] [redacted]')
    expectSilence(first, [linkToken, 'client-secret'])
    stage.answer(endpoints.session, documented(id, 'session'))
    const second = await failure(walk.connect())
    expect(second.errorDescription).toBe('no: [redacted] [redacted]')
    expectSilence(second, [linkToken, publicToken, 'client-secret'])
  })

  it.each(['session', 'exchange'] as const)('names a page where data was expected (%s)', async (step) => {
    const walk = begin()
    stage.answer(endpoints[step], gatewayPage)
    const error = await failure(walk.connect())
    expect(error.message).toBe(
      'Plaid OAuth failed: html_response - the provider answered with an HTML page (HTTP 503, "503 Service Temporarily Unavailable") instead of JSON',
    )
    expect(error).toMatchObject({
      code: 'html_response',
      status: 503,
      retryable: true,
      redirectPath: '/integrations',
    })
    expect(await recordsIn(walk.store)).toEqual([])
  })
})
