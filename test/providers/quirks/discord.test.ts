import { describe, expect, it } from 'vitest'
import { failure } from '../../support/connected.ts'
import { documented, useStage } from '../flow-stage.ts'
import { begin } from '../flow-walk.ts'
import { row } from '../rows/discord.ts'

const stage = useStage()

describe('discord', () => {
  it('connects a user who adds no bot', async () => {
    const walk = begin(stage, row, { token: documented('discord', 'token-user') })
    const { connection } = await walk.connect()
    expect(connection).toMatchObject({
      scopes: ['identify'],
      account: { id: '80351110224678912', name: 'Nelly' },
      params: {},
    })
  })

  it('asks who the user is, whatever else is asked for', async () => {
    const walk = begin(stage, row, { options: { scopes: ['guilds'] } })
    const { url } = await walk.authorize()
    expect(new URL(url).searchParams.get('scope')?.split(' ').sort()).toEqual(['guilds', 'identify'])
  })

  it("asks for the bot's permissions that the application fixed", async () => {
    const walk = begin(stage, row, { options: { params: { permissions: '1024' } } })
    const { url } = await walk.authorize()
    expect(new URL(url).searchParams.get('permissions')).toBe('1024')
  })

  it("lets no tenant raise the bot's permissions", async () => {
    const walk = begin(stage, row, { params: { permissions: '8' } })
    expect((await failure(walk.authorize())).code).toBe('params_invalid')
  })
})
