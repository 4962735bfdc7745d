import { describe, expect, it } from 'vitest'
import { failure } from '../../support/connected.ts'
import { documented, json, ref, useStage } from '../flow-stage.ts'
import { begin } from '../flow-walk.ts'
import { row } from '../rows/monday.ts'

const stage = useStage()

describe('monday', () => {
  it('knows no end of a token that does not tell it', async () => {
    const walk = begin(stage, row, { token: documented('monday', 'token-opaque') })
    expect((await walk.connect()).connection.expiresAt).toBeUndefined()
    expect(await walk.client.getAccessToken(ref)).toBe('a-token-that-is-no-jwt')
  })

  it('opens the account that the flow is for, however it was written', async () => {
    const { url } = await begin(stage, row, { params: { subdomain: 'https://Acme.monday.com/' } }).authorize()
    expect(new URL(url).searchParams.get('subdomain')).toBe('acme')
    const other = begin(stage, row, { params: { subdomain: 'acme.evil.example' } })
    expect((await failure(other.authorize())).code).toBe('params_invalid')
  })

  it('waits when GraphQL says "too many" under HTTP 200', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    stage.sent.length = 0
    const limited = documented('monday', 'api-rate-limited')
    stage.answer(
      row.api.request.endpoint,
      { ...limited, headers: { ...limited.headers, 'retry-after': '1' } },
      json({ data: { me: { id: '1' } } }),
    )
    const response = await walk.client.fetch(ref, row.api.path)
    expect(await response.json()).toEqual({ data: { me: { id: '1' } } })
    expect(stage.sent).toHaveLength(2)
  })

  it('hands back a wait of a minute, and sends no POST twice', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    stage.sent.length = 0
    stage.answer('POST https://api.monday.com/v2', documented('monday', 'api-rate-limited'))
    const response = await walk.client.fetch(ref, '/v2', {
      method: 'POST',
      body: '{"query":"{ me { id } }"}',
    })
    expect([response.status, response.headers.get('retry-after')]).toEqual([200, '60'])
    expect(await response.json()).toMatchObject({
      errors: [{ extensions: { code: 'COMPLEXITY_BUDGET_EXHAUSTED' } }],
    })
    expect(stage.sent).toHaveLength(1)
  })
})
