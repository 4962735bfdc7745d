import { describe, expect, it } from 'vitest'
import { failure } from '../../support/connected.ts'
import { documented, ref, useStage } from '../flow-stage.ts'
import { begin } from '../flow-walk.ts'
import { row } from '../rows/gmail.ts'

const stage = useStage()

describe('gmail', () => {
  it.each([
    ['refresh-error-policy', 'Gmail OAuth failed: admin_policy_enforced'],
    ['refresh-error-rapt', 'Gmail OAuth failed: invalid_grant - reauth related error (invalid_rapt)'],
  ])("takes an administrator's doing for the end of the grant: %s", async (name, message) => {
    const walk = begin(stage, row)
    await walk.connectRefreshable()
    stage.answer(row.exchange.endpoint, documented('gmail', name))
    const error = await failure(walk.tokenAfterItsEnd())
    expect([error.code, error.message]).toEqual(['reconnect_required', message])
  })

  it("takes the application's own mistake for no end of a grant", async () => {
    const walk = begin(stage, row)
    await walk.connectRefreshable()
    stage.answer(row.exchange.endpoint, {
      ...documented('gmail', 'error'),
      status: 401,
      body: { error: 'invalid_client', error_description: 'The OAuth client was not found.' },
    })
    expect((await failure(walk.tokenAfterItsEnd())).code).toBe('provider_error')
    expect(await walk.client.getConnection(ref)).toMatchObject({ status: 'active' })
  })

  it('asks for the account whatever scopes a caller wants', async () => {
    const walk = begin(stage, row)
    const { url } = await walk.client.authorize({
      ...ref,
      scopes: ['https://www.googleapis.com/auth/gmail.metadata'],
    })
    const scopes = new URL(url).searchParams.get('scope')?.split(' ').sort()
    expect(scopes).toEqual(['email', 'https://www.googleapis.com/auth/gmail.metadata', 'openid', 'profile'])
  })
})
