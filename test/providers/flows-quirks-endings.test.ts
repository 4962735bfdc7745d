import { describe, expect, it } from 'vitest'
import { failure } from '../support/connected.ts'
import { documented, gatewayPage, json, ref, useStage } from './flow-stage.ts'
import { begin } from './flow-walk.ts'
import { row as hubspotRow } from './rows/hubspot.ts'
import { row as notionRow } from './rows/notion.ts'
import { row as quickbooksRow } from './rows/quickbooks.ts'
import { row as zoomRow } from './rows/zoom.ts'

const stage = useStage()

/** Inside every skew, and before the end of any token. */
const aMinuteBefore = (end: Date | undefined) => (end?.getTime() ?? 0) - 60_000

describe('hubspot', () => {
  it('keeps the old token while it lives when a gateway answers the refresh', async () => {
    const walk = begin(stage, hubspotRow)
    await walk.connectRefreshable()
    stage.answer(hubspotRow.exchange.endpoint, gatewayPage)
    walk.setTime(aMinuteBefore(hubspotRow.connection.expiresAt))
    expect(await walk.client.getAccessToken(ref)).toBe('CKDZpunPLhICAQEYs-gDIIGOBii1hQIyGQAf3xBK')
    expect(stage.sent).toHaveLength(1)
    expect(await walk.client.getAccessToken(ref)).toBe('CKDZpunPLhICAQEYs-gDIIGOBii1hQIyGQAf3xBK')
    expect(stage.sent).toHaveLength(1)
    expect(await walk.client.getConnection(ref)).toMatchObject({ status: 'active' })
  })

  it.each([['error-code', 'HubSpot OAuth failed: BAD_AUTH_CODE - missing or unknown auth code']])(
    'reads its own shape of an error: %s',
    async (name, message) => {
      const walk = begin(stage, hubspotRow, { token: documented('hubspot', name) })
      expect((await failure(walk.connect())).message).toBe(message)
    },
  )

  it('knows the older word for a dead refresh token', async () => {
    const walk = begin(stage, hubspotRow)
    await walk.connectRefreshable()
    stage.answer(hubspotRow.exchange.endpoint, documented('hubspot', 'refresh-error-legacy'))
    const error = await failure(walk.tokenAfterItsEnd())
    expect([error.code, error.message]).toEqual([
      'reconnect_required',
      'HubSpot OAuth failed: BAD_REFRESH_TOKEN - missing or invalid refresh token',
    ])
  })
})

describe('zoom', () => {
  it('takes "Invalid Token!" under invalid_request for the end of the grant', async () => {
    const walk = begin(stage, zoomRow)
    await walk.connectRefreshable()
    stage.answer(zoomRow.exchange.endpoint, documented('zoom', 'refresh-error-request'))
    const error = await failure(walk.tokenAfterItsEnd())
    expect([error.code, error.message]).toEqual([
      'reconnect_required',
      'Zoom OAuth failed: invalid_request - Invalid Token!',
    ])
  })

  it('does not take every invalid_request for it', async () => {
    const walk = begin(stage, zoomRow)
    await walk.connectRefreshable()
    stage.answer(zoomRow.exchange.endpoint, documented('zoom', 'error'))
    expect((await failure(walk.tokenAfterItsEnd())).code).toBe('provider_error')
    expect(await walk.client.getConnection(ref)).toMatchObject({ status: 'active' })
  })

  it('refuses an API server that is not one of its own', async () => {
    const body = { ...Object(documented('zoom', 'token').body), api_url: 'https://zoom.us.evil.example' }
    expect(await failure(begin(stage, zoomRow, { token: json(body) }).connect())).toMatchObject({
      code: 'params_invalid',
    })
    expect(stage.sent).toHaveLength(1)
  })
})

describe('notion', () => {
  it('connects without a refresh token, and says so when the token is refused', async () => {
    const walk = begin(stage, notionRow, { token: documented('notion', 'token-without-refresh') })
    const { connection } = await walk.connect()
    expect(connection.account).toEqual({ id: '3c90c3cc-0d44-4b50-8888-8dd25736052a' })
    expect(connection.expiresAt).toBeUndefined()
    const refused = walk.client.getAccessToken(ref, { rejected: 'secret_1234567890' })
    expect((await failure(refused)).code).toBe('refresh_unsupported')
  })

  it('never refreshes a token that has no known end by itself', async () => {
    const walk = begin(stage, notionRow)
    await walk.connectRefreshable()
    walk.setTime(Date.parse('2036-11-21T12:00:00.000Z'))
    expect(await walk.client.getAccessToken(ref)).toBe('ntn_1234567890abcdefghijklmnopqrstuvwxyzABCDEFG')
    expect(stage.sent).toEqual([])
  })
})

describe('quickbooks', () => {
  it('refuses a redirect without the company, before anything is sent', async () => {
    const walk = begin(stage, quickbooksRow)
    const { state } = await walk.authorize()
    const error = await failure(walk.client.callback(walk.returnTo(state, { code: 'AB11xyz1234567890' })))
    expect(error.code).toBe('callback_invalid')
    expect(stage.sent).toEqual([])
  })

  it('refuses a company that the token does not open', async () => {
    const walk = begin(stage, quickbooksRow)
    const [learning] = quickbooksRow.learning
    stage.answer(quickbooksRow.exchange.endpoint, documented('quickbooks', 'token'))
    stage.answer(learning?.endpoint ?? '', documented('quickbooks', 'discovery-refused'))
    const { state } = await walk.authorize()
    expect(await failure(walk.client.callback(walk.returnTo(state)))).toMatchObject({ status: 401 })
    expect(await walk.client.getConnection(ref)).toBeUndefined()
  })

  it('stores the refresh token on the day that it changes', async () => {
    const walk = begin(stage, quickbooksRow)
    await walk.connectRefreshable()
    stage.answer(quickbooksRow.exchange.endpoint, documented('quickbooks', 'refresh-rotated'))
    await walk.tokenAfterItsEnd()
    expect((await walk.client.getTokens(ref)).refreshToken).toBe(
      'AB11687654321newrtyuiopasdfghjklzxcvbnm1234567890ABCD',
    )
  })

  it('calls the sandbox where the client is fixed to it', async () => {
    const company = 'https://sandbox-quickbooks.api.intuit.com/v3/company/9130347596842384'
    const endpoint = `GET ${company}/companyinfo/9130347596842384`
    const row = { ...quickbooksRow, learning: quickbooksRow.learning.map((each) => ({ ...each, endpoint })) }
    const walk = begin(stage, row, { options: { params: { environment: 'sandbox' } } })
    await walk.connect()
    expect(stage.sent[1]?.endpoint).toBe(endpoint)
  })
})
