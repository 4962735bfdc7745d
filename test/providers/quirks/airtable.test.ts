import { describe, expect, it } from 'vitest'
import { failure } from '../../support/connected.ts'
import { documented, ref, useStage } from '../flow-stage.ts'
import { begin } from '../flow-walk.ts'
import { row } from '../rows/airtable.ts'

const stage = useStage()

describe('airtable', () => {
  it('keeps the connection through a 409, which says that somebody has just refreshed', async () => {
    const walk = begin(stage, row)
    await walk.connectRefreshable()
    stage.answer(row.exchange.endpoint, documented('airtable', 'refresh-conflict'))
    expect(await failure(walk.tokenAfterItsEnd())).toMatchObject({ code: 'provider_error', status: 409 })
    expect(await walk.client.getConnection(ref)).toMatchObject({ status: 'active' })
    expect(walk.reconnects).toEqual([])
    walk.answerRefresh()
    await walk.client.refresh(ref)
    expect(await walk.client.getAccessToken(ref)).toBe(row.refresh?.accessToken)
  })

  it('sends a state of the letters and the length that are taken', async () => {
    const { url, state } = await begin(stage, row).authorize()
    expect(state).toMatch(/^[A-Za-z0-9._-]{16,1024}$/)
    expect(new URL(url).searchParams.get('code_challenge_method')).toBe('S256')
  })

  it('makes a verifier without the "~" that is not taken', async () => {
    await begin(stage, row).connect()
    expect(Reflect.get(Object(stage.sent[0]?.body), 'code_verifier')).toMatch(/^[A-Za-z0-9._-]{43,128}$/)
  })

  it('says that the client is not known', async () => {
    const walk = begin(stage, row, { token: documented('airtable', 'error-client') })
    const error = await failure(walk.connect())
    expect([error.status, error.message]).toEqual([
      401,
      'Airtable OAuth failed: invalid_client - Invalid client.',
    ])
  })

  it('connects without an account, and says why in the words of the API', async () => {
    const learning = row.learning.map((each) => ({ ...each, answer: 'identity-refused' }))
    const walk = begin(stage, { ...row, learning })
    expect((await walk.connect()).connection.account).toBeUndefined()
    expect(walk.reported.map(({ message }) => message)).toEqual([
      'Airtable OAuth failed: AUTHENTICATION_REQUIRED - Authentication required',
    ])
  })

  it('removes the connection although nothing revokes its tokens', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    stage.sent.length = 0
    expect(await walk.client.disconnect(ref)).toEqual({ revoked: false })
    expect(stage.sent).toEqual([])
  })
})
