import { describe, expect, it } from 'vitest'
import { zendesk } from '../../../providers/zendesk.ts'
import { failure } from '../../support/connected.ts'
import { documented, json, openClient, ref, useStage } from '../flow-stage.ts'
import { begin } from '../flow-walk.ts'
import { row } from '../rows/zendesk.ts'

const stage = useStage()
const tokenEndpoint = 'POST https://acme.zendesk.com/oauth/tokens'
const current = 'GET https://acme.zendesk.com/api/v2/oauth/tokens/current.json'
const revocation = 'DELETE https://acme.zendesk.com/api/v2/oauth/tokens/223443.json'

it('names the same scopes in the authorization and in the exchange', async () => {
  const { client } = openClient(zendesk, { redirectUri: row.redirectUri })
  const params = { subdomain: 'acme' }
  const { url, state } = await client.authorize({ ...ref, params, scopes: ['tickets:read', 'users:read'] })
  expect(new URL(url).searchParams.get('scope')).toBe('tickets:read users:read')
  stage.answer(tokenEndpoint, documented('zendesk', 'token'))
  stage.answer('GET https://acme.zendesk.com/api/v2/users/me.json', documented('zendesk', 'identity'))
  await client.callback(`${row.redirectUri}?code=c&state=${state}`)
  expect(stage.sent[0]?.body).toMatchObject({ scope: 'tickets:read users:read' })
})

it('connects a client whose tokens have no end', async () => {
  const walk = begin(stage, row, { token: documented('zendesk', 'token-without-end') })
  const { connection } = await walk.connect()
  expect([connection.expiresAt, connection.refreshTokenExpiresAt]).toEqual([undefined, undefined])
  const refused = walk.client.getAccessToken(ref, { rejected: 'gErypPlm4dOVgGRvA1ZzMH5MQ3nLo8bo' })
  expect((await failure(refused)).code).toBe('refresh_unsupported')
})

it.each([
  'acme',
  'ACME',
  'acme.zendesk.com',
  'https://acme.zendesk.com/agent',
  ' https://acme.zendesk.com/admin ',
])('takes %j for the account acme', async (subdomain) => {
  const { url } = await begin(stage, row, { params: { subdomain } }).authorize()
  expect(new URL(url).origin).toBe('https://acme.zendesk.com')
})

it.each([
  '',
  'acme.evil.example',
  'evil.example/acme',
  'acme/..',
  'acme@evil',
  'acme.zendesk.com.evil.example',
  '-acme',
  'a_b',
])('takes %j for no account', async (subdomain) => {
  const error = await failure(begin(stage, row, { params: { subdomain } }).authorize())
  expect(error.code).toBe('params_invalid')
})

describe('revocation', () => {
  it('says that the account forbade it, and forgets the tokens all the same', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    stage.answer(current, documented('zendesk', 'revoke-lookup'))
    stage.answer(revocation, documented('zendesk', 'revoke-forbidden'))
    expect(await walk.client.disconnect(ref)).toMatchObject({ revoked: false, error: { status: 403 } })
    expect(await walk.client.getConnection(ref)).toBeUndefined()
  })

  it('has nothing to do for a token that is no longer listed', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    stage.answer(current, documented('zendesk', 'revoke-lookup'))
    stage.answer(revocation, json({ error: 'RecordNotFound', description: 'Not found' }, 404))
    expect(await walk.client.disconnect(ref)).toEqual({ revoked: true })
  })

  it('believes no id that would lead elsewhere', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    stage.answer(current, json({ token: { id: '../../users/1' } }))
    stage.sent.length = 0
    expect(await walk.client.disconnect(ref)).toMatchObject({ revoked: false })
    expect(stage.sent.map(({ endpoint }) => endpoint)).toEqual([current])
  })

  it('claims nothing where the access token is refused: the refresh token may live on', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    stage.answer(current, documented('zendesk', 'api-expired'))
    stage.answer(tokenEndpoint, documented('zendesk', 'refresh-error'))
    expect(await walk.client.disconnect(ref)).toMatchObject({ revoked: false })
  })
})
