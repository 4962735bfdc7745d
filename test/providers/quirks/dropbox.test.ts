import { describe, expect, it } from 'vitest'
import { failure } from '../../support/connected.ts'
import { documented, json, openClient, ref, useStage } from '../flow-stage.ts'
import { begin } from '../flow-walk.ts'
import { row } from '../rows/dropbox.ts'

const stage = useStage()

describe('dropbox', () => {
  it('keeps its state within 500 bytes, and refuses ids for which they are too few', async () => {
    const { client } = openClient(row.definition, { redirectUri: row.redirectUri })
    const { state } = await client.authorize({ ...ref, userId: 'u1', redirectPath: '/integrations' })
    expect(Buffer.byteLength(state)).toBeLessThanOrEqual(500)
    const long = { tenantId: 't'.repeat(200), userId: 'u'.repeat(200), redirectPath: '/integrations' }
    expect((await failure(client.authorize(long))).code).toBe('params_invalid')
  })

  it('spends no refresh on a scope that is missing', async () => {
    const walk = begin(stage, row)
    await walk.connectRefreshable()
    stage.answer(
      'POST https://api.dropboxapi.com/2/files/list_folder',
      documented('dropbox', 'api-missing-scope'),
    )
    const body = JSON.stringify({ path: '' })
    const response = await walk.client.fetch(ref, '/files/list_folder', { method: 'POST', body })
    expect(response.status).toBe(401)
    expect(stage.sent).toHaveLength(1)
  })

  it('refreshes for a token that has expired, and sends the same body again', async () => {
    const walk = begin(stage, row)
    await walk.connectRefreshable()
    walk.answerRefresh()
    const endpoint = 'POST https://api.dropboxapi.com/2/files/list_folder'
    stage.answer(endpoint, documented('dropbox', 'api-expired'), json({ entries: [], has_more: false }))
    const response = await walk.client.fetch(ref, '/files/list_folder', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ path: '', recursive: true }),
    })
    expect(response.status).toBe(200)
    expect(stage.sent.map(({ endpoint: each }) => each)).toEqual([
      endpoint,
      'POST https://api.dropboxapi.com/oauth2/token',
      endpoint,
    ])
    expect(stage.sent[2]?.body).toEqual({ path: '', recursive: true })
  })

  it('counts a token that is no longer known as revoked', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    stage.answer('POST https://api.dropboxapi.com/2/auth/token/revoke', documented('dropbox', 'revoke-gone'))
    expect(await walk.client.disconnect(ref)).toEqual({ revoked: true })
  })

  it('does not take an expired token for a revoked one: its refresh token lives', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    stage.answer('POST https://api.dropboxapi.com/2/auth/token/revoke', documented('dropbox', 'api-expired'))
    expect(await walk.client.disconnect(ref)).toMatchObject({ revoked: false, error: { status: 401 } })
  })

  it('waits for no five minutes', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    stage.answer(row.api.request.endpoint, documented('dropbox', 'rate-limited'))
    const response = await walk.client.fetch(ref, row.api.path)
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '300'])
  })
})
