import { expect, it } from 'vitest'
import { hubspot } from '../../../providers/hubspot.ts'
import type { Warning } from '../../../src/types.ts'
import { documented, json, openClient, ref, useStage } from '../flow-stage.ts'
import { begin } from '../flow-walk.ts'
import { row } from '../rows/hubspot.ts'

const stage = useStage()
const introspection = 'POST https://api.hubapi.com/oauth/2026-03/token/introspect'

async function connectWith(answer: ReturnType<typeof json>) {
  stage.answer(row.exchange.endpoint, documented('hubspot', 'token'))
  stage.answer(introspection, answer)
  const walk = begin(stage, row)
  const { state } = await walk.authorize()
  return { ...walk, ...(await walk.client.callback(walk.returnTo(state))) }
}

it('calls an account by its number where introspection names no domain', async () => {
  const { connection, reported } = await connectWith(documented('hubspot', 'discovery-plain'))
  expect(connection.account).toEqual({ id: '62515', name: '62515' })
  expect(reported).toEqual([])
})

it('connects though introspection fails, and tells it without the client’s secret', async () => {
  const refusal = { error: 'invalid_client', error_description: 'client-secret is wrong' }
  const { connection, reported } = await connectWith(json(refusal, 401))
  expect([connection.status, connection.account?.id]).toEqual(['active', '62515'])
  expect(reported).toHaveLength(1)
  expect(reported[0]?.message).not.toContain('client-secret')
})

it('keeps oauth among the scopes, and asks for none as optional that is asked for outright', async () => {
  const { client } = openClient(hubspot, { redirectUri: row.redirectUri })
  const { url } = await client.authorize({
    ...ref,
    scopes: ['crm.objects.contacts.read', 'sales-email-read'],
  })
  const { searchParams } = new URL(url)
  expect(searchParams.get('scope')).toBe('crm.objects.contacts.read sales-email-read oauth')
  expect(searchParams.get('optional_scope')).toBe('conversations.read')
})

it('names the connections of the same account that a revocation ends', async () => {
  const warnings: Warning[] = []
  const hooks = { onWarning: (warning: Warning) => warnings.push(warning) }
  const walk = begin(stage, row, { options: { hooks } })
  await walk.connect()
  const { state } = await walk.client.authorize({ ...ref, connectionId: 'second' })
  await walk.client.callback(walk.returnTo(state))
  stage.answer('POST https://api.hubapi.com/oauth/2026-03/token/revoke', documented('hubspot', 'revoke'))
  await walk.client.disconnect(ref)
  expect(warnings).toMatchObject([{ code: 'revokes_siblings', connections: [{ connectionId: 'second' }] }])
})
