import { expect, it } from 'vitest'
import { failure } from '../../support/connected.ts'
import { documented, json, ref, useStage } from '../flow-stage.ts'
import { begin } from '../flow-walk.ts'
import { row } from '../rows/pipedrive.ts'

const stage = useStage()
const tokenEndpoint = 'POST https://oauth.pipedrive.com/oauth/token'

const tokenAt = (domain: string) =>
  json({ ...Object(documented('pipedrive', 'token').body), api_domain: domain })

it('reads a lifetime that comes as a string', async () => {
  const walk = begin(stage, row, { token: documented('pipedrive', 'token-words') })
  expect((await walk.connect()).connection.expiresAt).toEqual(new Date('2026-11-21T13:00:00.000Z'))
})

it('follows a company that renamed its subdomain, and keeps the new refresh token', async () => {
  const walk = begin(stage, row)
  await walk.connect()
  stage.answer(tokenEndpoint, documented('pipedrive', 'refresh-renamed'))
  expect((await walk.client.refresh(ref)).params).toEqual({ apiDomain: 'https://acme-inc.pipedrive.com' })
  expect((await walk.client.getTokens(ref)).refreshToken).toBe('1234567:1234567:d5b1e1f09c')
  stage.answer('GET https://acme-inc.pipedrive.com/api/v2/deals', json({ success: true, data: [] }))
  expect((await walk.client.fetch(ref, '/v2/deals')).status).toBe(200)
})

it.each([
  'https://acme.pipedrive.com.evil.example',
  'https://evilpipedrive.com',
  'https://pipedrive.com',
  'https://evil.example/.pipedrive.com',
  'https://acme.pipedrive.com@evil.example',
  'http://acme.pipedrive.com',
  'https://acme.pipedrive.com/',
  'https://a.b.pipedrive.com',
])('sends no token to %s', async (domain) => {
  const error = await failure(begin(stage, row, { token: tokenAt(domain) }).connect())
  expect(error.code).toBe('params_invalid')
  expect(stage.sent).toHaveLength(1)
})

it('does not lose new tokens over a host that it cannot accept', async () => {
  const walk = begin(stage, row)
  await walk.connect()
  stage.answer(tokenEndpoint, tokenAt('https://acme.pipedrive.com.evil.example'))
  expect((await walk.client.refresh(ref)).params).toEqual({ apiDomain: 'https://acme.pipedrive.com' })
})

it('goes on without a company, should it not be told', async () => {
  stage.answer(tokenEndpoint, documented('pipedrive', 'token'))
  stage.answer(
    'GET https://acme.pipedrive.com/api/v1/users/me',
    json({ success: false, error: 'Scope and URL mismatch' }, 403),
  )
  const walk = begin(stage, row)
  const { state } = await walk.authorize()
  const { connection } = await walk.client.callback(walk.returnTo(state))
  expect([connection.status, connection.account]).toEqual(['active', undefined])
  expect(walk.reported).toHaveLength(1)
})
