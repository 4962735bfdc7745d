import { describe, expect, it } from 'vitest'
import { failure } from '../../support/connected.ts'
import { documented, json, ref, useStage } from '../flow-stage.ts'
import { begin } from '../flow-walk.ts'
import { row } from '../rows/webex.ts'

const stage = useStage()

const envelope = json(
  {
    message: 'The request could not be understood by the server due to malformed syntax.',
    errors: [{ description: 'The refresh token provided is expired, revoked, malformed, or invalid.' }],
    trackingId: 'ROUTER_62E068B0-FA5E-01BB-1501-0AFE2B641501',
  },
  400,
)

describe('webex', () => {
  it.each([
    ['in the envelope of the API', envelope],
    ['as RFC 6749 has it', documented('webex', 'refresh-error-grant')],
  ])('knows an ended refresh token %s', async (_how, answer) => {
    const walk = begin(stage, row)
    await walk.connectRefreshable()
    stage.answer(row.exchange.endpoint, answer)
    expect((await failure(walk.tokenAfterItsEnd())).code).toBe('reconnect_required')
    expect(await walk.client.getConnection(ref)).toMatchObject({ status: 'reconnect_required' })
  })

  it("does not take the application's own mistake for the end of a grant", async () => {
    const walk = begin(stage, row)
    await walk.connectRefreshable()
    stage.answer(row.exchange.endpoint, documented('webex', 'error'))
    expect((await failure(walk.client.refresh(ref))).message).toBe(
      'Webex OAuth failed: http_400 - Client Id is invalid',
    )
    expect(await walk.client.getConnection(ref)).toMatchObject({ status: 'active' })
  })

  it('knows the 90 days where an answer does not say them', async () => {
    const { refresh_token_expires_in: _none, ...body } = Object(documented('webex', 'token').body)
    const { connection } = await begin(stage, row, { token: json(body) }).connect()
    expect(connection.refreshTokenExpiresAt).toEqual(new Date('2027-02-19T12:00:00.000Z'))
  })
})
