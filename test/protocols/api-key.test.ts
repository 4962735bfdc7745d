import { describe, expect, it } from 'vitest'
import type { Connection, OAuthClientOptions } from '../../src/types.ts'
import { documented, gatewayPage, json, ref, useStage } from '../providers/flow-stage.ts'
import { failure } from '../support/connected.ts'
import { expectSilence, recordsIn } from './carried-flow.ts'
import { apiKey, basic, beginWith, id, me, newKey } from './freshdesk-flow.ts'

const stage = useStage()
const begin = (options: OAuthClientOptions = {}) => beginWith(stage, options)

describe('connect', () => {
  it('proves the key with one request', async () => {
    await begin().connect()
    expect(stage.sent).toMatchObject([
      {
        endpoint: me,
        query: {},
        body: undefined,
        headers: { authorization: basic(apiKey), accept: 'application/json' },
      },
    ])
    expect(stage.sent).toHaveLength(1)
  })

  it('stores the connection, without a secret in it', async () => {
    const { client, connect, connected, store } = begin()
    const { connection } = await connect()
    const at = new Date('2026-11-21T12:00:00.000Z')
    expect(connection).toEqual({
      provider: id,
      tenantId: 't1',
      connectionId: 'default',
      userId: 'u1',
      status: 'active',
      scopes: [],
      tokenType: 'api-key',
      account: { id: '432', name: 'clark.kent@freshdesk.com' },
      params: { subdomain: 'acme' },
      createdAt: at,
      connectedAt: at,
      updatedAt: at,
      refreshedAt: at,
      version: 1,
    })
    expect(await client.getConnection(ref)).toEqual(connection)
    expect(JSON.stringify(await recordsIn(store))).not.toContain(apiKey)
    expect(connected).toEqual([false])
  })

  it('hands the key out where it is asked for by name, and nowhere else', async () => {
    const { client, connect } = begin()
    const result = await connect()
    expect(await client.getTokens(ref)).toEqual({ accessToken: apiKey, scopes: [], tokenType: 'api-key' })
    expect(await client.getAccessToken(ref)).toBe(apiKey)
    const listed: Connection[] = []
    for await (const connection of client.list({ tenantId: 't1' })) listed.push(connection)
    expect(listed).toEqual([result.connection])
    expect(JSON.stringify([result, listed])).not.toContain(apiKey)
  })

  it('starts the history sync three months back', async () => {
    const { connect, jobs } = begin()
    expect((await connect()).sync).toEqual({ status: 'started', jobId: 'job-1' })
    expect(jobs).toMatchObject([
      {
        provider: id,
        userId: 'u1',
        from: new Date('2026-08-21T12:00:00.000Z'),
        to: new Date('2026-11-21T12:00:00.000Z'),
      },
    ])
  })

  it('takes a key and a name as they are copied', async () => {
    const { connect } = begin()
    await connect(`  ${apiKey}\n`, 'https://ACME.freshdesk.com/')
    expect(stage.sent).toMatchObject([{ endpoint: me, headers: { authorization: basic(apiKey) } }])
  })

  // trufflesecurity/trufflehog pkg/detectors/freshdesk/freshdesk.go: twenty letters and digits.
  it('takes every key of the shape that Freshdesk gives', async () => {
    const { connect } = begin()
    for (const key of [apiKey, '00000000000000000000', 'abcdefghij1234567890']) await connect(key)
    expect(stage.sent.map(({ headers }) => headers.authorization)).toEqual([
      basic(apiKey),
      basic('00000000000000000000'),
      basic('abcdefghij1234567890'),
    ])
  })

  const wrong = 'short key/with+things in it'
  it.each<readonly [string, string, string]>([
    ['a key that cannot be one', JSON.stringify({ apiKey: wrong }), 'the credential "apiKey" is not valid'],
    [
      'a key that breaks a header',
      JSON.stringify({ apiKey: `${apiKey}\r\nx: y` }),
      'the credential "apiKey" is not valid',
    ],
    [
      'a key that has a password with it',
      JSON.stringify({ apiKey: `${apiKey}:X` }),
      'the credential "apiKey" is not valid',
    ],
    ['an empty key', JSON.stringify({ apiKey: '' }), 'the credential "apiKey" is not valid'],
    [
      'a key that is no text',
      JSON.stringify({ apiKey: 12345678901 }),
      'the credential "apiKey" is not valid',
    ],
    ['no key', '{}', 'the credential "apiKey" is missing'],
    [
      'a key under another name',
      JSON.stringify({ key: apiKey }),
      'there is no credential "key": it takes "apiKey"',
    ],
    [
      'one credential too many',
      JSON.stringify({ apiKey, password: 'hunter2-hunter2' }),
      'there is no credential "password"',
    ],
    [
      'one that objects inherit',
      `{"__proto__":{"apiKey":"${apiKey}"}}`,
      'there is no credential "__proto__"',
    ],
    ['no credentials', 'null', 'the credential "apiKey" is missing'],
    ['text for credentials', `"${apiKey}"`, 'the credential "apiKey" is missing'],
  ])('refuses %s, without saying what it was', async (_what, credentials, words) => {
    const { client, store } = begin()
    // As it comes out of a request, where no type holds.
    const input = JSON.parse(`{"tenantId":"t1","params":{"subdomain":"acme"},"credentials":${credentials}}`)
    const error = await failure(client.connect(input))
    expect(error).toMatchObject({ code: 'params_invalid', provider: id })
    expect(error.message).toContain(words)
    expectSilence(error, [wrong, 'hunter2-hunter2', apiKey])
    expect(stage.sent).toEqual([])
    expect(await recordsIn(store)).toEqual([])
  })

  it('says where the key is found', async () => {
    const { connect } = begin()
    expect((await failure(connect('?'))).message).toBe(
      'Freshdesk OAuth failed: params_invalid - the credential "apiKey" is not valid: the API key of an agent: Profile settings, "View API key", for example "abcdefghij1234567890"',
    )
  })

  it.each([
    ['no subdomain', {}],
    ['a host of somebody else', { subdomain: 'evil.example/' }],
    ['a path', { subdomain: 'acme.freshdesk.com/x' }],
    ['a param that it does not have', { subdomain: 'acme', shop: 'x' }],
  ])('refuses %s before the key is sent anywhere', async (_what, params) => {
    const { client } = begin()
    const input = JSON.parse(JSON.stringify({ ...ref, credentials: { apiKey: newKey }, params }))
    const error = await failure(client.connect(input))
    expect(error.code).toBe('params_invalid')
    expectSilence(error, [newKey])
    expect(stage.sent).toEqual([])
  })

  it.each([
    ['error', 401, 'invalid_credentials - You have to be logged in to perform this action.'],
    ['forbidden', 403, 'access_denied - You are not authorized to perform this action.'],
  ] as const)(
    'says in the words of the provider that it refused the key, and what to do (%s)',
    async (answer, status, words) => {
      const { connect, store, jobs } = begin()
      stage.answer(me, documented(id, answer))
      const error = await failure(connect(newKey))
      expect(error.message).toBe(`Freshdesk OAuth failed: ${words}`)
      expect(error).toMatchObject({
        code: 'provider_error',
        status,
        retryable: false,
        hint: 'The provider refused the key. Check that it was copied whole and belongs to this account.',
      })
      expectSilence(error, [newKey])
      expect(await recordsIn(store)).toEqual([])
      expect(jobs).toEqual([])
    },
  )

  it.each([
    ['a helpdesk that nobody has', documented(id, 'not-found-page'), 'html_response', false],
    ['a page of a gateway', gatewayPage, 'html_response', true],
    ['nothing at all', documented(id, 'not-found'), 'malformed_response', false],
    ['too many requests', documented(id, 'rate-limited'), 'rate_limited', true],
    [
      'a redirect',
      { status: 302, headers: { location: 'https://evil.example/' }, body: '' },
      'unexpected_redirect',
      false,
    ],
  ] as const)('stores nothing after %s', async (_what, answer, code, retryable) => {
    const { connect, store } = begin()
    stage.answer(me, answer)
    const error = await failure(connect(newKey))
    expect(error).toMatchObject({ code, retryable, provider: id })
    expectSilence(error, [newKey, Buffer.from(`${newKey}:X`).toString('base64')])
    expect(await recordsIn(store)).toEqual([])
  })

  it('keeps a key that the provider took without saying whose it is', async () => {
    const { connect } = begin()
    stage.answer(me, json({ available: true }))
    const { connection } = await connect()
    expect(connection).toMatchObject({ status: 'active', params: { subdomain: 'acme' } })
    expect(connection.account).toBeUndefined()
  })

  it('takes the key out of whatever the provider says', async () => {
    const { connect } = begin()
    stage.answer(me, json({ code: 'bad', message: `no such key: ${newKey} ${basic(newKey)}` }, 400))
    const error = await failure(connect(newKey))
    // What follows is the filler.
    expect(error.errorDescription).toMatch(/^no such key: \[redacted\] Basic \[redacted\]\w{0,2}=*$/)
    expectSilence(error, [newKey])
  })

  it('lets the application refuse, and stores nothing then', async () => {
    const { connect, store } = begin({
      hooks: {
        beforeConnect() {
          throw new Error('no')
        },
      },
    })
    expect((await failure(connect())).code).toBe('connect_refused')
    expect(await recordsIn(store)).toEqual([])
  })

  it('again with another key is the same connection, with the new key', async () => {
    const { client, connect, connected, setTime, jobs } = begin()
    const { connection } = await connect()
    setTime('2026-12-21T12:00:00Z')
    const again = await connect(newKey)
    const at = new Date('2026-12-21T12:00:00Z')
    expect(again.connection).toEqual({
      ...connection,
      connectedAt: at,
      updatedAt: at,
      refreshedAt: at,
      version: 2,
    })
    expect(await client.getAccessToken(ref)).toBe(newKey)
    expect(connected).toEqual([false, true])
    expect(new Set(jobs.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(2)
  })

  it('again with a key that is refused leaves the connection as it is', async () => {
    const { client, connect } = begin()
    const { connection } = await connect()
    stage.answer(me, documented(id, 'error'))
    expect((await failure(connect(newKey))).code).toBe('provider_error')
    expect(await client.getConnection(ref)).toEqual(connection)
    expect(await client.getAccessToken(ref)).toBe(apiKey)
  })
})
