import { expect, it } from 'vitest'
import type { Warning } from '../../../src/types.ts'
import { documented, gatewayPage, json, ref, useStage } from '../flow-stage.ts'
import { begin } from '../flow-walk.ts'
import { row } from '../rows/drift.ts'

const stage = useStage()
const tokenInfo = 'POST https://driftapi.com/app/token_info'

it('warns whoever connects that Drift is ending', async () => {
  const warnings: Warning[] = []
  const hooks = { onWarning: (warning: Warning) => warnings.push(warning) }
  await begin(stage, row, { options: { hooks } }).connect()
  expect(warnings).toMatchObject([
    { code: 'provider_ending', provider: 'drift', lifecycle: { status: 'closing', since: '2026-03-06' } },
  ])
  expect(warnings[0]?.message).toMatch(/^Drift is being closed by its provider \(2026-03-06\)\. /)
})

it('learns the organization from token_info, where the answer does not say', async () => {
  const walk = begin(stage, row, { token: documented('drift', 'token-plain') })
  const { connection } = await walk.connect()
  expect([connection.account, connection.params]).toEqual([{ id: '123' }, { orgId: '123' }])
})

it('connects without token_info', async () => {
  stage.answer(row.exchange.endpoint, documented('drift', 'token'))
  stage.answer(tokenInfo, gatewayPage)
  const walk = begin(stage, row)
  const { state } = await walk.authorize()
  const { connection } = await walk.client.callback(walk.returnTo(state))
  expect([connection.status, connection.account]).toEqual(['active', { id: '123' }])
  expect(walk.reported.map(({ code }) => code)).toEqual(['html_response'])
})

it.each(['orgId:123@evil.example', 'user:123', 'orgId:', 'xorgId:123'])(
  'takes %j for no organization',
  async (id) => {
    stage.answer(row.exchange.endpoint, documented('drift', 'token-plain'))
    stage.answer(tokenInfo, json({ authenticated_userid: id }))
    const walk = begin(stage, row)
    const { state } = await walk.authorize()
    const { connection } = await walk.client.callback(walk.returnTo(state))
    expect([connection.account, connection.params]).toEqual([undefined, {}])
  },
)

it('cannot revoke, and says so', async () => {
  const walk = begin(stage, row)
  await walk.connect()
  stage.sent.length = 0
  expect(await walk.client.disconnect(ref)).toEqual({ revoked: false })
  expect(stage.sent).toEqual([])
})
