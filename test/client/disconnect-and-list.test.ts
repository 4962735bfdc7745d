import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createOAuthClient } from '../../src/create-client.ts'
import { memoryStore } from '../../src/stores/memory-store.ts'
import { credentials } from '../support/acme.ts'
import { type Acme, failure, json, startAcme } from '../support/connected.ts'

let acme: Acme
beforeEach(async () => {
  acme = await startAcme()
})
afterEach(() => acme.close())

describe('disconnect', () => {
  it('revokes, removes and tells the hook', async () => {
    const told: boolean[] = []
    const { client } = await acme.connected({
      hooks: { onDisconnected: ({ revoked }) => told.push(revoked) },
    })
    expect(await client.disconnect(acme.ref)).toEqual({ revoked: true })
    const sent = Object.fromEntries(new URLSearchParams(acme.sentTo('/revoke')[0]?.body))
    expect(sent).toEqual({ token: 'rt-1', client_id: 'client-1', client_secret: 'client-secret-value' })
    expect(await client.getConnection(acme.ref)).toBeUndefined()
    expect(told).toEqual([true])
  })

  it('removes the record even when the provider refuses or answers with a page', async () => {
    const { client } = await acme.connected()
    acme.endpoints['/revoke'] = () => ({
      status: 502,
      headers: { 'content-type': 'text/html' },
      body: '<html></html>',
    })
    expect(await client.disconnect(acme.ref)).toMatchObject({
      revoked: false,
      error: { code: 'html_response' },
    })
    expect(await client.getConnection(acme.ref)).toBeUndefined()
  })

  it('counts a declared "gone" as revoked', async () => {
    const revocation = { ...acme.definition.revocation, gone: [{ status: 404 }] }
    const { client } = await acme.connected({}, { revocation })
    acme.endpoints['/revoke'] = () => json({ message: 'Not Found' }, 404)
    expect(await client.disconnect(acme.ref)).toEqual({ revoked: true })
  })

  it('says revoked: false for what is not there, and where the provider has no way', async () => {
    expect(await acme.client().disconnect(acme.ref)).toEqual({ revoked: false })
    const { client } = await acme.connected()
    const { revocation: _none, ...without } = acme.definition
    const plain = createOAuthClient(without, { ...credentials, store: acme.store, clock: acme.now })
    expect(await plain.disconnect(acme.ref)).toEqual({ revoked: false })
    expect(await client.getConnection(acme.ref)).toBeUndefined()
  })

  it('removes a record whose tokens do not open, and says that nothing was revoked', async () => {
    await acme.connected()
    const other = acme.client({ secret: 'y'.repeat(32) })
    expect(await other.disconnect(acme.ref)).toMatchObject({
      revoked: false,
      error: { code: 'record_unreadable' },
    })
    expect(await other.getConnection(acme.ref)).toBeUndefined()
  })

  it('sends a token as the credential as it is, also one that looks like a template', async () => {
    acme.endpoints['/token'] = () => json({ access_token: 'at-{tenant}-1' })
    const revocation = {
      ...acme.definition.revocation,
      authentication: 'access_token',
      body: 'none',
    } as const
    const { client } = await acme.connected({}, { revocation })
    expect(await client.disconnect(acme.ref)).toEqual({ revoked: true })
    expect(acme.sentTo('/revoke')[0]?.headers.authorization).toBe('Bearer at-{tenant}-1')
  })

  it('rejects with store_failed when the store is down', async () => {
    const { client } = await acme.connected()
    const broken = acme.client({ store: { ...memoryStore(), load: () => Promise.reject(new Error('down')) } })
    const error = await failure(broken.disconnect(acme.ref))
    expect(error).toMatchObject({ code: 'store_failed', provider: 'acme' })
    expect(error.message).toMatch(/^Acme OAuth failed: store_failed - /)
    expect((await failure(broken.getAccessToken(acme.ref))).message).toMatch(
      /^Acme OAuth failed: store_failed - /,
    )
    expect((await client.getConnection(acme.ref))?.status).toBe('active')
  })

  it('waits for a refresh in flight and revokes the token that came of it', async () => {
    const { client } = await acme.connected()
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    let arrive = () => {}
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve
    })
    acme.endpoints['/token'] = async () => {
      arrive()
      await held
      return json({ access_token: 'at-2', refresh_token: 'rt-2' })
    }
    const refreshing = client.refresh(acme.ref)
    await arrived
    const disconnecting = client.disconnect(acme.ref)
    release()
    await refreshing
    await disconnecting
    expect(new URLSearchParams(acme.sentTo('/revoke')[0]?.body).get('token')).toBe('rt-2')
    expect(await client.getConnection(acme.ref)).toBeUndefined()
  })
})

/** `Array.fromAsync` is not on Node 20. */
async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

describe('list', () => {
  it("yields this provider's connections by filter, without secrets", async () => {
    const { client } = await acme.connected()
    const second = await client.authorize({ tenantId: 't2', connectionId: 'b' })
    await client.callback(`?code=c&state=${second.state}`)
    const other = acme.client({}, { id: 'other' })
    const third = await other.authorize({ tenantId: 't1' })
    await other.callback(`?code=c&state=${third.state}`)
    const all = await collect(client.list())
    expect(all.map(({ tenantId, connectionId }) => [tenantId, connectionId]).sort()).toEqual([
      ['t1', 'default'],
      ['t2', 'b'],
    ])
    expect(JSON.stringify(all)).not.toMatch(/sealed|at-1|rt-1/)
    expect(await collect(client.list({ tenantId: 't2' }))).toHaveLength(1)
    expect(await collect(client.list({ expiresBefore: new Date(acme.now()) }))).toEqual([])
    expect(await collect(client.list({ status: 'reconnect_required' }))).toEqual([])
  })
})
