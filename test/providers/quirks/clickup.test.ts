import { describe, expect, it } from 'vitest'
import { failure } from '../../support/connected.ts'
import { documented, ref, useStage } from '../flow-stage.ts'
import { begin } from '../flow-walk.ts'
import { row } from '../rows/clickup.ts'

const stage = useStage()

describe('clickup', () => {
  it('guesses no workspace where there are several, and takes the one that is chosen', async () => {
    const learning = row.learning.map((each) =>
      each.answer === 'discovery' ? { ...each, answer: 'discovery-several' } : each,
    )
    const walk = begin(stage, { ...row, learning })
    const { connection } = await walk.connect()
    expect(connection.choices).toEqual({
      teamId: [
        { id: '1234', name: 'My ClickUp Workspace' },
        { id: '5678', name: 'My Other Workspace' },
      ],
    })
    expect(connection.params).toEqual({})
    expect((await walk.client.choose(ref, { teamId: '5678' })).params).toEqual({ teamId: '5678' })
    expect((await failure(walk.client.choose(ref, { teamId: '9999' }))).code).toBe('params_invalid')
  })

  it('hands back the 401 of a workspace that was not granted, and the connection lives on', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    stage.sent.length = 0
    stage.answer(
      'GET https://api.clickup.com/api/v2/team/9999/space',
      documented('clickup', 'api-not-authorized'),
    )
    const response = await walk.client.fetch(ref, '/team/9999/space')
    expect(response.status).toBe(401)
    expect(await response.json()).toEqual({ err: 'Team not authorized', ECODE: 'OAUTH_027' })
    expect(stage.sent).toHaveLength(1)
    expect(await walk.client.getConnection(ref)).toMatchObject({ status: 'active' })
    expect(walk.reconnects).toEqual([])
    expect(await walk.client.getAccessToken(ref)).toBe('12345678_5d3f0f6f6b1d4f0b9a8c7d6e5f4a3b2c')
  })

  it('asks for a new connect once the user has taken the authorization back', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    stage.answer(row.api.request.endpoint, documented('clickup', 'api-ended'))
    await walk.client.fetch(ref, row.api.path).catch(() => undefined)
    expect(await walk.client.getConnection(ref)).toMatchObject({ status: 'reconnect_required' })
    expect((await failure(walk.client.getAccessToken(ref))).code).toBe('reconnect_required')
    expect(walk.reconnects).toHaveLength(1)
  })

  it('has nothing to refresh with', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    stage.sent.length = 0
    expect((await failure(walk.client.refresh(ref))).code).toBe('refresh_unsupported')
    expect(stage.sent).toEqual([])
  })

  it('removes the connection although nothing revokes its token', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    stage.sent.length = 0
    expect(await walk.client.disconnect(ref)).toEqual({ revoked: false })
    expect(stage.sent).toEqual([])
    expect(await walk.client.getConnection(ref)).toBeUndefined()
  })
})
