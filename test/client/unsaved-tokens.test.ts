import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { TokenStore } from '../../src/types.ts'
import { breakable } from '../support/breakable-store.ts'
import { type Acme, failure, json, startAcme } from '../support/connected.ts'
import { latch } from '../support/latch.ts'

let acme: Acme
beforeEach(async () => {
  acme = await startAcme()
})
afterEach(() => acme.close())

const key = { provider: 'acme', tenantId: 't1', connectionId: 'default' }

/** Two processes have a store object each, on the same data and with the same leases. */
const otherProcess = ({ inner, coordinator }: ReturnType<typeof breakable>): TokenStore => ({
  ...inner,
  coordinator,
})

describe('while the store does not take refreshed tokens', () => {
  it('another client of the same process serves them too', async () => {
    const { store, state } = breakable()
    const { client } = await acme.connected({ store })
    acme.endpoints['/token'] = acme.rotating
    state.down = 'before'
    await client.refresh(acme.ref)
    const second = acme.client({ store })
    expect(await second.getAccessToken(acme.ref)).toBe('at-2')
    expect((await second.getTokens(acme.ref)).refreshToken).toBe('rt-2')
    state.down = false
    await client.close()
    expect(await second.getAccessToken(acme.ref)).toBe('at-2')
  })

  it('the lease is kept, so that no other process spends the rotated refresh token', async () => {
    const broken = breakable()
    const { client } = await acme.connected({ store: broken.store })
    const other = acme.client({ store: otherProcess(broken) })
    acme.endpoints['/token'] = acme.rotating
    acme.pass(3_600_000)
    broken.state.down = 'before'
    expect(await client.getAccessToken(acme.ref)).toBe('at-2')
    const waiting = other.getAccessToken(acme.ref)
    // This process goes on inside the lease that it keeps.
    expect((await client.refresh(acme.ref)).version).toBe(2)
    expect(acme.sentRefreshTokens()).toEqual(['rt-1', 'rt-2'])
    broken.state.down = false
    await client.close()
    expect(await waiting).toBe('at-3')
    expect(acme.sentRefreshTokens()).toEqual(['rt-1', 'rt-2'])
  })

  it('a write that had taken effect is recognised, and the lease given back', async () => {
    const broken = breakable()
    const { client } = await acme.connected({ store: broken.store })
    acme.endpoints['/token'] = acme.rotating
    broken.state.down = 'after'
    await client.refresh(acme.ref)
    broken.state.down = false
    await client.close()
    expect(await broken.inner.load(key)).toMatchObject({ version: 2 })
    await acme.client({ store: otherProcess(broken) }).refresh(acme.ref)
    expect(acme.sentRefreshTokens()).toEqual(['rt-1', 'rt-2'])
  })

  it('close() keeps trying, and says so when it has to give up', async () => {
    const { store, state, inner } = breakable()
    const { client } = await acme.connected({ store })
    acme.endpoints['/token'] = acme.rotating
    state.down = 'before'
    await client.refresh(acme.ref)
    const obtainedAt = new Date(acme.now())
    acme.pass(60_000)
    const closing = client.close()
    state.down = false
    await closing
    expect((await acme.client({ store: inner }).getTokens(acme.ref)).refreshToken).toBe('rt-2')
    expect(await inner.load(key)).toMatchObject({ refreshedAt: obtainedAt })

    state.down = 'before'
    await client.refresh(acme.ref)
    const error = await failure(client.close())
    expect(error).toMatchObject({ code: 'store_failed', provider: 'acme' })
    expect(error.message).toContain('the refreshed tokens of 1 connection could not be stored')
    expect((await inner.load(key))?.version).toBe(2)
  })

  it('close() waits for a refresh that is under way, and for its tokens to be saved', async () => {
    const { store, state, inner } = breakable()
    const { client } = await acme.connected({ store })
    const { promise: answer, resolve: release } = latch()
    const { promise: asked, resolve: arrived } = latch()
    acme.endpoints['/token'] = async () => {
      arrived()
      await answer
      state.down = 'before'
      return acme.rotating()
    }
    const refreshing = client.refresh(acme.ref)
    await asked
    const closing = client.close()
    release()
    expect((await refreshing).version).toBe(2)
    state.down = false
    await closing
    expect(await acme.client({ store: inner }).getTokens(acme.ref)).toMatchObject({ refreshToken: 'rt-2' })
  })

  it('a change of something else in the store is kept', async () => {
    const { store, state, inner } = breakable()
    const { client } = await acme.connected({ store })
    acme.endpoints['/token'] = acme.rotating
    state.down = 'before'
    await client.refresh(acme.ref)
    await client.refresh(acme.ref)
    const record = await inner.load(key)
    if (!record) throw new Error('not stored')
    const changed = {
      ...record,
      params: { site: 'second' },
      status: 'reconnect_required',
      version: 2,
    } as const
    await inner.save(changed, { expectedVersion: 1 })
    state.down = false
    await client.close()
    expect(await acme.client({ store: inner }).getTokens(acme.ref)).toMatchObject({ refreshToken: 'rt-3' })
    // Another process, in the same outage, had taken the rotated token for a dead one.
    expect(await inner.load(key)).toMatchObject({ params: { site: 'second' }, status: 'active', version: 3 })
  })

  it('a connect of somebody else is not overwritten by the late write', async () => {
    const { store, state, inner } = breakable()
    const { client } = await acme.connected({ store })
    acme.endpoints['/token'] = acme.rotating
    state.down = 'before'
    await client.refresh(acme.ref)
    const other = acme.client({ store: inner })
    acme.endpoints['/token'] = () =>
      json({ access_token: 'new-at', refresh_token: 'new-rt', expires_in: 3600 })
    const { state: flow } = await other.authorize(acme.ref)
    await other.callback(`?code=c&state=${flow}`)
    state.down = false
    await client.close()
    expect(await other.getTokens(acme.ref)).toMatchObject({ refreshToken: 'new-rt' })
    expect(await client.getAccessToken(acme.ref)).toBe('new-at')
  })

  it('a connect in this process puts an end to them', async () => {
    const { store, state, inner } = breakable()
    const { client } = await acme.connected({ store })
    acme.endpoints['/token'] = acme.rotating
    state.down = 'before'
    await client.refresh(acme.ref)
    acme.endpoints['/token'] = () =>
      json({ access_token: 'new-at', refresh_token: 'new-rt', expires_in: 3600 })
    const { state: flow } = await client.authorize(acme.ref)
    state.down = false
    await client.callback(`?code=c&state=${flow}`)
    expect(await client.getAccessToken(acme.ref)).toBe('new-at')
    await client.close()
    expect(await acme.client({ store: inner }).getTokens(acme.ref)).toMatchObject({ refreshToken: 'new-rt' })
  })

  it('a disconnect in this process ends them, revoked', async () => {
    const { store, state, inner } = breakable()
    const { client } = await acme.connected({ store })
    acme.endpoints['/token'] = acme.rotating
    state.down = 'before'
    await client.refresh(acme.ref)
    expect((await client.disconnect(acme.ref)).revoked).toBe(true)
    const revoked = acme.sentTo('/revoke').map(({ body }) => new URLSearchParams(body).get('token'))
    expect(revoked).toEqual(['rt-2'])
    state.down = false
    await client.close()
    expect(await inner.load(key)).toBeUndefined()
  })

  it('a disconnect in another process ends them too: they are revoked when the write comes', async () => {
    const { store, state, inner } = breakable()
    const { client } = await acme.connected({ store })
    acme.endpoints['/token'] = acme.rotating
    state.down = 'before'
    await client.refresh(acme.ref)
    await inner.remove(key)
    state.down = false
    await client.close()
    const revoked = acme.sentTo('/revoke').map(({ body }) => new URLSearchParams(body).get('token'))
    expect(revoked).toEqual(['rt-2'])
    expect(await inner.load(key)).toBeUndefined()
    expect((await failure(client.getAccessToken(acme.ref))).code).toBe('connection_not_found')
  })
})

describe('a disconnect that is quicker than a refresh which has lost its lease', () => {
  it('leaves nothing: the refreshed tokens are revoked, and the caller is told', async () => {
    const { client } = await acme.connected()
    acme.endpoints['/token'] = async () => {
      await acme.store.remove(key)
      return acme.rotating()
    }
    acme.pass(3_600_000)
    expect((await failure(client.getAccessToken(acme.ref))).code).toBe('connection_not_found')
    expect(acme.sentTo('/revoke').map(({ body }) => new URLSearchParams(body).get('token'))).toEqual(['rt-2'])
    expect(await acme.store.load(key)).toBeUndefined()
  })
})

describe('a connect whose write is in doubt', () => {
  it.each(['before', 'after'] as const)('is tried once more: failed %s it took effect', async (down) => {
    const broken = breakable()
    let times = 0
    const store: TokenStore = {
      ...broken.store,
      async save(record, options) {
        broken.state.down = times++ === 0 ? down : false
        return broken.store.save(record, options)
      },
    }
    const told: boolean[] = []
    const { connection } = await acme.connected({
      store,
      hooks: { onConnected: ({ reconnected }) => told.push(reconnected) },
    })
    expect(connection.version).toBe(1)
    expect(await broken.inner.load(key)).toMatchObject({ version: 1, status: 'active' })
    expect(told).toEqual([false])
  })
})
