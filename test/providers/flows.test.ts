import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { providers } from '../../providers/index.ts'
import type { Connection } from '../../src/types.ts'
import { failure } from '../support/connected.ts'
import type { FlowRow } from './flow-row.ts'
import { flowRows } from './flow-rows.ts'
import { documented, documentedQuery, gatewayPage, json, ref, useStage } from './flow-stage.ts'
import { begin, expectRequest, refreshEndpoint } from './flow-walk.ts'

const stage = useStage()

it('has a row for each provider of OAuth 2.0; test/protocols walks the three others', () => {
  const ids = flowRows.map(({ definition }) => definition.id)
  const others = providers.filter(({ protocol }) => protocol !== 'oauth2').map(({ id }) => id)
  expect([...ids, ...others].sort()).toEqual(providers.map(({ id }) => id).sort())
  expect(others).toEqual(['freshdesk', 'plaid', 'trello-oauth1'])
})

describe.each(flowRows.map((row) => [row.definition.id, row] as const))('%s', (id, row) => {
  it('sends the user to the documented place, with every parameter', async () => {
    const { url, state } = await begin(stage, row).authorize()
    const { origin, pathname, searchParams } = new URL(url)
    expect(`${origin}${pathname}`).toBe(row.authorization.url)
    expect([...searchParams.keys()].length).toBe(new Set(searchParams.keys()).size)
    const { code_challenge, ...query } = Object.fromEntries(searchParams)
    const method = row.authorization.pkce ? { code_challenge_method: 'S256' } : {}
    expect(query).toEqual({ ...row.authorization.query, ...method, state })
    expect(code_challenge === undefined).toBe(!row.authorization.pkce)
    expect(stage.sent).toEqual([])
  })

  it('exchanges the code as documented', async () => {
    const { authorizationUrl } = await begin(stage, row).connect()
    const [sent] = stage.sent
    const verifier: unknown = Reflect.get(Object(sent?.body), 'code_verifier')
    const challenge = authorizationUrl.searchParams.get('code_challenge')
    if (row.authorization.pkce) {
      expect(verifier).toMatch(/^[A-Za-z0-9._~-]{43,128}$/)
      expect(createHash('sha256').update(String(verifier)).digest('base64url')).toBe(challenge)
    }
    const added = row.authorization.pkce ? { code_verifier: verifier } : {}
    expectRequest(sent, { ...row.exchange, body: { ...Object(row.exchange.body), ...added } })
  })

  it('asks for what it must learn, and for nothing else', async () => {
    await begin(stage, row).connect()
    expect(stage.sent.slice(1).map(({ endpoint }) => endpoint)).toEqual(
      row.learning.map(({ endpoint }) => endpoint),
    )
    row.learning.forEach((request, index) => {
      expectRequest(stage.sent[index + 1], request)
    })
  })

  it('stores the tokens', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    expect(await walk.client.getTokens(ref)).toEqual(row.tokens)
    expect(await walk.client.getAccessToken(ref)).toBe(row.tokens.accessToken)
    expect(walk.reported).toEqual([])
  })

  it('stores the connection, without a secret in it', async () => {
    const walk = begin(stage, row)
    const { connection, redirectPath, userId } = await walk.connect()
    const at = new Date('2026-11-21T12:00:00.000Z')
    expect(connection).toEqual({
      provider: id,
      tenantId: 't1',
      connectionId: 'default',
      userId: 'u1',
      status: 'active',
      ...row.connection,
      createdAt: at,
      connectedAt: at,
      updatedAt: at,
      refreshedAt: at,
      version: 1,
    })
    expect(await walk.client.getConnection(ref)).toEqual(connection)
    expect({ redirectPath, userId }).toEqual({ redirectPath: '/integrations', userId: 'u1' })
    expect(JSON.stringify(connection)).not.toContain(row.tokens.accessToken)
  })

  it('starts the history sync three months back', async () => {
    const walk = begin(stage, row)
    const { sync } = await walk.connect()
    expect(sync).toEqual({ status: 'started', jobId: 'job-1' })
    expect(walk.jobs).toEqual([
      {
        provider: id,
        tenantId: 't1',
        connectionId: 'default',
        userId: 'u1',
        from: new Date('2026-08-21T12:00:00.000Z'),
        to: new Date('2026-11-21T12:00:00.000Z'),
        months: 3,
        idempotencyKey: expect.stringMatching(/^\S{16,}$/),
        source: expect.stringMatching(/^\S{16,}$/),
      },
    ])
  })

  it('takes the code once', async () => {
    const walk = begin(stage, row)
    const { authorizationUrl } = await walk.connect()
    stage.sent.length = 0
    const again = walk.returnTo(authorizationUrl.searchParams.get('state') ?? '')
    expect(await failure(walk.client.callback(again))).toMatchObject({ code: 'state_replayed' })
    expect(stage.sent).toEqual([])
  })

  it('sends nothing for a state that it did not make', async () => {
    const walk = begin(stage, row)
    const { state } = await walk.authorize()
    const altered = `${state.slice(0, -4)}${state.slice(-4) === 'AAAA' ? 'BBBB' : 'AAAA'}`
    expect(await failure(walk.client.callback(walk.returnTo(altered)))).toMatchObject({
      code: 'state_invalid',
    })
    expect(stage.sent).toEqual([])
  })

  it('says what the provider says about a code it refuses', async () => {
    const walk = begin(stage, row, { token: documented(id, 'error') })
    const error = await failure(walk.connect())
    expect(error.message).toBe(row.error)
    expect(error).toMatchObject({ code: 'provider_error', provider: id, redirectPath: '/integrations' })
    expect(await walk.client.getConnection(ref)).toBeUndefined()
    expect(stage.sent).toHaveLength(1)
  })

  it('says what the provider says about a refusal, and sends nothing', async () => {
    const walk = begin(stage, row)
    const { state } = await walk.authorize()
    const { code: _code, ...others } = row.callback
    const query = { ...others, ...documentedQuery(id, 'denied') }
    const error = await failure(walk.client.callback(walk.returnTo(state, query)))
    expect(error.message).toBe(row.denied)
    expect(error).toMatchObject({
      code: 'authorization_denied',
      provider: id,
      redirectPath: '/integrations',
    })
    expect(stage.sent).toEqual([])
  })

  it('names a page where a token was expected', async () => {
    const walk = begin(stage, row, { token: gatewayPage })
    const error = await failure(walk.connect())
    expect(error.message).toBe(
      `${row.definition.name} OAuth failed: html_response - the provider answered with an HTML page (HTTP 503, "503 Service Temporarily Unavailable") instead of JSON`,
    )
    expect(error).toMatchObject({ code: 'html_response', status: 503, retryable: true })
  })

  it(row.refresh ? 'refreshes as documented' : 'has nothing to refresh with, and says so', async () => {
    const walk = begin(stage, row)
    await walk.connectRefreshable()
    if (!row.refresh) {
      expect((await failure(walk.client.refresh(ref))).code).toBe('refresh_unsupported')
      expect(stage.sent).toEqual([])
      return
    }
    walk.answerRefresh()
    expect(await walk.tokenAfterItsEnd()).toBe(row.refresh.accessToken)
    expect(stage.sent).toHaveLength(row.refresh.requests.length)
    row.refresh.requests.forEach((request, index) => {
      expectRequest(stage.sent[index], request)
    })
  })

  it('keeps what a refresh gives, and what it does not give again', async () => {
    const walk = begin(stage, row)
    const { connection } = await walk.connectRefreshable()
    if (!row.refresh) {
      await failure(walk.client.refresh(ref))
      expect(await walk.client.getConnection(ref)).toEqual(connection)
      return
    }
    walk.answerRefresh()
    await walk.tokenAfterItsEnd()
    expect(await walk.client.getTokens(ref)).toEqual(row.refresh.tokens)
    expect(await walk.client.getConnection(ref)).toMatchObject({
      status: 'active',
      account: connection.account,
      params: connection.params,
      version: 1 + row.refresh.requests.length,
    })
    expect(walk.reported).toEqual([])
  })

  it('asks for a new connect once the grant has ended, tells it once, and asks no more', async () => {
    const walk = begin(stage, row)
    const { connection } = await walk.connectRefreshable()
    if (!row.refresh) {
      await expectEndWithoutRefresh(walk, connection)
      return
    }
    stage.answer(refreshEndpoint(row), documented(id, 'refresh-error'))
    const error = await failure(walk.tokenAfterItsEnd())
    expect(error).toMatchObject({ code: 'reconnect_required', provider: id, retryable: false })
    expect(stage.sent).toHaveLength(1)
    expect(await walk.client.getConnection(ref)).toMatchObject({ status: 'reconnect_required' })
    expect((await failure(walk.client.getAccessToken(ref))).code).toBe('reconnect_required')
    expect(stage.sent).toHaveLength(1)
    expect(walk.reconnects).toHaveLength(1)
    expect(walk.reconnects[0]).toBe(error)
  })

  it("says in the provider's words that the grant has ended, and adds none where it gives none", async () => {
    const walk = begin(stage, row)
    await walk.connectRefreshable()
    if (!row.refresh) {
      const { accessToken } = row.tokens
      const error = await failure(walk.client.getAccessToken(ref, { rejected: accessToken }))
      expect(error.message).toBe(
        `${row.definition.name} OAuth failed: refresh_unsupported - the token was refused and this connection has no refresh token`,
      )
      return
    }
    stage.answer(refreshEndpoint(row), documented(id, 'refresh-error'))
    expect((await failure(walk.tokenAfterItsEnd())).message).toBe(row.refreshError)
  })

  it('survives a page in place of a refresh, or of an API answer', async () => {
    const walk = begin(stage, row)
    await walk.connectRefreshable()
    if (!row.refresh) {
      stage.answer(row.api.request.endpoint, gatewayPage)
      expect((await walk.client.fetch(ref, row.api.path)).status).toBe(503)
      expect(await walk.client.getConnection(ref)).toMatchObject({ status: 'active' })
      return
    }
    stage.answer(refreshEndpoint(row), gatewayPage)
    expect((await failure(walk.tokenAfterItsEnd())).code).toBe('html_response')
    expect(await walk.client.getConnection(ref)).toMatchObject({ status: 'active' })
    expect(walk.reconnects).toEqual([])
    walk.answerRefresh()
    expect((await walk.client.refresh(ref)).status).toBe('active')
    expect(await walk.client.getAccessToken(ref)).toBe(row.refresh.accessToken)
  })

  it('revokes as documented, where that can be done, and removes the connection', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    stage.sent.length = 0
    answerRevocation(row)
    expect(await walk.client.disconnect(ref)).toEqual({ revoked: row.revocation.length > 0 })
    expect(stage.sent).toHaveLength(row.revocation.length)
    row.revocation.forEach((request, index) => {
      expectRequest(stage.sent[index], request)
    })
    expect(await walk.client.getConnection(ref)).toBeUndefined()
  })

  it('removes the connection where the provider cannot revoke, and says so', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    for (const { endpoint } of row.revocation) stage.answer(endpoint, gatewayPage)
    const result = await walk.client.disconnect(ref)
    expect(result).toMatchObject(
      row.revocation.length === 0
        ? { revoked: false }
        : { revoked: false, error: { code: 'html_response', status: 503 } },
    )
    expect(await walk.client.getConnection(ref)).toBeUndefined()
  })

  /** Each endpoint answers in the order of the row: a lookup may come before the revocation itself. */
  function answerRevocation({ revocation }: FlowRow): void {
    for (const endpoint of new Set(revocation.map((each) => each.endpoint))) {
      const answers = revocation.filter((each) => each.endpoint === endpoint)
      const [first, ...more] = answers.map(({ answer }) => documented(id, answer))
      if (first) stage.answer(endpoint, first, ...more)
    }
  }

  /** A token without a refresh token ends when its time is over, or never. */
  async function expectEndWithoutRefresh(walk: ReturnType<typeof begin>, connection: Connection) {
    walk.setTime((connection.expiresAt?.getTime() ?? Date.parse('2027-11-21T12:00:00Z')) + 1000)
    const asked = walk.client.getAccessToken(ref)
    if (connection.expiresAt) expect((await failure(asked)).code).toBe('reconnect_required')
    else expect(await asked).toBe(row.tokens.accessToken)
    expect(walk.reconnects).toHaveLength(connection.expiresAt ? 1 : 0)
    expect(stage.sent).toEqual([])
  }

  it("calls the API with the provider's credential, headers and query", async () => {
    const walk = begin(stage, row)
    await walk.connect()
    stage.sent.length = 0
    stage.answer(row.api.request.endpoint, json({ answer: 42 }))
    const response = await walk.client.fetch(ref, row.api.path)
    expect(await response.json()).toEqual({ answer: 42 })
    expect(stage.sent).toHaveLength(1)
    expectRequest(stage.sent[0], row.api.request)
  })

  it(row.refresh
    ? 'refreshes on 401 and calls the API again'
    : 'hands back a 401 that no refresh can cure', async () => {
    const walk = begin(stage, row)
    await walk.connectRefreshable()
    walk.answerRefresh()
    stage.answer(row.api.request.endpoint, json({ message: 'unauthorized' }, 401), json({ answer: 42 }))
    const response = await walk.client.fetch(ref, row.api.path)
    const endpoints = stage.sent.map(({ endpoint }) => endpoint)
    if (!row.refresh) {
      expect(response.status).toBe(401)
      expect(endpoints).toEqual([row.api.request.endpoint])
      return
    }
    expect(await response.json()).toEqual({ answer: 42 })
    expect(endpoints).toEqual([row.api.request.endpoint, refreshEndpoint(row), row.api.request.endpoint])
    expect(stage.sent[2]?.headers).toMatchObject(row.api.renewed ?? {})
    expect(stage.sent[2]?.query).toEqual(row.api.request.query ?? {})
  }, 5_000)

  it('gives its token to no other host', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    stage.sent.length = 0
    for (const url of ['https://evil.example/', '//evil.example/', `${row.redirectUri}`])
      expect((await failure(walk.client.fetch(ref, url))).code).toBe('host_not_allowed')
    expect(stage.sent).toEqual([])
  })
})
