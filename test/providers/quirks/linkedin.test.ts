import { describe, expect, it } from 'vitest'
import { failure } from '../../support/connected.ts'
import { documented, json, ref, useStage } from '../flow-stage.ts'
import { begin } from '../flow-walk.ts'
import { row } from '../rows/linkedin.ts'

const stage = useStage()

describe('linkedin', () => {
  it('connects an app without refresh tokens', async () => {
    const walk = begin(stage, row, { token: documented('linkedin', 'token-self-serve') })
    const { connection } = await walk.connect()
    expect(connection.expiresAt).toEqual(new Date('2027-01-20T12:00:00.000Z'))
    expect(connection.refreshTokenExpiresAt).toBeUndefined()
    expect((await failure(walk.client.refresh(ref))).code).toBe('refresh_unsupported')
  })

  it('counts the 365 days from the consent, whatever is refreshed in between', async () => {
    const unsaid = (name: string) => {
      const { refresh_token_expires_in: _none, ...body } = Object(documented('linkedin', name).body)
      return json(body)
    }
    const walk = begin(stage, row, { token: unsaid('token') })
    await walk.connect()
    walk.setTime(Date.parse('2027-03-01T12:00:00.000Z'))
    stage.answer(row.exchange.endpoint, unsaid('refresh'))
    await walk.client.refresh(ref)
    const { refreshTokenExpiresAt } = await walk.client.getTokens(ref)
    expect(refreshTokenExpiresAt).toEqual(new Date('2027-11-21T12:00:00.000Z'))
  })

  it('does not take every invalid_request for the end of a grant', async () => {
    const walk = begin(stage, row)
    await walk.connectRefreshable()
    stage.answer(
      row.exchange.endpoint,
      json(
        { error: 'invalid_request', error_description: 'A required parameter "client_secret" is missing' },
        400,
      ),
    )
    expect((await failure(walk.client.refresh(ref))).code).toBe('provider_error')
    expect(await walk.client.getConnection(ref)).toMatchObject({ status: 'active' })
  })

  it('says that the member took the grant back, where there is nothing to refresh with', async () => {
    const walk = begin(stage, row, { token: documented('linkedin', 'token-self-serve') })
    await walk.connect()
    stage.answer('GET https://api.linkedin.com/rest/posts', documented('linkedin', 'api-revoked'))
    expect((await walk.client.fetch(ref, '/posts')).status).toBe(401)
    expect(await walk.client.getConnection(ref)).toMatchObject({ status: 'reconnect_required' })
    expect(walk.reconnects).toHaveLength(1)
  })

  it('hands back that its version has ended, and keeps the connection', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    stage.answer('GET https://api.linkedin.com/rest/posts', documented('linkedin', 'api-version'))
    expect((await walk.client.fetch(ref, '/posts')).status).toBe(426)
    expect(await walk.client.getConnection(ref)).toMatchObject({ status: 'active' })
  })
})
