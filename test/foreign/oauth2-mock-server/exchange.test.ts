import { Events, type MutableResponse } from 'oauth2-mock-server'
import { describe, expect, it } from 'vitest'
import { failures } from './odd-answers.ts'
import { began, mockServer, ref, refused } from './server.ts'

const { server, setUp, answerNext, changeNext } = mockServer()

describe('oauth2-mock-server: answers to the exchange', () => {
  it.each(failures)('$name', async ({ status, body, expected }) => {
    const { client, callbackUrl } = setUp()
    const url = await callbackUrl()
    answerNext(status, body)
    const error = await refused(client.callback(url))
    expect(error).toMatchObject({ provider: 'mock', redirectPath: '/back', ...expected })
    expect(error.message).toMatch(/^Mock OAuth failed: /)
    expect(await client.getConnection(ref)).toBeUndefined()
    // A code is single use, so a failed exchange is not tried again.
    expect((await refused(client.callback(url))).code).toBe('state_replayed')
  })

  it('a lifetime in words of digits counts, an absurd one does not, and none means no known end', async () => {
    const expiries: (Date | undefined)[] = []
    for (const value of ['1800', -5, 'soon', 0, undefined]) {
      const { connect } = setUp()
      changeNext((body) => {
        if (value === undefined) delete body.expires_in
        else body.expires_in = value
      })
      expiries.push((await connect()).connection.expiresAt)
    }
    expect(expiries).toEqual([new Date(began + 1_800_000), undefined, undefined, undefined, undefined])
  })

  it('scopes as an array, as an empty string, or left out', async () => {
    const granted: (readonly string[])[] = []
    for (const value of [['a', 'b'], 'a,b c', '', undefined]) {
      const { connect } = setUp()
      changeNext((body) => {
        if (value === undefined) delete body.scope
        else body.scope = value
      })
      granted.push((await connect()).connection.scopes)
    }
    expect(granted).toEqual([['a', 'b'], ['a', 'b', 'c'], [], ['read', 'write']])
  })

  it('names of the prototype change nothing', async () => {
    const { connect } = setUp()
    changeNext((body) => {
      Object.defineProperty(body, '__proto__', { value: { polluted: true }, enumerable: true })
      Object.assign(body, { constructor: { prototype: { polluted: true } } })
    })
    expect((await connect()).connection.status).toBe('active')
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })

  it('an identity request that fails costs no connection, and is told', async () => {
    const { client, reported, connect } = setUp()
    server.service.once(Events.BeforeUserinfo, (response: MutableResponse) => {
      response.statusCode = 500
      response.body = { error: 'server_error' }
    })
    const { connection } = await connect()
    expect(connection).not.toHaveProperty('account')
    expect(reported).toMatchObject([{ code: 'provider_error', error: 'server_error', status: 500 }])
    expect(await client.getAccessToken(ref)).toMatch(/^ey[\w-]+\.[\w-]+\.[\w-]+$/)
  })
})
