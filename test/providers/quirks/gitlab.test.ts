import { describe, expect, it } from 'vitest'
import { failure } from '../../support/connected.ts'
import { useStage } from '../flow-stage.ts'
import { begin } from '../flow-walk.ts'
import { row } from '../rows/gitlab.ts'

const stage = useStage()

describe('gitlab', () => {
  it('sends the user through the SAML SSO of a group', async () => {
    const { url } = await begin(stage, row, { params: { rootNamespaceId: '112' } }).authorize()
    expect(new URL(url).searchParams.get('root_namespace_id')).toBe('112')
  })

  it('takes nothing but the id of a group for it', async () => {
    const walk = begin(stage, row, { params: { rootNamespaceId: '112&scope=api' } })
    expect((await failure(walk.authorize())).code).toBe('params_invalid')
  })
})
