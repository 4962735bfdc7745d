import { describe, expect, it } from 'vitest'
import { failure } from '../../support/connected.ts'
import { documented, json, ref, useStage } from '../flow-stage.ts'
import { begin } from '../flow-walk.ts'
import { row } from '../rows/bitbucket.ts'

const stage = useStage()

describe('bitbucket', () => {
  it('reads the scopes under their older name', async () => {
    const walk = begin(stage, row, { token: documented('bitbucket', 'token-scopes') })
    expect((await walk.connect()).connection.scopes).toEqual(['repository', 'pullrequest', 'account'])
  })

  it('guesses none of several workspaces', async () => {
    const [workspaces, ...rest] = row.learning
    const learning = [...(workspaces ? [{ ...workspaces, answer: 'discovery-several' }] : []), ...rest]
    const walk = begin(stage, { ...row, learning })
    const { connection } = await walk.connect()
    expect(connection.params).toEqual({})
    expect(connection.choices?.workspace?.map(({ id }) => id)).toEqual(['bbworkspace1', 'bbworkspace2'])
    expect((await walk.client.choose(ref, { workspace: 'bbworkspace2' })).params).toEqual({
      workspace: 'bbworkspace2',
    })
  })

  it('connects an account that has no workspace', async () => {
    const walk = begin(stage, row)
    const [workspaces, user] = row.learning
    stage.answer(row.exchange.endpoint, documented('bitbucket', 'token'))
    stage.answer(workspaces?.endpoint ?? '', json({ pagelen: 25, page: 1, size: 0, values: [] }))
    stage.answer(user?.endpoint ?? '', documented('bitbucket', 'identity'))
    const { state } = await walk.authorize()
    const { connection } = await walk.client.callback(walk.returnTo(state))
    expect(connection).toMatchObject({ status: 'active', params: {} })
    expect(walk.reported).toEqual([])
  })

  it("knows RFC 6749's word for a dead refresh token as well", async () => {
    const walk = begin(stage, row)
    await walk.connectRefreshable()
    stage.answer(row.exchange.endpoint, documented('bitbucket', 'refresh-error-grant'))
    expect((await failure(walk.tokenAfterItsEnd())).code).toBe('reconnect_required')
  })

  it('does not take every invalid_request for the end', async () => {
    const walk = begin(stage, row)
    await walk.connectRefreshable()
    const refused = { error: 'invalid_request', error_description: 'Unsupported grant type: None' }
    stage.answer(row.exchange.endpoint, json(refused, 400))
    expect((await failure(walk.tokenAfterItsEnd())).code).toBe('provider_error')
    expect(await walk.client.getConnection(ref)).toMatchObject({ status: 'active' })
  })
})
