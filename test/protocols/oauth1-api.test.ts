import { describe, expect, it } from 'vitest'
import { defineProvider } from '../../src/provider/define.ts'
import { documented, gatewayPage, json, ref, useStage } from '../providers/flow-stage.ts'
import { failure } from '../support/connected.ts'
import { walkWith } from './carried-flow.ts'
import { readHeader } from './oauth1-verifier.ts'
import { accessToken, credential, endpoints, flow, id, redirectUri, signedParameters } from './trello-flow.ts'

const stage = useStage()
const begin = () => walkWith(stage, flow)

describe('a connection of Trello', () => {
  it('has nothing to refresh with, says so, and never ends by itself', async () => {
    const walk = begin()
    const { connection } = await walk.connected()
    expect((await failure(walk.client.refresh(ref))).code).toBe('refresh_unsupported')
    const rejected = await failure(walk.client.getAccessToken(ref, { rejected: accessToken }))
    expect(rejected.code).toBe('refresh_unsupported')
    walk.setTime(Date.parse('2036-11-21T12:00:00Z'))
    expect(await walk.client.getAccessToken(ref)).toBe(accessToken)
    expect(await walk.client.getConnection(ref)).toEqual(connection)
    expect(stage.sent).toEqual([])
  })

  it("calls the API with the provider's credential", async () => {
    const walk = begin()
    await walk.connected()
    stage.answer(endpoints.boards, json({ answer: 42 }))
    const response = await walk.client.fetch(ref, '/members/me/boards?filter=all')
    expect(await response.json()).toEqual({ answer: 42 })
    expect(stage.sent).toMatchObject([
      { endpoint: endpoints.boards, query: { filter: 'all' }, headers: { authorization: credential } },
    ])
  })

  it('needs a new connect once the user has taken the token back, and says so once', async () => {
    const walk = begin()
    await walk.connected()
    stage.answer(endpoints.boards, documented(id, 'api-revoked'))
    const response = await walk.client.fetch(ref, '/members/me/boards')
    expect([response.status, await response.text()]).toEqual([401, 'invalid token'])
    expect(await walk.client.getConnection(ref)).toMatchObject({ status: 'reconnect_required' })
    expect((await failure(walk.client.fetch(ref, '/members/me/boards'))).code).toBe('reconnect_required')
    expect(walk.reconnects).toHaveLength(1)
    expect(stage.sent).toHaveLength(1)
    await walk.connect()
    expect(await walk.client.getConnection(ref)).toMatchObject({ status: 'active', version: 3 })
  })

  it('outlives a 401 that speaks of something else', async () => {
    const walk = begin()
    await walk.connected()
    const body = 'unauthorized permission requested'
    stage.answer(endpoints.boards, { status: 401, headers: { 'content-type': 'text/plain' }, body })
    expect((await walk.client.fetch(ref, '/members/me/boards')).status).toBe(401)
    expect(await walk.client.getConnection(ref)).toMatchObject({ status: 'active' })
    expect(walk.reconnects).toEqual([])
  })

  it.each(['revoke', 'api-revoked'])('ends the grant at the provider and is removed (%s)', async (answer) => {
    const walk = begin()
    await walk.connected()
    stage.answer(endpoints.revoke, documented(id, answer))
    expect(await walk.client.disconnect(ref)).toEqual({ revoked: true })
    expect(stage.sent).toMatchObject([
      { endpoint: endpoints.revoke, query: {}, body: undefined, headers: { authorization: credential } },
    ])
    expect(await walk.client.getConnection(ref)).toBeUndefined()
  })

  it('is removed where the provider cannot end it, and says so', async () => {
    const walk = begin()
    await walk.connected()
    stage.answer(endpoints.revoke, gatewayPage)
    const result = await walk.client.disconnect(ref)
    expect(result).toMatchObject({ revoked: false, error: { code: 'html_response', status: 503 } })
    expect(await walk.client.getConnection(ref)).toBeUndefined()
  })

  it('gives its token to no other host', async () => {
    const walk = begin()
    await walk.connected()
    for (const url of [
      'https://evil.example/',
      '//evil.example/',
      'http://api.trello.com/1/boards',
      redirectUri,
    ])
      expect((await failure(walk.client.fetch(ref, url))).code).toBe('host_not_allowed')
    expect(stage.sent).toEqual([])
  })
})

describe('an API that wants every call signed', () => {
  /** The server of RFC 5849 §1.2. */
  const photos = defineProvider({
    id: 'photos',
    name: 'Photos',
    category: 'storage',
    docs: ['https://www.rfc-editor.org/rfc/rfc5849#section-1.2'],
    checked: '2026-11-21',
    protocol: 'oauth1',
    setup: { console: 'https://photos.example.net/apps', register: 'A client.', redirectUri: 'Any.' },
    quirks: [],
    signatureMethod: 'HMAC-SHA1',
    requestToken: { url: 'https://photos.example.net/initiate?app=print' },
    authorization: { url: 'https://photos.example.net/authorize' },
    accessToken: { url: 'https://photos.example.net/token' },
    tokenResponse: { lifetime: false, defaultExpiresIn: 86_400 },
    revocation: {
      url: 'https://photos.example.net/tokens/{accessToken}',
      method: 'DELETE',
      body: 'none',
      authentication: 'access_token',
      token: 'none',
    },
    identity: { request: { url: 'https://photos.example.net/me?fields=id%2Cname&x=a%2Bb+c' }, id: 'id' },
    api: { baseUrl: 'https://photos.example.net' },
  })
  const [token, secret] = ['nnch734d00sl2jdk', 'pfkkdhi9sl3r4s00']
  const form = (body: string) => ({
    status: 200,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body,
  })
  const signing = {
    definition: photos,
    redirectUri: 'https://printer.example.com/ready',
    returned: { oauth_token: 'hh5s93j4hdidpola', oauth_verifier: 'hfdp7dh39dks9884' },
    hidden: ['hdhd0244k9j7ao03'],
    prepare() {
      stage.answer(
        'POST https://photos.example.net/initiate',
        form(
          'oauth_token=hh5s93j4hdidpola&oauth_token_secret=hdhd0244k9j7ao03&oauth_callback_confirmed=true',
        ),
      )
      stage.answer(
        'POST https://photos.example.net/token',
        form(`oauth_token=${token}&oauth_token_secret=${secret}`),
      )
      stage.answer('GET https://photos.example.net/me', json({ id: 7 }))
    },
  }
  const secrets = { consumer: 'client-secret', token: secret }
  const api = {
    oauth_consumer_key: 'client-id',
    oauth_token: token,
    oauth_signature_method: 'HMAC-SHA1',
    oauth_timestamp: '1795262400',
    oauth_version: '1.0',
  }
  const start = () => walkWith(stage, signing)

  it('has every request of a connect signed, queries of the endpoints included', async () => {
    await start().connect()
    const [initiate, exchange, me] = stage.sent
    expect(initiate?.query).toEqual({ app: 'print' })
    signedParameters(initiate, { consumer: 'client-secret' })
    expect(
      signedParameters(exchange, { consumer: 'client-secret', token: 'hdhd0244k9j7ao03' }),
    ).toMatchObject({
      oauth_verifier: 'hfdp7dh39dks9884',
    })
    expect(me?.query).toEqual({ fields: 'id,name', x: 'a+b c' })
    expect(signedParameters(me, secrets)).toEqual(api)
  })

  it('tells when the token ends, where the definition knows', async () => {
    const walk = start()
    const { connection } = await walk.connected()
    expect(connection.expiresAt).toEqual(new Date('2026-11-22T12:00:00.000Z'))
    walk.setTime(Date.parse('2026-11-22T12:00:01.000Z'))
    expect((await failure(walk.client.getAccessToken(ref))).code).toBe('reconnect_required')
    expect(walk.reconnects).toHaveLength(1)
  })

  it.each([
    [
      'a query with repeated names, plus signs and other alphabets',
      '/photos?tag=b&tag=a&q=a+b%2Bc&name=%C3%A9%E2%82%AC&empty=',
      {},
    ],
    [
      'a form',
      '/photos?size=big',
      {
        method: 'POST',
        body: new URLSearchParams([
          ['title', 'a + b = é'],
          ['tag', 'x'],
          ['tag', ''],
        ]),
      },
    ],
    [
      'JSON, which no signature covers',
      '/photos',
      { method: 'PUT', body: '{"a":1}', headers: { 'content-type': 'application/json' } },
    ],
    [
      'a form as text',
      '/photos',
      {
        method: 'POST',
        body: 'title=a+%2B+b&tag=x&tag=',
        headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      },
    ],
    ['nothing', '/photos/1', { method: 'DELETE' }],
  ])('signs a call with %s', async (_what, path, init) => {
    const walk = start()
    await walk.connected()
    const { pathname } = new URL(path, 'https://photos.example.net')
    const method = 'method' in init ? init.method : 'GET'
    stage.answer(`${method} https://photos.example.net${pathname}`, json({ answer: 42 }))
    expect(await (await walk.client.fetch(ref, path, init)).json()).toEqual({ answer: 42 })
    expect(stage.sent).toHaveLength(1)
    expect(signedParameters(stage.sent[0], secrets)).toEqual(api)
  })

  it.each(['form', 'query'] as const)('signs what a revocation sends as %s', async (body) => {
    const url = 'https://photos.example.net/revoke?app=print'
    const { revocation } = photos
    const definition = {
      ...photos,
      revocation: { ...revocation, url, method: 'POST', body, token: 'access_token' },
    } as const
    const walk = walkWith(stage, { ...signing, definition })
    await walk.connected()
    stage.answer('POST https://photos.example.net/revoke', json({}))
    expect(await walk.client.disconnect(ref)).toEqual({ revoked: true })
    signedParameters(stage.sent[0], secrets)
    const given = { ...stage.sent[0]?.query, ...Object(stage.sent[0]?.body) }
    expect(given).toEqual({ app: 'print', token })
  })

  it('signs anew what is sent again: after a wait, and where a redirect leads', async () => {
    const walk = start()
    await walk.connected()
    const wait = { status: 429, headers: { 'retry-after': '0' }, body: '' }
    const moved = { status: 307, headers: { location: 'https://photos.example.net/albums?page=2' }, body: '' }
    stage.answer('GET https://photos.example.net/photos', wait, moved)
    stage.answer('GET https://photos.example.net/albums', json([]))
    expect((await walk.client.fetch(ref, '/photos?page=1')).status).toBe(200)
    expect(stage.sent.map(({ endpoint, query }) => [endpoint, query])).toEqual([
      ['GET https://photos.example.net/photos', { page: '1' }],
      ['GET https://photos.example.net/photos', { page: '1' }],
      ['GET https://photos.example.net/albums', { page: '2' }],
    ])
    for (const sent of stage.sent) signedParameters(sent, secrets)
    const nonces = stage.sent.map(({ headers }) => readHeader(headers.authorization ?? '').get('oauth_nonce'))
    expect(new Set(nonces).size).toBe(3)
  })

  it('signs the end of the grant', async () => {
    const walk = start()
    await walk.connected()
    stage.answer(`DELETE https://photos.example.net/tokens/${token}`, { status: 204, headers: {}, body: '' })
    expect(await walk.client.disconnect(ref)).toEqual({ revoked: true })
    expect(signedParameters(stage.sent[0], secrets)).toEqual(api)
  })
})
