import { describe, expect, it } from 'vitest'
import { failure } from '../../support/connected.ts'
import { documented, json, ref, useStage } from '../flow-stage.ts'
import { begin } from '../flow-walk.ts'
import { row } from '../rows/figma.ts'

const stage = useStage()
const refresh = 'POST https://api.figma.com/v1/oauth/refresh'
const rejected = { rejected: 'figu_documentation-sample' }

describe('figma', () => {
  it('refreshes at its own URL, and keeps the refresh token that does not come again', async () => {
    const walk = begin(stage, row)
    await walk.connectRefreshable()
    stage.answer(refresh, documented('figma', 'refresh'))
    expect(await walk.client.getAccessToken(ref, rejected)).toBe('figu_documentation-sample-2')
    expect(stage.sent).toHaveLength(1)
    expect((await walk.client.getTokens(ref)).refreshToken).toBe('figur_documentation-sample')
  })

  it('refreshes for a 403 that says the token has expired, and calls again', async () => {
    const walk = begin(stage, row)
    await walk.connectRefreshable()
    stage.answer(refresh, documented('figma', 'refresh'))
    stage.answer(row.api.request.endpoint, documented('figma', 'api-expired'), json({ versions: [] }))
    expect((await walk.client.fetch(ref, row.api.path)).status).toBe(200)
    expect(stage.sent.map(({ endpoint }) => endpoint)).toEqual([
      row.api.request.endpoint,
      refresh,
      row.api.request.endpoint,
    ])
  })

  it('spends no refresh on a 403 for a scope that is missing', async () => {
    const walk = begin(stage, row)
    await walk.connectRefreshable()
    stage.answer(row.api.request.endpoint, documented('figma', 'api-scope'))
    expect((await walk.client.fetch(ref, row.api.path)).status).toBe(403)
    expect(stage.sent).toHaveLength(1)
  })

  it('gives a grant up only for words about its refresh token', async () => {
    const walk = begin(stage, row)
    await walk.connectRefreshable()
    stage.answer(refresh, documented('figma', 'refresh-refused'))
    expect((await failure(walk.client.getAccessToken(ref, rejected))).code).toBe('provider_error')
    expect(await walk.client.getConnection(ref)).toMatchObject({ status: 'active' })
    stage.answer(refresh, documented('figma', 'refresh-error'))
    const error = await failure(walk.client.refresh(ref))
    expect([error.code, error.message]).toEqual([
      'reconnect_required',
      'Figma OAuth failed: http_400 - Invalid refresh token',
    ])
  })

  it('says that it cannot revoke, without asking', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    stage.sent.length = 0
    expect(await walk.client.disconnect(ref)).toEqual({ revoked: false })
    expect(stage.sent).toEqual([])
    expect(await walk.client.getConnection(ref)).toBeUndefined()
  })
})
