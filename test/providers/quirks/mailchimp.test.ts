import { describe, expect, it } from 'vitest'
import { failure } from '../../support/connected.ts'
import { documented, json, ref, useStage } from '../flow-stage.ts'
import { begin } from '../flow-walk.ts'
import { row } from '../rows/mailchimp.ts'

const stage = useStage()
const metadata = 'GET https://login.mailchimp.com/oauth2/metadata'

describe('mailchimp', () => {
  it('reads no expiry out of expires_in: 0', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    stage.sent.length = 0
    walk.setTime(Date.parse('2036-11-21T12:00:00.000Z'))
    expect(await walk.client.getAccessToken(ref)).toBe('5c6ccc561059aa386da9d112215bae55')
    expect(stage.sent).toEqual([])
  })

  it('stores nothing when the metadata is refused under HTTP 200', async () => {
    const walk = begin(stage, row)
    stage.answer(row.exchange.endpoint, documented('mailchimp', 'token'))
    stage.answer(metadata, documented('mailchimp', 'metadata-error'))
    const { state } = await walk.authorize()
    const error = await failure(walk.client.callback(walk.returnTo(state)))
    expect(error.message).toBe('Mailchimp OAuth failed: invalid_token')
    expect(await walk.client.getConnection(ref)).toBeUndefined()
  })

  it.each(['us6.evil.example/', 'evil', 'us6@evil.example', '..', ''])(
    'sends its token to no data center called %j',
    async (dc) => {
      const walk = begin(stage, row)
      stage.answer(row.exchange.endpoint, documented('mailchimp', 'token'))
      stage.answer(metadata, json({ ...Object(documented('mailchimp', 'discovery').body), dc }))
      const { state } = await walk.authorize()
      await failure(walk.client.callback(walk.returnTo(state)))
      expect(await walk.client.getConnection(ref)).toBeUndefined()
      expect(stage.sent).toHaveLength(2)
    },
  )

  it('asks for a new connect when the customer has ended the token', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    stage.answer('GET https://us6.api.mailchimp.com/3.0/lists', documented('mailchimp', 'api-ended'))
    expect((await walk.client.fetch(ref, '/lists')).status).toBe(401)
    expect(await walk.client.getConnection(ref)).toMatchObject({ status: 'reconnect_required' })
  })
})
