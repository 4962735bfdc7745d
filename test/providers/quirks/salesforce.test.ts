import { describe, expect, it } from 'vitest'
import { salesforce } from '../../../providers/salesforce.ts'
import { failure } from '../../support/connected.ts'
import { documented, json, openClient, ref, useStage } from '../flow-stage.ts'
import { begin } from '../flow-walk.ts'
import { row } from '../rows/salesforce.ts'

const stage = useStage()
const tokenEndpoint = 'POST https://login.salesforce.com/services/oauth2/token'
const organization = 'GET https://mydomainname.my.salesforce.com/services/data/v67.0/query'
const limits = 'GET https://mydomainname.my.salesforce.com/services/data/v67.0/limits'

/** token.json with another server in it. */
const tokenAt = (instance: string) =>
  json({ ...Object(documented('salesforce', 'token').body), instance_url: instance })

describe('the server of the organization', () => {
  it('is read without the slash at its end, and an older instance will do', async () => {
    stage.answer(tokenEndpoint, documented('salesforce', 'token-instance'))
    stage.answer('GET https://yourinstance.salesforce.com/services/data/v67.0/query', json({ records: [] }))
    const walk = begin(stage, row)
    const { state } = await walk.authorize()
    const { connection } = await walk.client.callback(walk.returnTo(state))
    expect(connection.params).toEqual({
      instanceUrl: 'https://yourInstance.salesforce.com',
      organizationId: '00Dx0000000BV7z',
      salesforceUserId: '005x00000012Q9P',
    })
    expect(connection.account).toEqual({ id: '00Dx0000000BV7z', name: '00Dx0000000BV7z' })
    expect(connection.tokenType).toBe('Bearer')
  })

  it.each([
    'https://my.salesforce.com.evil.example',
    'https://evilsalesforce.com',
    'https://acme.my.salesforce.com@evil.example',
    'https://evil.example/.salesforce.com',
    'https://evil.example#.salesforce.com',
    'http://acme.my.salesforce.com',
    'https://acme.my.salesforce.com:8443',
    'https://acme.my.salesforce.com/services',
    'https://acme.my.salesforce.com//',
    'https://salesforce.com',
    '//acme.my.salesforce.com',
  ])('is never %s, and gets no token there', async (instance) => {
    const error = await failure(begin(stage, row, { token: tokenAt(instance) }).connect())
    expect(error.code).toBe('params_invalid')
    expect(stage.sent).toHaveLength(1)
  })

  it('moves with the organization at a refresh, and the refresh token with rotation', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    stage.answer(tokenEndpoint, documented('salesforce', 'refresh-rotated'))
    expect((await walk.client.refresh(ref)).params.instanceUrl).toBe(
      'https://MyNewDomainName.my.salesforce.com',
    )
    expect((await walk.client.getTokens(ref)).refreshToken).toBe('5Aep861ROTATEDr90I4iHdDtfBkO')
    stage.answer('GET https://mynewdomainname.my.salesforce.com/services/data/v67.0/limits', json({}))
    expect((await walk.client.fetch(ref, '/services/data/v67.0/limits')).status).toBe(200)
  })
})

describe('the login host', () => {
  it.each(['test.salesforce.com', 'acme.my.salesforce.com', 'acme--uat.sandbox.my.salesforce.com'])(
    'can be %s, by the application’s choice, for every request',
    async (loginHost) => {
      const options = { params: { loginHost } }
      const exchange = { ...row.exchange, endpoint: `POST https://${loginHost}/services/oauth2/token` }
      const walk = begin(stage, { ...row, exchange }, { options })
      const { authorizationUrl } = await walk.connect()
      expect(authorizationUrl.hostname).toBe(loginHost)
      stage.answer(`POST https://${loginHost}/services/oauth2/revoke`, documented('salesforce', 'revoke'))
      expect(await walk.client.disconnect(ref)).toEqual({ revoked: true })
    },
  )

  it.each([
    'acme.lightning.force.com',
    'my.salesforce.com',
    'salesforce.com.evil.example',
    'evil.example/.my.salesforce.com',
    'acme.my.salesforce.com:8443',
    'login-salesforce.com',
  ])('is never %s', (loginHost) => {
    expect(() => openClient(salesforce, { redirectUri: row.redirectUri, params: { loginHost } })).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^(?:params|config)_invalid$/) }),
    )
  })

  it('is the tenant’s to choose, among the hosts of Salesforce', async () => {
    const walk = begin(stage, row, { params: { loginHost: 'https://test.salesforce.com/' } })
    expect(new URL((await walk.authorize()).url).host).toBe('test.salesforce.com')
    const elsewhere = begin(stage, row, { params: { loginHost: 'salesforce.com.evil.example' } })
    expect((await failure(elsewhere.authorize())).code).toBe('params_invalid')
  })
})

it('asks for a refresh token whatever else is asked for', async () => {
  const { client } = openClient(salesforce, { redirectUri: row.redirectUri })
  const { url } = await client.authorize({ ...ref, scopes: ['api', 'openid'] })
  expect(new URL(url).searchParams.get('scope')).toBe('api openid refresh_token')
})

it('connects a user who may not read the organization, under its id', async () => {
  stage.answer(tokenEndpoint, documented('salesforce', 'token'))
  stage.answer(
    organization,
    json([{ message: 'insufficient access', errorCode: 'INSUFFICIENT_ACCESS' }], 403),
  )
  const walk = begin(stage, row)
  const { state } = await walk.authorize()
  const { connection } = await walk.client.callback(walk.returnTo(state))
  expect(connection.account).toEqual({ id: '00DB0000000TfcRMAS', name: '00DB0000000TfcRMAS' })
  expect(walk.reported).toHaveLength(1)
})

it.each(['refresh-transient', 'refresh-hours'])('takes %s for a refusal that passes', async (answer) => {
  const walk = begin(stage, row)
  await walk.connect()
  stage.answer(tokenEndpoint, documented('salesforce', answer))
  expect(await failure(walk.client.refresh(ref))).toMatchObject({ code: 'provider_error', retryable: true })
  expect(await walk.client.getConnection(ref)).toMatchObject({ status: 'active' })
  expect(walk.reconnects).toEqual([])
})

it('asks a deactivated user to connect again', async () => {
  const walk = begin(stage, row)
  await walk.connect()
  stage.answer(tokenEndpoint, json({ error: 'inactive_user', error_description: 'user is inactive' }, 400))
  expect((await failure(walk.client.refresh(ref))).code).toBe('reconnect_required')
})

describe('the API', () => {
  it('refreshes when the session has ended', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    stage.answer(limits, documented('salesforce', 'api-expired'), json({ DailyApiRequests: {} }))
    stage.answer(tokenEndpoint, documented('salesforce', 'refresh'))
    stage.sent.length = 0
    expect((await walk.client.fetch(ref, '/services/data/v67.0/limits')).status).toBe(200)
    expect(stage.sent.map(({ endpoint }) => endpoint)).toEqual([limits, tokenEndpoint, limits])
  }, 5_000)

  it('does not refresh what no refresh cures', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    stage.answer(limits, documented('salesforce', 'api-forbidden'))
    stage.sent.length = 0
    const response = await walk.client.fetch(ref, '/services/data/v67.0/limits')
    expect([response.status, await response.json()]).toEqual([
      401,
      [
        {
          message: 'This session is not valid for use with the REST API',
          errorCode: 'INVALID_SESSION_ID',
        },
      ],
    ])
    expect(stage.sent.map(({ endpoint }) => endpoint)).toEqual([limits])
  })

  it('waits where the day’s allowance is used up and a time is named, and not for another 403', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    const limit = documented('salesforce', 'api-limit')
    const headers = { ...limit.headers, 'retry-after': '1' }
    stage.answer(limits, { ...limit, headers }, json({ DailyApiRequests: {} }))
    stage.sent.length = 0
    expect((await walk.client.fetch(ref, '/services/data/v67.0/limits')).status).toBe(200)
    expect(stage.sent).toHaveLength(2)
    stage.answer(limits, { ...json([{ errorCode: 'INSUFFICIENT_ACCESS' }], 403), headers })
    stage.sent.length = 0
    expect((await walk.client.fetch(ref, '/services/data/v67.0/limits')).status).toBe(403)
    expect(stage.sent).toHaveLength(1)
  }, 5_000)

  it('takes nextRecordsUrl as it comes', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    const next = '/services/data/v67.0/query/01gD0000002HU6KIAW-2000'
    stage.answer(`GET https://mydomainname.my.salesforce.com${next}`, json({ done: true, records: [] }))
    expect((await walk.client.fetch(ref, next)).status).toBe(200)
  })
})

it('counts a token it no longer knows as revoked, though it says so form-encoded', async () => {
  const walk = begin(stage, row)
  await walk.connect()
  stage.answer(
    'POST https://login.salesforce.com/services/oauth2/revoke',
    documented('salesforce', 'revoke-gone'),
  )
  expect(await walk.client.disconnect(ref)).toEqual({ revoked: true })
})
