import { describe, expect, it } from 'vitest'
import type { Warning } from '../../../src/types.ts'
import { failure } from '../../support/connected.ts'
import { documented, json, ref, useStage } from '../flow-stage.ts'
import { begin } from '../flow-walk.ts'
import { row } from '../rows/stripe.ts'

const stage = useStage()

describe('stripe', () => {
  it('keeps the code to itself that Stripe quotes', async () => {
    const token = json(
      { error: 'invalid_grant', error_description: 'Authorization code does not exist: ac_123456789' },
      400,
    )
    const error = await failure(begin(stage, row, { token }).connect())
    expect(error.message).toMatch(/^Stripe OAuth failed: invalid_grant - Authorization code does not exist/)
    expect(error.message).not.toContain('ac_123456789')
  })

  it('counts an account that is not connected any more as revoked', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    stage.answer('POST https://connect.stripe.com/oauth/deauthorize', documented('stripe', 'revoke-gone'))
    expect(await walk.client.disconnect(ref)).toEqual({ revoked: true })
  })

  it('does not count another mistake of the same name as revoked', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    stage.answer('POST https://connect.stripe.com/oauth/deauthorize', documented('stripe', 'revoke-error'))
    expect(await walk.client.disconnect(ref)).toMatchObject({
      revoked: false,
      error: { error: 'invalid_client' },
    })
  })

  it('connects no account whose id is none', async () => {
    const body = { ...Object(documented('stripe', 'token').body), stripe_user_id: 'acct_1/../v1' }
    expect((await failure(begin(stage, row, { token: json(body) }).connect())).code).toBe('params_invalid')
  })

  it('reads files with the token', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    stage.answer('GET https://files.stripe.com/v1/files/file_1/contents', json({}))
    const response = await walk.client.fetch(ref, 'https://files.stripe.com/v1/files/file_1/contents')
    expect(response.status).toBe(200)
    expect(stage.sent.at(-1)?.headers.authorization).toBe('Bearer sk_test_documentation_sample')
  })

  it('says that a new integration goes another way', async () => {
    const warnings: Warning[] = []
    const hooks = { onWarning: (warning: Warning) => void warnings.push(warning) }
    await begin(stage, row, { options: { hooks } }).connect()
    expect(warnings).toContainEqual(
      expect.objectContaining({
        code: 'provider_ending',
        provider: 'stripe',
        lifecycle: expect.objectContaining({ status: 'legacy', since: '2021-06-01' }),
      }),
    )
  })
})
