import { describe, expect, it } from 'vitest'
import { failure } from '../../support/connected.ts'
import { documented, json, ref, useStage } from '../flow-stage.ts'
import { begin } from '../flow-walk.ts'
import { row } from '../rows/intercom.ts'

const stage = useStage()

describe.each([
  ['eu', 'app.eu.intercom.com', 'api.eu.intercom.io'],
  ['au', 'app.au.intercom.com', 'api.au.intercom.io'],
  ['EU', 'app.eu.intercom.com', 'api.eu.intercom.io'],
])('region %s', (region, app, api) => {
  const inRegion = {
    ...row,
    params: { region },
    exchange: { ...row.exchange, endpoint: `POST https://${api}/auth/eagle/token` },
    learning: row.learning.map((each) => ({ ...each, endpoint: `GET https://${api}/me` })),
  }

  it('stays there, and uninstalls where every region can', async () => {
    const walk = begin(stage, inRegion)
    const { authorizationUrl } = await walk.connect()
    expect(authorizationUrl.hostname).toBe(app)
    stage.answer(`GET https://${api}/admins`, json({ admins: [] }))
    expect((await walk.client.fetch(ref, '/admins')).status).toBe(200)
    stage.answer('POST https://api.intercom.io/auth/uninstall', documented('intercom', 'revoke'))
    expect(await walk.client.disconnect(ref)).toEqual({ revoked: true })
  })
})

it.each(['', 'us.evil.example', 'eu.', 'de'])('knows no region %j', async (region) => {
  const error = await failure(begin(stage, row, { params: { region } }).authorize())
  expect(error.code).toBe('params_invalid')
})

it('reads an answer with the older name alone', async () => {
  const walk = begin(stage, row, { token: documented('intercom', 'token-older') })
  const { connection } = await walk.connect()
  expect(connection.tokenType).toBe('Bearer')
  expect(await walk.client.getAccessToken(ref)).toBe('dG9rOmRvY3VtZW50YXRpb24tc2FtcGxlOjE6MA==')
})

it('has no way to refresh', async () => {
  const walk = begin(stage, row)
  await walk.connect()
  expect((await failure(walk.client.refresh(ref))).code).toBe('refresh_unsupported')
})

it('asks for a new connect when the API no longer takes the token, and not over a missing permission', async () => {
  const walk = begin(stage, row)
  await walk.connect()
  stage.answer(
    'GET https://api.intercom.io/admins',
    documented('intercom', 'api-forbidden'),
    documented('intercom', 'api-ended'),
  )
  expect((await walk.client.fetch(ref, '/admins')).status).toBe(403)
  expect(await walk.client.getConnection(ref)).toMatchObject({ status: 'active' })
  expect((await walk.client.fetch(ref, '/admins')).status).toBe(401)
  expect(await walk.client.getConnection(ref)).toMatchObject({ status: 'reconnect_required' })
  expect(walk.reconnects).toHaveLength(1)
})

it('counts an app that is gone from the workspace as uninstalled', async () => {
  const walk = begin(stage, row)
  await walk.connect()
  stage.answer('POST https://api.intercom.io/auth/uninstall', documented('intercom', 'api-ended'))
  expect(await walk.client.disconnect(ref)).toEqual({ revoked: true })
})
