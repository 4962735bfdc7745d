import { describe, expect, it } from 'vitest'
import { failure } from '../../support/connected.ts'
import { documented, json, ref, useStage } from '../flow-stage.ts'
import { begin } from '../flow-walk.ts'
import { row } from '../rows/outlook.ts'

const stage = useStage()

describe('outlook', () => {
  it('asks for a new connect where Microsoft wants the user', async () => {
    const walk = begin(stage, row)
    await walk.connectRefreshable()
    stage.answer(row.exchange.endpoint, documented('outlook', 'refresh-error-interaction'))
    expect(await failure(walk.tokenAfterItsEnd())).toMatchObject({
      code: 'reconnect_required',
      error: 'interaction_required',
    })
  })

  it.each(['consent_required', 'login_required', 'bad_token'])('and so under %s', async (error) => {
    const walk = begin(stage, row)
    await walk.connectRefreshable()
    stage.answer(row.exchange.endpoint, json({ error, error_description: 'AADSTS0: …' }, 400))
    expect((await failure(walk.tokenAfterItsEnd())).code).toBe('reconnect_required')
  })

  it.each([
    ['refresh-error-secret', 'invalid_client', false],
    ['refresh-transient', 'temporarily_unavailable', true],
  ])('keeps the connection after %s', async (name, error, retryable) => {
    const walk = begin(stage, row)
    await walk.connectRefreshable()
    stage.answer(row.exchange.endpoint, documented('outlook', name))
    expect(await failure(walk.tokenAfterItsEnd())).toMatchObject({ code: 'provider_error', error, retryable })
    expect(await walk.client.getConnection(ref)).toMatchObject({ status: 'active' })
    expect(walk.reconnects).toEqual([])
  })

  it('asks for a refresh token and for the account whatever scopes a caller wants', async () => {
    const walk = begin(stage, row)
    const { url } = await walk.client.authorize({ ...ref, scopes: ['Mail.ReadBasic', 'openid'] })
    const scopes = new URL(url).searchParams.get('scope')?.split(' ').sort()
    expect(scopes).toEqual(['Mail.ReadBasic', 'offline_access', 'openid', 'profile'])
  })

  it('stays with the directory that the application is registered in', async () => {
    const directory = '9122040d-6c67-4c5b-b112-36a304b66dad'
    const endpoint = `POST https://login.microsoftonline.com/${directory}/oauth2/v2.0/token`
    const single = { ...row, exchange: { ...row.exchange, endpoint } }
    const walk = begin(stage, single, { options: { params: { tenant: directory } } })
    const { authorizationUrl } = await walk.connect()
    expect(authorizationUrl.pathname).toBe(`/${directory}/oauth2/v2.0/authorize`)
    expect(stage.sent.map((sent) => sent.endpoint)).toEqual([endpoint])
  })

  it('lets no tenant choose the directory', async () => {
    const walk = begin(stage, row, { params: { tenant: 'evil.example' } })
    expect((await failure(walk.authorize())).code).toBe('params_invalid')
  })

  it.each(['../common', 'common/x', 'contoso', 'contoso.com?x', '-contoso.com', 'contoso..com', ''])(
    'takes no %j for a directory',
    async (tenant) => {
      const start = async () => begin(stage, row, { options: { params: { tenant } } }).authorize()
      expect((await failure(start())).code).toBe('config_invalid')
    },
  )

  it('connects without knowing the account where no ID token comes', async () => {
    const { id_token: _none, ...body } = Object(documented('outlook', 'token').body)
    const { connection } = await begin(stage, row, { token: json(body) }).connect()
    expect(connection).toMatchObject({ status: 'active', params: {} })
    expect(connection.account).toBeUndefined()
  })

  it('refreshes once when Graph says that the token has expired', async () => {
    const walk = begin(stage, row)
    await walk.connectRefreshable()
    walk.answerRefresh()
    stage.answer(row.api.request.endpoint, documented('outlook', 'api-expired'), json({ value: [] }))
    expect((await walk.client.fetch(ref, row.api.path)).status).toBe(200)
    expect(stage.sent).toHaveLength(3)
  })

  it('says that it cannot revoke, and asks nobody', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    stage.sent.length = 0
    expect(await walk.client.disconnect(ref)).toEqual({ revoked: false })
    expect(stage.sent).toEqual([])
    expect(await walk.client.getConnection(ref)).toBeUndefined()
  })
})
