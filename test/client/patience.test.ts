import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { storeFailed } from '../../src/stores/store-failure.ts'
import type { TokenStore } from '../../src/types.ts'
import { breakable } from '../support/breakable-store.ts'
import { type Acme, failure, json, startAcme } from '../support/connected.ts'

let acme: Acme
beforeEach(async () => {
  acme = await startAcme()
})
afterEach(() => acme.close())

describe('a coordinator that fails while the token still lives', () => {
  it('costs the caller nothing', async () => {
    const errors: string[] = []
    const { client } = await acme.connected({
      coordinator: {
        claim: async () => true,
        withLease: () => Promise.reject(storeFailed('the lease got no answer')),
      },
      hooks: { onError: ({ error }) => errors.push(error.code) },
    })
    acme.pass(3_400_000)
    expect(await client.getAccessToken(acme.ref)).toBe('at-1')
    expect(errors).toEqual(['store_failed'])
    acme.pass(300_000)
    expect((await failure(client.getAccessToken(acme.ref))).code).toBe('store_failed')
  })

  it('nor does a holder of the lease that does not end: it waits two seconds, once', async () => {
    const { client } = await acme.connected({
      coordinator: { claim: async () => true, withLease: () => new Promise(() => undefined) },
    })
    acme.pass(3_400_000)
    const all = await Promise.all(Array.from({ length: 20 }, () => client.getAccessToken(acme.ref)))
    expect(new Set(all)).toEqual(new Set(['at-1']))
    const begun = performance.now()
    expect(await client.getAccessToken(acme.ref)).toBe('at-1')
    expect(performance.now() - begun).toBeLessThan(1_000)
  })
})

describe('a grant that the provider calls over', () => {
  /** A store that is not this process's own memory. */
  const shared = (): TokenStore => ({ ...acme.store })

  it('is looked at again, since the process that has renewed it may still be writing', async () => {
    const { client } = await acme.connected({ store: shared() })
    const winner = acme.client({
      coordinator: { claim: async () => true, withLease: (_key, _ttl, run) => run() },
    })
    acme.pass(3_600_000)
    let looks = 0
    const watched: TokenStore = {
      ...acme.store,
      async load(of) {
        looks += 1
        // The second look after the refusal is the first that can see the winner's write.
        if (looks === 4) await winner.refresh(acme.ref)
        return acme.store.load(of)
      },
    }
    acme.endpoints['/token'] = ({ body }) =>
      looks < 4 || new URLSearchParams(body).get('refresh_token') !== 'rt-1'
        ? json({ error: 'invalid_grant' }, 400)
        : acme.rotating()
    const loser = acme.client({ store: watched })
    expect(await loser.getAccessToken(acme.ref)).toBe('at-2')
    expect((await client.getConnection(acme.ref))?.status).toBe('active')
  })

  it('is over for whoever asked, also while the store cannot be told; the next one hears it again', async () => {
    const broken = breakable()
    const told: string[] = []
    const { client } = await acme.connected({
      store: broken.store,
      hooks: {
        onError: ({ error }) => told.push(error.code),
        onReconnectRequired: () => told.push('hook'),
      },
    })
    acme.endpoints['/token'] = () => json({ error: 'invalid_grant' }, 400)
    acme.pass(3_600_000)
    broken.state.down = 'before'
    expect((await failure(client.getAccessToken(acme.ref))).code).toBe('reconnect_required')
    expect(told).toEqual(['store_failed'])
    broken.state.down = false
    expect((await failure(client.getAccessToken(acme.ref))).code).toBe('reconnect_required')
    expect(told).toEqual(['store_failed', 'hook'])
    expect(acme.sentRefreshTokens()).toEqual(['rt-1', 'rt-1'])
  })

  it('is over when nobody has renewed it', async () => {
    const { client } = await acme.connected({ store: shared() })
    acme.endpoints['/token'] = () => json({ error: 'invalid_grant' }, 400)
    acme.pass(3_600_000)
    expect((await failure(client.getAccessToken(acme.ref))).code).toBe('reconnect_required')
    expect(acme.sentRefreshTokens()).toEqual(['rt-1'])
  })
})
