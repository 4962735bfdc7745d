import { describe, expect, it } from 'vitest'
import { documented, documentedQuery, gatewayPage, ref, useStage } from '../providers/flow-stage.ts'
import { failure } from '../support/connected.ts'
import { checkCarriedState, expectSilence, recordsIn, walkWith } from './carried-flow.ts'
import { readHeader } from './oauth1-verifier.ts'
import {
  accessToken,
  credential,
  endpoints,
  flow,
  id,
  redirectUri,
  requestSecret,
  requestToken,
  signedParameters,
  tokenSecret,
} from './trello-flow.ts'

const stage = useStage()
const begin = () => walkWith(stage, flow)

checkCarriedState(stage, flow)

describe('the way there', () => {
  it('asks for temporary credentials first, with a callback of its own for each flow', async () => {
    const { flowId } = await begin().authorize()
    expect(stage.sent).toHaveLength(1)
    const [sent] = stage.sent
    expect(sent).toMatchObject({ endpoint: endpoints.requestToken, query: {}, body: undefined })
    expect(sent?.headers.accept).toBe('application/x-www-form-urlencoded, application/json')
    expect(signedParameters(sent, { consumer: 'client-secret' })).toEqual({
      oauth_consumer_key: 'client-id',
      oauth_signature_method: 'HMAC-SHA1',
      oauth_timestamp: '1795262400',
      oauth_version: '1.0',
      oauth_callback: `${redirectUri}?state=${flowId}`,
    })
  })

  it('keeps the query that the redirect URI has', async () => {
    const walk = walkWith(stage, { ...flow, redirectUri: `${redirectUri}?tenant=a%20b` })
    const { flowId } = await walk.authorize()
    const header = readHeader(stage.sent[0]?.headers.authorization ?? '')
    expect(header.get('oauth_callback')).toBe(`${redirectUri}?tenant=a+b&state=${flowId}`)
  })

  it('sends the user to the documented place, with every parameter', async () => {
    const { url } = await begin().authorize()
    const { origin, pathname, searchParams } = new URL(url)
    expect(`${origin}${pathname}`).toBe('https://trello.com/1/OAuthAuthorizeToken')
    expect([...searchParams].sort()).toEqual([
      ['expiration', 'never'],
      ['name', 'Acme & Söhne'],
      ['oauth_token', requestToken],
      ['scope', 'read'],
    ])
  })

  it('asks for other scopes with a comma, and leaves out the name that nobody gave', async () => {
    const { params: _params, ...nameless } = flow
    const walk = walkWith(stage, nameless, { scopes: ['read', 'write', 'account'] })
    const { searchParams } = new URL((await walk.authorize()).url)
    expect(searchParams.get('scope')).toBe('read,write,account')
    expect(searchParams.has('name')).toBe(false)
  })

  it.each([
    ['request-token-error', 'provider_error', 'http_500'],
    ['signature-error', 'provider_error', 'http_500'],
  ])('says by the status why there are none, and repeats no words (%s)', async (answer, code, words) => {
    const walk = begin()
    stage.answer(endpoints.requestToken, documented(id, answer))
    const error = await failure(walk.authorize())
    expect(error.message).toBe(`Trello (OAuth 1.0a) OAuth failed: ${words}`)
    expect(error).toMatchObject({ code, status: 500, provider: id })
    expect(stage.sent).toHaveLength(1)
  })

  const answer = (body: string, status = 200) => ({ status, headers: { 'content-type': 'text/plain' }, body })
  it.each([
    ['a page', gatewayPage, 'html_response'],
    [
      'an answer without a confirmed callback',
      answer(`oauth_token=${requestToken}&oauth_token_secret=${requestSecret}`),
      'malformed_response',
    ],
    [
      'a callback that is not confirmed',
      answer(
        `oauth_token=${requestToken}&oauth_token_secret=${requestSecret}&oauth_callback_confirmed=false`,
      ),
      'malformed_response',
    ],
    [
      'an answer without a secret',
      answer(`oauth_token=${requestToken}&oauth_callback_confirmed=true`),
      'malformed_response',
    ],
    ['words under HTTP 200', answer('Welcome to Trello'), 'malformed_response'],
    ['nothing', answer(''), 'malformed_response'],
    [
      'a redirect',
      { status: 302, headers: { location: 'https://evil.example/' }, body: '' },
      'unexpected_redirect',
    ],
    ['too much', answer('slow down', 429), 'rate_limited'],
    ['words that repeat the secret', answer(`bad: client-secret ${requestSecret}`, 401), 'provider_error'],
  ])('sends nobody anywhere after %s', async (_what, given, code) => {
    const walk = begin()
    stage.answer(endpoints.requestToken, given)
    const error = await failure(walk.authorize())
    expect(error).toMatchObject({ code, provider: id })
    expectSilence(error, ['client-secret'])
    expect(await recordsIn(walk.store)).toEqual([])
  })
})

describe('the way back', () => {
  it('exchanges the verifier for a token, signed with the temporary secret', async () => {
    await begin().connect()
    const [, exchange, identity, ...rest] = stage.sent
    expect(exchange).toMatchObject({ endpoint: endpoints.accessToken, query: {}, body: undefined })
    expect(signedParameters(exchange, { consumer: 'client-secret', token: requestSecret })).toEqual({
      oauth_consumer_key: 'client-id',
      oauth_token: requestToken,
      oauth_signature_method: 'HMAC-SHA1',
      oauth_timestamp: '1795262400',
      oauth_version: '1.0',
      oauth_verifier: '2f8b6d4c1a3e5079',
    })
    expect(identity).toMatchObject({
      endpoint: endpoints.identity,
      query: { fields: 'id,username,fullName' },
      headers: { authorization: credential },
    })
    expect(rest).toEqual([])
  })

  it('stores the token with its secret, and a connection without either', async () => {
    const walk = begin()
    const { connection, redirectPath, userId } = await walk.connect()
    expect(await walk.client.getTokens(ref)).toEqual({
      accessToken,
      tokenSecret,
      scopes: ['read'],
      tokenType: 'OAuth',
    })
    expect(await walk.client.getAccessToken(ref)).toBe(accessToken)
    const at = new Date('2026-11-21T12:00:00.000Z')
    expect(connection).toEqual({
      provider: id,
      tenantId: 't1',
      connectionId: 'default',
      userId: 'u1',
      status: 'active',
      scopes: ['read'],
      tokenType: 'OAuth',
      account: { id: '5abbe4b7ddc1b351ef961414', name: 'bentleycook' },
      params: { appName: 'Acme & Söhne' },
      createdAt: at,
      connectedAt: at,
      updatedAt: at,
      refreshedAt: at,
      version: 1,
    })
    expect({ redirectPath, userId }).toEqual({ redirectPath: '/integrations', userId: 'u1' })
    const kept = JSON.stringify(await recordsIn(walk.store))
    for (const secret of [accessToken, tokenSecret, requestSecret]) expect(kept).not.toContain(secret)
    expect(walk.reported).toEqual([])
  })

  it('starts the history sync three months back', async () => {
    const walk = begin()
    expect((await walk.connect()).sync).toEqual({ status: 'started', jobId: 'job-1' })
    expect(walk.jobs).toMatchObject([
      {
        provider: id,
        from: new Date('2026-08-21T12:00:00.000Z'),
        to: new Date('2026-11-21T12:00:00.000Z'),
        months: 3,
      },
    ])
  })

  it('takes a user who comes back without a verifier for one who said no', async () => {
    const walk = begin()
    const begun = await walk.authorize()
    stage.sent.length = 0
    const url = walk.returnTo(begun, documentedQuery(id, 'denied'))
    const error = await failure(walk.client.callback(url, { state: begun.state }))
    expect(error.message).toBe('Trello (OAuth 1.0a) OAuth failed: access_denied')
    expect(error).toMatchObject({ code: 'authorization_denied', redirectPath: '/integrations' })
    expect(stage.sent).toEqual([])
    expect(await recordsIn(walk.store)).toEqual([])
    expect((await failure(walk.client.callback(walk.returnTo(begun), { state: begun.state }))).code).toBe(
      'state_replayed',
    )
  })

  it.each([
    ['of another request token', { oauth_token: 'another', oauth_verifier: 'v' }],
    ['without the request token, which RFC 5849 §2.2 demands', { oauth_verifier: 'v' }],
  ])('refuses a verifier %s, before any request', async (_what, query) => {
    const walk = begin()
    const begun = await walk.authorize()
    stage.sent.length = 0
    const error = await failure(walk.client.callback(walk.returnTo(begun, query), { state: begun.state }))
    expect(error).toMatchObject({ code: 'callback_invalid', redirectPath: '/integrations' })
    expect(stage.sent).toEqual([])
  })

  it.each(['oauth_token', 'oauth_verifier'])(
    'refuses a callback that has %s twice, before any request',
    async (name) => {
      const walk = begin()
      const begun = await walk.authorize()
      stage.sent.length = 0
      const url = walk.returnTo(begun)
      url.searchParams.append(name, flow.returned[name] ?? '')
      expect((await failure(walk.client.callback(url, { state: begun.state }))).code).toBe('callback_invalid')
      expect(stage.sent).toEqual([])
    },
  )

  it('says that a verifier was refused, and no secret of the flow', async () => {
    const walk = begin()
    stage.answer(endpoints.accessToken, documented(id, 'error'))
    const error = await failure(walk.connect())
    expect(error.message).toBe('Trello (OAuth 1.0a) OAuth failed: http_500')
    expect(error).toMatchObject({ code: 'provider_error', status: 500, redirectPath: '/integrations' })
    expectSilence(error, [requestSecret, requestToken, '2f8b6d4c1a3e5079'])
    expect(await recordsIn(walk.store)).toEqual([])
  })

  it('repeats nothing of what a server says in plain text', async () => {
    const walk = begin()
    const body = `no: ${requestSecret} ${requestToken} 2f8b6d4c1a3e5079 client-secret`
    stage.answer(endpoints.accessToken, { status: 401, headers: { 'content-type': 'text/plain' }, body })
    const error = await failure(walk.connect())
    expect(error.message).toBe('Trello (OAuth 1.0a) OAuth failed: http_401')
    expectSilence(error, [requestSecret, requestToken, '2f8b6d4c1a3e5079', 'client-secret'])
  })

  it('names a page where a token was expected', async () => {
    const walk = begin()
    stage.answer(endpoints.accessToken, gatewayPage)
    const error = await failure(walk.connect())
    expect(error.message).toBe(
      'Trello (OAuth 1.0a) OAuth failed: html_response - the provider answered with an HTML page (HTTP 503, "503 Service Temporarily Unavailable") instead of JSON',
    )
    expect(error).toMatchObject({ code: 'html_response', status: 503, retryable: true })
  })
})
