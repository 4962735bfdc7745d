import { describe, expect, it } from 'vitest'
import { failure } from '../../support/connected.ts'
import { documented, json, ref, useStage } from '../flow-stage.ts'
import { begin } from '../flow-walk.ts'
import { row } from '../rows/calendly.ts'

const stage = useStage()

describe('calendly', () => {
  it.each([
    'https://evil.example/users/EBHAAFHDCAEQTSEZ',
    'https://api.calendly.com.evil.example/users/EBHAAFHDCAEQTSEZ',
    'https://api.calendly.com/users/EBHAAFHDCAEQTSEZ/../..',
    'https://api.calendly.com/organizations/EBHAAFHDCAEQTSEZ',
  ])('takes no owner %s', async (owner) => {
    const token = json({ ...Object(documented('calendly', 'token').body), owner })
    const walk = begin(stage, row, { token })
    expect((await failure(walk.connect())).code).toBe('params_invalid')
    expect(await walk.client.getConnection(ref)).toBeUndefined()
  })

  it('keeps the scopes of an app that has them', async () => {
    const walk = begin(stage, row, { token: documented('calendly', 'token-scoped') })
    expect((await walk.connect()).connection.scopes).toEqual([
      'users:read',
      'event_types:read',
      'scheduled_events:read',
    ])
  })

  it('tells that a token could not be revoked', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    stage.answer('POST https://auth.calendly.com/oauth/revoke', documented('calendly', 'revoke-refused'))
    const { revoked, error } = await walk.client.disconnect(ref)
    expect([revoked, error?.message]).toEqual([
      false,
      'Calendly OAuth failed: unauthorized_client - You are not authorized to revoke this token',
    ])
  })

  it('waits as many seconds as the rate limit says', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    stage.sent.length = 0
    const limited = { ...json({ title: 'Too Many Requests' }, 429), headers: { 'x-ratelimit-reset': '1' } }
    stage.answer(row.api.request.endpoint, limited, json({ collection: [] }))
    const began = performance.now()
    expect((await walk.client.fetch(ref, row.api.path)).status).toBe(200)
    expect(performance.now() - began).toBeGreaterThan(900)
    expect(stage.sent).toHaveLength(2)
  })
})
