import { describe, expect, it } from 'vitest'
import { json, ref, useStage } from '../flow-stage.ts'
import { begin } from '../flow-walk.ts'
import { row } from '../rows/teams.ts'

const stage = useStage()

describe('teams', () => {
  it('connects where the organisation may not be read', async () => {
    const walk = begin(stage, row)
    const [organization] = row.learning
    await walk.connect()
    stage.answer(organization?.endpoint ?? '', json({ error: { code: 'Authorization_RequestDenied' } }, 403))
    const { state } = await walk.authorize()
    const { connection } = await walk.client.callback(walk.returnTo(state))
    expect(connection).toMatchObject({
      status: 'active',
      account: { id: '00000000-0000-0000-66f3-3332eca7ea81' },
    })
    expect(walk.reported).toHaveLength(1)
  })

  it('does not ask for what only an administrator can grant, unless told to', async () => {
    const walk = begin(stage, row)
    const scopesOf = ({ url }: { readonly url: string }) => new URL(url).searchParams.get('scope')?.split(' ')
    expect(scopesOf(await walk.authorize())).not.toContain('ChannelMessage.Read.All')
    const wanted = await walk.client.authorize({ ...ref, scopes: ['ChannelMessage.Read.All'] })
    expect(scopesOf(wanted)).toContain('ChannelMessage.Read.All')
  })
})
