import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { OAuthClient } from '../../src/client-types.ts'
import { isOAuthError } from '../../src/errors/oauth-error.ts'
import { memoryStore } from '../../src/stores/memory-store.ts'
import type { TokenStore } from '../../src/types.ts'
import { type Acme, failure, json, startAcme } from '../support/connected.ts'
import { latch } from '../support/latch.ts'

const minute = 60_000
const day = 86_400_000

let acme: Acme
beforeEach(async () => {
  acme = await startAcme()
})
afterEach(() => acme.close())

/** Connects tenants, each with a refresh token that names it. */
async function connect(client: OAuthClient, tenants: readonly string[], expiresIn = 3600) {
  for (const tenantId of tenants) {
    acme.endpoints['/token'] = () =>
      json({ access_token: `at-${tenantId}`, refresh_token: `rt-${tenantId}`, expires_in: expiresIn })
    const { state } = await client.authorize({ tenantId })
    await client.callback(`?code=c&state=${state}`)
  }
  acme.server.requests.length = 0
  acme.endpoints['/token'] = ({ body }) => {
    const used = new URLSearchParams(body).get('refresh_token')
    return json({ access_token: `${used}-at`, refresh_token: `${used}+`, expires_in: expiresIn })
  }
}
const refreshed = () => acme.sentRefreshTokens().sort()

describe('refreshExpiring', () => {
  it('refreshes what ends within the time that is given, and nothing else', async () => {
    const client = acme.client()
    await connect(client, ['a', 'b'])
    acme.pass(30 * minute)
    await connect(client, ['c'])
    acme.pass(20 * minute)
    expect(await client.refreshExpiring({ within: 10 * minute + 1 })).toEqual({
      refreshed: 2,
      failed: 0,
      reconnectRequired: 0,
    })
    expect(refreshed()).toEqual(['rt-a', 'rt-b'])
    expect(await client.getAccessToken({ tenantId: 'a' })).toBe('rt-a-at')
    expect(await client.refreshExpiring({ within: 10 * minute + 1 })).toMatchObject({ refreshed: 0 })
  })

  it('leaves to another client id what was connected with it: to the provider this client is a stranger', async () => {
    const store = memoryStore()
    const client = acme.client({ store })
    await connect(client, ['a'])
    acme.pass(55 * minute)
    const other = acme.client({ store, clientId: 'another' })
    expect(await other.refreshExpiring()).toEqual({ refreshed: 0, failed: 0, reconnectRequired: 0 })
    expect(refreshed()).toEqual([])
    expect(await client.refreshExpiring()).toMatchObject({ refreshed: 1 })
    expect(refreshed()).toEqual(['rt-a'])
  })

  it('keeps alive what nobody has used for long, without a look at the access token', async () => {
    const client = acme.client()
    await connect(client, ['a'])
    acme.pass(5 * day)
    await connect(client, ['b'])
    acme.pass(5 * day)
    expect(await client.refreshExpiring({ idleFor: 6 * day })).toMatchObject({ refreshed: 1 })
    expect(refreshed()).toEqual(['rt-a'])
    expect((await client.getTokens({ tenantId: 'a' })).refreshToken).toBe('rt-a+')
  })

  it('knows from the definition when a refresh token is in danger: half of its idle life, 30 days at most', async () => {
    const refresh = { rotates: true, lifetime: { idle: (20 * day) / 1000 } } as const
    const client = acme.client({}, { refresh })
    await connect(client, ['a'], 90 * 86_400)
    acme.pass(10 * day)
    expect(await client.refreshExpiring()).toMatchObject({ refreshed: 0 })
    acme.pass(1)
    expect(await client.refreshExpiring()).toMatchObject({ refreshed: 1 })
    const longer = acme.client({}, { refresh: { rotates: true, lifetime: { idle: (400 * day) / 1000 } } })
    acme.pass(30 * day + 1)
    expect(await longer.refreshExpiring()).toMatchObject({ refreshed: 1 })
  })

  it('without options keeps access tokens warm too: those of the next ten minutes', async () => {
    const client = acme.client()
    await connect(client, ['a'])
    acme.pass(50 * minute)
    expect(await client.refreshExpiring()).toMatchObject({ refreshed: 0 })
    acme.pass(1)
    expect(await client.refreshExpiring()).toMatchObject({ refreshed: 1 })
  })

  it('renews no token in the first half of its life, however long the time', async () => {
    const client = acme.client()
    await connect(client, ['a'])
    acme.pass(30 * minute - 1)
    expect(await client.refreshExpiring({ within: 10 * day })).toMatchObject({ refreshed: 0 })
    acme.pass(1)
    expect(await client.refreshExpiring({ within: 10 * day })).toMatchObject({ refreshed: 1 })
    expect(await client.refreshExpiring({ within: 10 * day })).toMatchObject({ refreshed: 0 })
  })

  it('is done once in any number of processes at a time', async () => {
    const clients = [acme.client(), acme.client(), acme.client()]
    const tenants = Array.from({ length: 40 }, (_none, index) => `t${index}`)
    await connect(acme.client(), tenants)
    acme.pass(3_600_000)
    const counts = await Promise.all(clients.map((client) => client.refreshExpiring({ concurrency: 3 })))
    expect(counts.reduce((sum, count) => sum + count.refreshed, 0)).toBe(40)
    expect(counts.every(({ refreshed }) => refreshed > 0)).toBe(true)
    expect(refreshed()).toEqual(tenants.map((tenant) => `rt-${tenant}`).sort())
  })

  it('works on so many at a time as it is told', async () => {
    const client = acme.client()
    await connect(client, ['a', 'b', 'c', 'd', 'e', 'f'])
    acme.pass(3_600_000)
    const works = acme.endpoints['/token']
    let arrived = 0
    let running = 0
    let most = 0
    let pair = latch()
    acme.endpoints['/token'] = async (request) => {
      running += 1
      most = Math.max(most, running)
      // The first of two waits for the second: a sweep of one at a time would never get here.
      const { promise, resolve } = pair
      arrived += 1
      if (arrived % 2 === 0) {
        resolve()
        pair = latch()
      }
      await promise
      running -= 1
      return works?.(request) ?? json({})
    }
    await client.refreshExpiring({ concurrency: 2 })
    expect(most).toBe(2)
    expect(refreshed()).toHaveLength(6)
  })

  it('counts what fails for now, tells onError and goes on', async () => {
    const errors: (string | undefined)[] = []
    const client = acme.client({
      hooks: { onError: ({ error, connection }) => errors.push(`${error.code} ${connection?.tenantId}`) },
    })
    await connect(client, ['a', 'b', 'c'])
    const works = acme.endpoints['/token']
    acme.endpoints['/token'] = (arrived) =>
      arrived.body.includes('rt-b') ? json({}, 503) : (works?.(arrived) ?? json({}))
    // Still alive: whoever asks for a token gets the old one, but a sweep says that it could not renew it.
    acme.pass(55 * minute)
    expect(await client.refreshExpiring()).toEqual({ refreshed: 2, failed: 1, reconnectRequired: 0 })
    expect(errors).toEqual(['provider_error b'])
    expect(await client.getAccessToken({ tenantId: 'b' })).toBe('at-b')
  })

  it('counts grants that have ended, and does not ask for them again', async () => {
    const told: string[] = []
    const client = acme.client({
      hooks: { onReconnectRequired: ({ connection }) => told.push(connection.tenantId) },
    })
    await connect(client, ['a', 'b'])
    const works = acme.endpoints['/token']
    acme.endpoints['/token'] = (arrived) =>
      arrived.body.includes('rt-b') ? json({ error: 'invalid_grant' }, 400) : (works?.(arrived) ?? json({}))
    acme.pass(3_600_000)
    expect(await client.refreshExpiring()).toEqual({ refreshed: 1, failed: 0, reconnectRequired: 1 })
    acme.pass(3_600_000)
    expect(await client.refreshExpiring()).toEqual({ refreshed: 1, failed: 0, reconnectRequired: 0 })
    expect(told).toEqual(['b'])
    expect(acme.sentRefreshTokens().filter((token) => token === 'rt-b')).toHaveLength(1)
  })

  it('marks what has ended and cannot be renewed, and leaves alone what has no end', async () => {
    const client = acme.client()
    acme.endpoints['/token'] = () => json({ access_token: 'at', expires_in: 3600 })
    const first = await client.authorize({ tenantId: 'ends' })
    await client.callback(`?code=c&state=${first.state}`)
    acme.endpoints['/token'] = () => json({ access_token: 'at' })
    const second = await client.authorize({ tenantId: 'endless' })
    await client.callback(`?code=c&state=${second.state}`)
    acme.pass(3_600_000)
    expect(await client.refreshExpiring()).toEqual({ refreshed: 0, failed: 0, reconnectRequired: 1 })
    expect((await client.getConnection({ tenantId: 'ends' }))?.status).toBe('reconnect_required')
    acme.pass(400 * day)
    expect(await client.refreshExpiring()).toEqual({ refreshed: 0, failed: 0, reconnectRequired: 0 })
    expect(await client.getAccessToken({ tenantId: 'endless' })).toBe('at')
  })

  it('tells its progress after each', async () => {
    const client = acme.client()
    await connect(client, ['a', 'b'])
    acme.pass(3_600_000)
    const seen: unknown[] = []
    await client.refreshExpiring({
      concurrency: 1,
      onProgress: ({ connection, ...counts }) => seen.push({ tenant: connection.tenantId.length, ...counts }),
    })
    expect(seen).toEqual([
      { tenant: 1, outcome: 'refreshed', refreshed: 1, failed: 0, reconnectRequired: 0 },
      { tenant: 1, outcome: 'refreshed', refreshed: 2, failed: 0, reconnectRequired: 0 },
    ])
  })

  it('ends early at a signal, with what has begun done', async () => {
    const client = acme.client()
    await connect(client, ['a', 'b', 'c', 'd'])
    acme.pass(3_600_000)
    const stop = new AbortController()
    const counts = await client.refreshExpiring({
      concurrency: 1,
      signal: stop.signal,
      onProgress: () => stop.abort(),
    })
    expect(counts).toEqual({ refreshed: 1, failed: 0, reconnectRequired: 0 })
    expect(refreshed()).toHaveLength(1)
    expect(await client.refreshExpiring({ signal: AbortSignal.abort() })).toMatchObject({ refreshed: 0 })
    expect(refreshed()).toHaveLength(1)
  })

  it('waits as long as a rate limit says before it asks for the next', async () => {
    const client = acme.client()
    await connect(client, ['a', 'b'])
    acme.pass(3_600_000)
    const works = acme.endpoints['/token']
    const times: number[] = []
    acme.endpoints['/token'] = (arrived) => {
      times.push(performance.now())
      return times.length === 1 ? json({}, 429, { 'retry-after': '1' }) : (works?.(arrived) ?? json({}))
    }
    expect(await client.refreshExpiring({ concurrency: 1 })).toMatchObject({ refreshed: 1, failed: 1 })
    const [first = 0, second = 0] = times
    expect(second - first).toBeGreaterThan(950)
  })

  it('says store_failed when the connections cannot be listed, and keeps what it has done', async () => {
    const inner = memoryStore()
    const store: TokenStore = {
      ...inner,
      async *list(filter) {
        for await (const record of inner.list(filter)) {
          yield record
          throw new Error('connection reset')
        }
      },
    }
    const client = acme.client({ store })
    await connect(client, ['a', 'b'])
    acme.pass(3_600_000)
    expect((await failure(client.refreshExpiring())).code).toBe('store_failed')
    expect(refreshed()).toEqual(['rt-a'])
  })

  it.each([{ within: -1 }, { idleFor: Number.NaN }, { concurrency: 0 }, { within: Infinity }])(
    'refuses %o',
    async (options) => {
      expect((await failure(acme.client().refreshExpiring(options))).code).toBe('params_invalid')
    },
  )

  it('passes on what onProgress throws', async () => {
    const client = acme.client()
    await connect(client, ['a'])
    acme.pass(3_600_000)
    const thrown = new TypeError('of the application')
    const sweep = client.refreshExpiring({
      onProgress: () => {
        throw thrown
      },
    })
    await expect(sweep).rejects.toBe(thrown)
    expect(isOAuthError(thrown)).toBe(false)
  })
})
