import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ProviderDefinition } from '../../src/provider/definition.ts'
import type { Warning } from '../../src/types.ts'
import { type Acme, json, startAcme } from '../support/connected.ts'

let acme: Acme
let warnings: Warning[]
beforeEach(async () => {
  acme = await startAcme()
  warnings = []
})
afterEach(() => acme.close())

type Revocation = NonNullable<ProviderDefinition['revocation']>

/** A product of a provider that has one grant for all of them. */
function product(id: string, ends: Revocation['ends'] = 'grant') {
  const client = acme.client(
    { hooks: { onWarning: (warning) => warnings.push(warning) } },
    {
      id,
      revocation: { ...acme.definition.revocation, ...(ends && { ends }), sharedWith: ['mail', 'files'] },
    },
  )
  return {
    client,
    async connect(tenantId = 't1', connectionId = 'default') {
      const { state } = await client.authorize({ tenantId, connectionId })
      return (await client.callback(`?code=c&state=${state}`)).connection
    },
  }
}

describe('disconnecting one of several that share a grant', () => {
  it('revokes, warns of what ends too, and names it', async () => {
    const [mail, files] = [product('mail'), product('files')]
    const sibling = await files.connect()
    await mail.connect()
    expect(await mail.client.disconnect(acme.ref)).toEqual({ revoked: true, alsoEnded: [sibling] })
    expect(warnings).toEqual([
      {
        code: 'revokes_siblings',
        provider: 'mail',
        message:
          'Revoking this Acme connection also ends files (connection "default"): they share one grant. Pass { revoke: false } to keep it.',
        connections: [sibling],
      },
    ])
    expect(acme.sentTo('/revoke')).toHaveLength(1)
  })

  it('leaves the grant alone where it is told to', async () => {
    const [mail, files] = [product('mail'), product('files')]
    await files.connect()
    await mail.connect()
    expect(await mail.client.disconnect(acme.ref, { revoke: false })).toEqual({ revoked: false })
    expect(acme.sentTo('/revoke')).toEqual([])
    expect(warnings).toEqual([])
    expect(await mail.client.getConnection(acme.ref)).toBeUndefined()
    expect(await files.client.getConnection(acme.ref)).toMatchObject({ status: 'active' })
  })

  it('counts a second connection of the same product and account', async () => {
    const mail = product('mail')
    const other = await mail.connect('t1', 'second')
    await mail.connect()
    expect((await mail.client.disconnect(acme.ref)).alsoEnded).toEqual([other])
  })

  it('does not count another account, another tenant, a product outside, or what has ended already', async () => {
    const [mail, files, other] = [product('mail'), product('files'), product('calls')]
    acme.endpoints['/me'] = () => json({ id: 'account-2' })
    await files.connect()
    acme.endpoints['/me'] = () => json({ id: 'account-1' })
    await files.connect('t2')
    await other.connect()
    await mail.connect('t1', 'ended')
    acme.endpoints['/token'] = () => json({ error: 'invalid_grant' }, 400)
    await mail.client.refresh({ tenantId: 't1', connectionId: 'ended' }).catch(() => undefined)
    acme.endpoints['/token'] = () => json({ access_token: 'at-1', refresh_token: 'rt-1' })
    await mail.connect()
    expect(await mail.client.disconnect(acme.ref)).toEqual({ revoked: true })
    expect(warnings).toEqual([])
  })

  it('says nothing where a revocation ends its own token alone', async () => {
    const [mail, files] = [product('mail', 'token'), product('files', 'token')]
    await files.connect()
    await mail.connect()
    expect(await mail.client.disconnect(acme.ref)).toEqual({ revoked: true })
    expect(warnings).toEqual([])
  })

  it('does not say that they ended where the provider did not revoke', async () => {
    const [mail, files] = [product('mail'), product('files')]
    await files.connect()
    await mail.connect()
    acme.endpoints['/revoke'] = () => json({ error: 'busy' }, 503)
    const result = await mail.client.disconnect(acme.ref)
    expect(result).toMatchObject({ revoked: false, error: { status: 503 } })
    expect(result).not.toHaveProperty('alsoEnded')
  })
})

describe('a revocation by the access token', () => {
  const revocation: Revocation = {
    url: '',
    body: 'none',
    authentication: 'access_token',
    token: 'access_token',
  }

  it('renews one that has ended, or the refresh token would live on', async () => {
    const url = `${new URL(acme.definition.token.url).origin}/revoke`
    const { client } = await acme.connected({}, { revocation: { ...revocation, url } })
    acme.pass(2 * 3_600_000)
    acme.endpoints['/token'] = () => acme.rotating()
    expect(await client.disconnect(acme.ref)).toEqual({ revoked: true })
    expect(acme.sentTo('/revoke').map(({ headers }) => headers.authorization)).toEqual(['Bearer at-2'])
  })

  it('goes on with the old one where that fails', async () => {
    const url = `${new URL(acme.definition.token.url).origin}/revoke`
    const { client } = await acme.connected({}, { revocation: { ...revocation, url } })
    acme.pass(2 * 3_600_000)
    acme.endpoints['/token'] = () => json({ error: 'invalid_grant' }, 400)
    expect(await client.disconnect(acme.ref)).toEqual({ revoked: true })
    expect(acme.sentTo('/revoke').map(({ headers }) => headers.authorization)).toEqual(['Bearer at-1'])
    expect(await client.getConnection(acme.ref)).toBeUndefined()
  })
})
