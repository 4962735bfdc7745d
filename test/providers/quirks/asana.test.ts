import { describe, expect, it } from 'vitest'
import { failure } from '../../support/connected.ts'
import { documented, ref, useStage } from '../flow-stage.ts'
import { begin } from '../flow-walk.ts'
import { row } from '../rows/asana.ts'

const stage = useStage()
const several = { ...row, learning: row.learning.map((each) => ({ ...each, answer: 'discovery-several' })) }

describe('asana', () => {
  it('guesses no workspace where there are several, and takes the one that is chosen', async () => {
    const walk = begin(stage, several)
    const { connection } = await walk.connect()
    expect(connection.choices).toEqual({
      workspaceGid: [
        { id: '12345', name: 'My Company Workspace' },
        { id: '67890', name: 'Personal Projects' },
      ],
    })
    expect(connection.params).toEqual({})
    expect((await walk.client.choose(ref, { workspaceGid: '67890' })).params).toEqual({
      workspaceGid: '67890',
    })
  })

  it('takes the workspace that the flow began for, and no other account than one that has it', async () => {
    const asked = begin(stage, several, { params: { workspaceGid: '67890' } })
    expect((await asked.connect()).connection.params).toEqual({ workspaceGid: '67890' })
    const missing = begin(stage, several, { params: { workspaceGid: '99999' } })
    expect((await failure(missing.connect())).code).toBe('params_invalid')
  })

  it('knows the user also where the answer has the older id alone', async () => {
    const walk = begin(stage, row, { token: documented('asana', 'token-id-only') })
    expect((await walk.connect()).connection.account).toEqual({
      id: '4673218951',
      name: 'gsanchez@example.com',
    })
  })
})
