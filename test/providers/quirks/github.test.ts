import { describe, expect, it } from 'vitest'
import { documented, json, ref, useStage } from '../flow-stage.ts'
import { begin } from '../flow-walk.ts'
import { row } from '../rows/github.ts'

const stage = useStage()

describe('github', () => {
  it.each(['api-rate-limited', 'api-secondary-limit'])(
    'waits after %s, which comes as a 403',
    async (name) => {
      const walk = begin(stage, row)
      await walk.connect()
      stage.sent.length = 0
      const limited = documented('github', name)
      // The fixtures say two seconds.
      const soon = { ...limited, headers: { ...limited.headers, 'retry-after': '0' } }
      stage.answer(row.api.request.endpoint, soon, json([]))
      expect((await walk.client.fetch(ref, row.api.path)).status).toBe(200)
      expect(stage.sent).toHaveLength(2)
    },
  )

  it('reads the end of the wait from its own header', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    const limited = documented('github', 'api-rate-limited')
    const now = { ...limited, headers: { ...limited.headers, 'x-ratelimit-reset': '1795262400' } }
    stage.answer(row.api.request.endpoint, now, json([]))
    expect((await walk.client.fetch(ref, row.api.path)).status).toBe(200)
  })

  it('hands back a 403 that is a refusal', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    stage.sent.length = 0
    const refused = json({ message: 'Resource not accessible by integration' }, 403)
    const headers = { ...refused.headers, 'x-ratelimit-remaining': '4999', 'retry-after': '0' }
    stage.answer(row.api.request.endpoint, { ...refused, headers })
    expect((await walk.client.fetch(ref, row.api.path)).status).toBe(403)
    expect(stage.sent).toHaveLength(1)
  })

  it('does without an issuer, as older Enterprise Servers do', async () => {
    const { iss: _none, ...callback } = row.callback
    expect((await begin(stage, { ...row, callback }).connect()).connection.status).toBe('active')
  })
})
