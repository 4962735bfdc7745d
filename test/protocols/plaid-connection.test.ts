import { describe, expect, it } from 'vitest'
import { type Answer, documented, gatewayPage, json, ref, useStage } from '../providers/flow-stage.ts'
import { failure } from '../support/connected.ts'
import { expectSilence, recordsIn, walkWith } from './carried-flow.ts'
import {
  accessToken,
  endpoints,
  flow,
  headers,
  id,
  linkToken,
  prepareUpdate,
  publicToken,
  redirectUri,
  updateToken,
} from './plaid-flow.ts'

const stage = useStage()
const begin = () => walkWith(stage, flow)
const sentTo = () => stage.sent.map(({ endpoint }) => endpoint)

/** A connection whose user has to sign in at the bank again; what was sent so far is forgotten. */
async function broken(answer = 'api-login-required') {
  const walk = begin()
  const { connection } = await walk.connected()
  stage.answer(endpoints.sync, documented(id, answer))
  await walk.client.fetch(ref, '/transactions/sync')
  expect(await walk.client.getConnection(ref)).toMatchObject({ status: 'reconnect_required' })
  stage.sent.length = 0
  walk.jobs.length = 0
  return { ...walk, before: connection }
}

describe('a call of the API', () => {
  it('is a POST with the token in its JSON body and the client in its headers', async () => {
    const walk = begin()
    await walk.connected()
    stage.answer(endpoints.sync, json({ added: [] }))
    const response = await walk.client.fetch(ref, '/transactions/sync')
    expect(await response.json()).toEqual({ added: [] })
    expect(stage.sent).toMatchObject([{ endpoint: endpoints.sync, query: {}, headers }])
    expect(stage.sent[0]?.body).toEqual({ access_token: accessToken })
    expect(stage.sent[0]?.headers.authorization).toBeUndefined()
  })

  it("has the caller's body and headers with it, but nobody else's token", async () => {
    const walk = begin()
    await walk.connected()
    stage.answer(endpoints.sync, json({ added: [] }))
    const body = { count: 500, cursor: 'c', options: { deep: [1] }, access_token: 'of somebody else' }
    const own = { 'x-own': '1', 'plaid-secret': 'of somebody else' }
    await walk.client.fetch(ref, '/transactions/sync', { body: JSON.stringify(body), headers: own })
    expect(stage.sent[0]?.body).toEqual({ ...body, access_token: accessToken })
    expect(stage.sent[0]?.headers).toMatchObject({ ...headers, 'x-own': '1' })
  })

  it.each([
    ['a form', new URLSearchParams({ count: '1' })],
    ['text', 'count=1'],
    ['a list', '[1]'],
    ['a stream', new Blob(['{}']).stream()],
  ])('with %s is refused before it is sent', async (_what, body) => {
    const walk = begin()
    await walk.connected()
    const error = await failure(walk.client.fetch(ref, '/transactions/sync', { body }))
    expect(error.code).toBe('params_invalid')
    expectSilence(error, [accessToken, 'client-secret'])
    expect(stage.sent).toEqual([])
  })

  it('gives its token to no other host', async () => {
    const walk = begin()
    await walk.connected()
    const other = 'https://sandbox.plaid.com/item/get'
    for (const url of ['https://evil.example/', '//evil.example/', other, redirectUri])
      expect((await failure(walk.client.fetch(ref, url))).code).toBe('host_not_allowed')
    expect(stage.sent).toEqual([])
  })

  it('survives a page, and an error that is none of the grant', async () => {
    const walk = begin()
    await walk.connected()
    const notReady = json({ error_type: 'ITEM_ERROR', error_code: 'PRODUCT_NOT_READY' }, 400)
    stage.answer(endpoints.sync, gatewayPage, notReady)
    expect((await walk.client.fetch(ref, '/transactions/sync')).status).toBe(503)
    expect((await walk.client.fetch(ref, '/transactions/sync')).status).toBe(400)
    expect(await walk.client.getConnection(ref)).toMatchObject({ status: 'active', version: 1 })
    expect(walk.reconnects).toEqual([])
  })

  it('has nothing to refresh with, says so, and never ends by itself', async () => {
    const walk = begin()
    const { connection } = await walk.connected()
    expect((await failure(walk.client.refresh(ref))).code).toBe('refresh_unsupported')
    walk.setTime(Date.parse('2036-11-21T12:00:00Z'))
    expect(await walk.client.getAccessToken(ref)).toBe(accessToken)
    expect(await walk.client.getConnection(ref)).toEqual(connection)
    expect(stage.sent).toEqual([])
  })
})

describe('a login that the bank wants again', () => {
  it.each(['api-login-required', 'item-not-found'])(
    'marks the connection and is told once (%s)',
    async (answer) => {
      const walk = begin()
      await walk.connected()
      stage.answer(endpoints.sync, documented(id, answer))
      const response = await walk.client.fetch(ref, '/transactions/sync')
      // The caller has the answer all the same, unread.
      expect(await response.json()).toEqual(documented(id, answer).body)
      expect(await walk.client.getConnection(ref)).toMatchObject({ status: 'reconnect_required', version: 2 })
      expect((await failure(walk.client.fetch(ref, '/transactions/sync'))).code).toBe('reconnect_required')
      expect((await failure(walk.client.getAccessToken(ref))).code).toBe('reconnect_required')
      expect(walk.reconnects).toHaveLength(1)
      expect(stage.sent).toHaveLength(1)
    },
  )

  it('is asked for with the token, and without products', async () => {
    const walk = await broken()
    prepareUpdate(stage)
    const { url, flowId } = await walk.authorize()
    expect(url).toBe('https://secure.plaid.com/hl/ln1p07618r1r6p93oon62nr025950ro7q2')
    expect(stage.sent).toMatchObject([{ endpoint: endpoints.create, headers }])
    expect(stage.sent[0]?.body).toEqual({
      client_name: 'Acme',
      language: 'en',
      country_codes: ['US'],
      user: { client_user_id: 'zvgff7WeYkeF-_knMfCIgQ' },
      access_token: accessToken,
      hosted_link: { completion_redirect_uri: `${redirectUri}?state=${flowId}`, url_lifetime_seconds: 600 },
    })
    expect(await walk.client.getConnection(ref)).toMatchObject({ status: 'reconnect_required', version: 2 })
  })

  it('mends the connection: the same token, no exchange, a sync of its own', async () => {
    const walk = await broken()
    prepareUpdate(stage)
    walk.setTime(Date.parse('2026-11-22T12:00:00.000Z'))
    const { connection, sync } = await walk.connect()
    expect(sentTo()).toEqual([endpoints.create, endpoints.session, endpoints.item])
    expect(stage.sent[1]?.body).toEqual({ link_token: updateToken })
    const now = new Date('2026-11-22T12:00:00.000Z')
    const changed = { connectedAt: now, updatedAt: now, refreshedAt: now, version: 3 }
    expect(connection).toEqual({ ...walk.before, ...changed })
    const tokens = { accessToken, scopes: ['transactions'], tokenType: 'Bearer' }
    expect(await walk.client.getTokens(ref)).toEqual(tokens)
    expect(sync.status).toBe('started')
    expect(walk.jobs).toHaveLength(1)
    stage.answer(endpoints.sync, json({ added: [] }))
    expect((await walk.client.fetch(ref, '/transactions/sync')).status).toBe(200)
  })

  const exit = () => Reflect.get(Object(documented(id, 'session-update-exit').body), 'link_sessions')
  const done = () => Reflect.get(Object(documented(id, 'session-update').body), 'link_sessions')
  const open = () => Reflect.get(Object(documented(id, 'session-open').body), 'link_sessions')
  const sessions = (...all: readonly (readonly unknown[])[]): Answer => json({ link_sessions: all.flat() })

  it.each([
    ['left the page', () => documented(id, 'session-update-exit')],
    ['came back with the page still open', () => documented(id, 'session-open')],
    ['never opened it', () => json({ link_sessions: [] })],
    // A page can be opened again; which session stands first is not documented.
    ['left, and has the page open again', () => sessions(exit(), open())],
    ['has the page open again, and left it before', () => sessions(open(), exit())],
  ])('stays to be mended by a user who %s', async (_what, answer) => {
    const walk = await broken()
    prepareUpdate(stage)
    stage.answer(endpoints.session, answer())
    const error = await failure(walk.connect())
    expect(error).toMatchObject({ code: 'authorization_denied', redirectPath: '/integrations' })
    expectSilence(error, [updateToken, accessToken])
    expect(sentTo()).toEqual([endpoints.create, endpoints.session])
    expect(await walk.client.getConnection(ref)).toMatchObject({ status: 'reconnect_required', version: 2 })
    expect(walk.jobs).toEqual([])
  })

  it.each([
    ['first', () => sessions(exit(), done())],
    ['last', () => sessions(done(), exit())],
  ])(
    'is mended by a user who left the page once and then did it (the left session %s)',
    async (_where, answer) => {
      const walk = await broken()
      prepareUpdate(stage)
      stage.answer(endpoints.session, answer())
      expect((await walk.connect()).connection).toMatchObject({ status: 'active', version: 3 })
    },
  )

  it('that nothing can mend begins a new link: the Item is gone at Plaid', async () => {
    const walk = await broken('item-not-found')
    const create = documented(id, 'link-token')
    stage.answer(endpoints.create, ({ body }) =>
      'access_token' in Object(body) ? documented(id, 'item-not-found') : create,
    )
    stage.answer(endpoints.exchange, json({ access_token: 'access-production-new', item_id: 'newItem' }))
    const { connection } = await walk.connect()
    expect(sentTo().slice(0, 4)).toEqual([
      endpoints.create,
      endpoints.create,
      endpoints.session,
      endpoints.exchange,
    ])
    expect(stage.sent[1]?.body).toMatchObject({ products: ['transactions'] })
    expect(stage.sent[2]?.body).toEqual({ link_token: linkToken })
    expect(stage.sent[3]?.body).toEqual({ public_token: publicToken })
    expect(connection).toMatchObject({ status: 'active', version: 3 })
    expect(await walk.client.getAccessToken(ref)).toBe('access-production-new')
  })

  it('that Plaid cannot begin for another reason is that error, and no new link', async () => {
    const walk = await broken()
    stage.answer(endpoints.create, documented(id, 'link-token-error'))
    expect(await failure(walk.authorize())).toMatchObject({
      code: 'provider_error',
      error: 'INVALID_PRODUCT',
    })
    expect(stage.sent).toHaveLength(1)
  })

  it('under another connectionId is another link', async () => {
    const walk = await broken()
    await walk.client.authorize({ ...ref, connectionId: 'second-bank' })
    expect(stage.sent[0]?.body).toMatchObject({ products: ['transactions'] })
    expect(stage.sent[0]?.body).not.toHaveProperty('access_token')
  })
})

describe('disconnect', () => {
  it.each(['revoke', 'item-not-found'])(
    'removes the Item at Plaid and the connection here (%s)',
    async (answer) => {
      const walk = begin()
      await walk.connected()
      stage.answer(endpoints.remove, documented(id, answer))
      expect(await walk.client.disconnect(ref)).toEqual({ revoked: true })
      expect(stage.sent).toMatchObject([{ endpoint: endpoints.remove, query: {}, headers }])
      expect(stage.sent[0]?.body).toEqual({ access_token: accessToken })
      expect(await recordsIn(walk.store)).toEqual([])
    },
  )

  it('removes the connection where Plaid cannot, and says so', async () => {
    const walk = begin()
    await walk.connected()
    stage.answer(endpoints.remove, gatewayPage)
    const result = await walk.client.disconnect(ref)
    expect(result).toMatchObject({ revoked: false, error: { code: 'html_response', status: 503 } })
    expect(await recordsIn(walk.store)).toEqual([])
  })
})
