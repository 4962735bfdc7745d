import { describe, expect, it } from 'vitest'
import { failure } from '../../support/connected.ts'
import { documented, json, openClient, ref, useStage } from '../flow-stage.ts'
import { begin } from '../flow-walk.ts'
import { row } from '../rows/stripe-app.ts'

const stage = useStage()

describe('stripe-app', () => {
  it('begins at the install link of an external test where the client is fixed to it', async () => {
    const { client } = openClient(row.definition, {
      redirectUri: row.redirectUri,
      params: { installLinkId: 'chnlink_61Abc' },
    })
    const { url } = await client.authorize(ref)
    expect(url.split('?', 1)[0]).toBe('https://marketplace.stripe.com/oauth/v2/chnlink_61Abc/authorize')
  })

  it('lets no tenant choose the install link', async () => {
    const walk = begin(stage, row, { params: { installLinkId: 'chnlink_61Abc' } })
    expect((await failure(walk.authorize())).code).toBe('params_invalid')
  })

  it("reads an error in the API's shape", async () => {
    const token = documented('stripe-app', 'error-api')
    expect((await failure(begin(stage, row, { token }).connect())).message).toBe(
      'Stripe Apps OAuth failed: invalid_request_error - Invalid API Key provided: sk_test_***',
    )
  })

  it("takes the API's shape of a dead refresh token for the end", async () => {
    const walk = begin(stage, row)
    await walk.connectRefreshable()
    const error = {
      type: 'invalid_request_error',
      code: 'invalid_grant',
      message: 'Refresh token does not exist',
    }
    stage.answer(row.exchange.endpoint, json({ error }, 400))
    expect((await failure(walk.tokenAfterItsEnd())).code).toBe('reconnect_required')
  })

  it('does not take a wrong key for the end', async () => {
    const walk = begin(stage, row)
    await walk.connectRefreshable()
    stage.answer(row.exchange.endpoint, documented('stripe-app', 'error-api'))
    expect((await failure(walk.tokenAfterItsEnd())).code).toBe('provider_error')
    expect(await walk.client.getConnection(ref)).toMatchObject({ status: 'active' })
  })

  it('sends the key as it is, whatever characters it has', async () => {
    const options = { clientSecret: 'sk_test_a+b/c=:%', redirectUri: row.redirectUri }
    await begin(stage, row, { options }).connect()
    expect(stage.sent[0]?.headers.authorization).toBe(
      `Basic ${Buffer.from('sk_test_a+b/c=:%:').toString('base64')}`,
    )
  })
})
