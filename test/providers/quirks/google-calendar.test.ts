import { describe, expect, it } from 'vitest'
import { failure } from '../../support/connected.ts'
import { documented, json, ref, useStage } from '../flow-stage.ts'
import { begin } from '../flow-walk.ts'
import { row as googleCalendarRow } from '../rows/google-calendar.ts'

const stage = useStage()

function withoutRefreshToken(accessToken: string) {
  const { refresh_token: _none, ...body } = Object(documented('google-calendar', 'token').body)
  return json({ ...body, access_token: accessToken })
}

describe('google-calendar', () => {
  it('keeps the stored refresh token when a second consent brings none', async () => {
    const walk = begin(stage, googleCalendarRow)
    await walk.connect()
    stage.answer(googleCalendarRow.exchange.endpoint, withoutRefreshToken('second'))
    const { state } = await walk.authorize()
    const { connection } = await walk.client.callback(walk.returnTo(state))
    expect(connection.version).toBe(2)
    expect(await walk.client.getTokens(ref)).toMatchObject({
      accessToken: 'second',
      refreshToken: '1//xEoDL4iW3cxlI7yDbSRFYNG01kVKM2C-259HOF2aQbI',
    })
  })

  it('does not lend the refresh token of one account to another', async () => {
    const walk = begin(stage, googleCalendarRow)
    await walk.connect()
    stage.answer(googleCalendarRow.exchange.endpoint, withoutRefreshToken('second'))
    stage.answer(
      'GET https://openidconnect.googleapis.com/v1/userinfo',
      // The same address, which has changed hands.
      json({ sub: '110248495921238986420', email: 'jsmith@example.com' }),
    )
    const { state } = await walk.authorize()
    const { connection } = await walk.client.callback(walk.returnTo(state))
    expect(connection.account?.id).toBe('110248495921238986420')
    expect((await walk.client.getTokens(ref)).refreshToken).toBeUndefined()
  })

  it.each([
    'https://accounts.google.com.evil.example',
    'http://accounts.google.com',
    'accounts.google.com',
    '',
  ])('refuses the issuer %j before anything is sent', async (iss) => {
    const walk = begin(stage, googleCalendarRow)
    const { state } = await walk.authorize()
    const error = await failure(walk.client.callback(walk.returnTo(state, { code: 'c', iss })))
    expect(error.code).toBe('issuer_mismatch')
    expect(stage.sent).toEqual([])
  })

  it('does without an issuer', async () => {
    const { iss: _none, ...callback } = googleCalendarRow.callback
    const { connection } = await begin(stage, { ...googleCalendarRow, callback }).connect()
    expect(connection.status).toBe('active')
  })

  it('knows the seven days of an app in testing, which are less than half a year', async () => {
    const token = documented('google-calendar', 'token-testing')
    const { connection } = await begin(stage, googleCalendarRow, { token }).connect()
    expect(connection.refreshTokenExpiresAt).toEqual(new Date('2026-11-28T11:59:59.000Z'))
  })

  it('counts a token that is no longer known as revoked', async () => {
    const walk = begin(stage, googleCalendarRow)
    await walk.connect()
    stage.answer('POST https://oauth2.googleapis.com/revoke', documented('google-calendar', 'revoke-gone'))
    expect(await walk.client.disconnect(ref)).toEqual({ revoked: true })
  })

  it('tells that a token could not be revoked', async () => {
    const walk = begin(stage, googleCalendarRow)
    await walk.connect()
    stage.answer('POST https://oauth2.googleapis.com/revoke', json({ error: 'invalid_request' }, 400))
    const { revoked, error } = await walk.client.disconnect(ref)
    expect([revoked, error?.message]).toEqual([false, 'Google Calendar OAuth failed: invalid_request'])
  })
})
