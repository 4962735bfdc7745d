import { describe, expect, it } from 'vitest'
import { failure } from '../../support/connected.ts'
import { documented, json, ref, useStage } from '../flow-stage.ts'
import { begin } from '../flow-walk.ts'
import { row } from '../rows/slack.ts'

const stage = useStage()

describe('slack', () => {
  it('takes its own trouble under HTTP 200 for what passes', async () => {
    const walk = begin(stage, row)
    await walk.connectRefreshable()
    stage.answer(row.exchange.endpoint, documented('slack', 'refresh-transient'))
    expect(await failure(walk.client.refresh(ref))).toMatchObject({
      message: 'Slack OAuth failed: internal_error',
      retryable: true,
    })
    expect(await walk.client.getConnection(ref)).toMatchObject({ status: 'active' })
    expect(walk.reconnects).toEqual([])
  })

  it('asks for a new connect once the app was removed, which an API says under HTTP 200', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    stage.answer('GET https://slack.com/api/conversations.list', documented('slack', 'api-ended'))
    expect((await walk.client.fetch(ref, '/conversations.list')).status).toBe(200)
    expect(await walk.client.getConnection(ref)).toMatchObject({ status: 'reconnect_required' })
    expect(walk.reconnects).toHaveLength(1)
  })

  it('does not take invalid_auth for the end: a disallowed IP address gets it too', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    stage.answer('GET https://slack.com/api/conversations.list', json({ ok: false, error: 'invalid_auth' }))
    await walk.client.fetch(ref, '/conversations.list')
    expect(await walk.client.getConnection(ref)).toMatchObject({ status: 'active' })
  })
})
