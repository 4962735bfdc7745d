import { Events, type MutableResponse } from 'oauth2-mock-server'
import { describe, expect, it } from 'vitest'
import { failures, type OddAnswer } from './odd-answers.ts'
import { began, hour, mockServer, ref, refused } from './server.ts'

const { server, setUp, answerNext, changeNext, watchTokenRequests } = mockServer()

describe('oauth2-mock-server: answers to the refresh', () => {
  it.each([400, 401, 403])('invalid_grant under %i ends the grant, and no more is asked', async (status) => {
    const { client, time, ended, connect } = setUp()
    await connect()
    time.ahead = hour
    const seen = watchTokenRequests()
    answerNext(status, { error: 'invalid_grant', error_description: 'expired' })
    const error = await refused(client.getAccessToken(ref))
    expect(error).toMatchObject({ code: 'reconnect_required', error: 'invalid_grant', status })
    expect(error.message).toBe('Mock OAuth failed: invalid_grant - expired')
    for (let i = 0; i < 3; i++)
      expect((await refused(client.getAccessToken(ref))).code).toBe('reconnect_required')
    expect(seen).toHaveLength(1)
    expect(ended).toHaveLength(1)
    expect((await client.getConnection(ref))?.status).toBe('reconnect_required')
  })

  const transient: readonly OddAnswer[] = failures
  it.each(transient)(
    '$name is no end of the grant: the token that lives is used',
    async ({ status, body, expected }) => {
      const { client, time, ended, connect } = setUp()
      await connect()
      const before = await client.getTokens(ref)
      time.ahead = hour - 60_000
      const seen = watchTokenRequests()
      answerNext(status, body)
      expect(await client.getAccessToken(ref)).toBe(before.accessToken)
      expect(await client.getAccessToken(ref)).toBe(before.accessToken)
      expect(seen).toHaveLength(1)

      time.ahead = hour + 1
      answerNext(status, body)
      expect(await refused(client.getAccessToken(ref))).toMatchObject(expected)
      expect(ended).toEqual([])
      expect((await client.getConnection(ref))?.status).toBe('active')
      expect((await client.getTokens(ref)).refreshToken).toBe(before.refreshToken)

      // Well again, and asked with the refresh token that was held all along.
      time.ahead += 10 * 60_000
      const fresh = await client.getAccessToken(ref)
      expect(fresh).not.toBe(before.accessToken)
      expect(seen.at(-1)?.form).toMatchObject({
        grant_type: 'refresh_token',
        refresh_token: before.refreshToken,
      })
    },
  )

  it('keeps the refresh token where the answer has none', async () => {
    const { client, connect } = setUp()
    await connect()
    const before = await client.getTokens(ref)
    changeNext((body) => {
      delete body.refresh_token
    })
    await client.refresh(ref)
    const after = await client.getTokens(ref)
    expect(after.refreshToken).toBe(before.refreshToken)
    expect(after.expiresAt).toEqual(new Date(began + hour))
  })

  it('refreshes and repeats a call that was answered with 401, once', async () => {
    const { client, connect } = setUp()
    await connect()
    const seen = watchTokenRequests()
    server.service.once(Events.BeforeUserinfo, (response: MutableResponse) => {
      response.statusCode = 401
    })
    expect((await client.fetch(ref, '/userinfo')).status).toBe(200)
    expect(seen).toHaveLength(1)
    server.service.on(Events.BeforeUserinfo, (response: MutableResponse) => {
      response.statusCode = 401
    })
    expect((await client.fetch(ref, '/userinfo')).status).toBe(401)
    expect(seen).toHaveLength(2)
  })
})
