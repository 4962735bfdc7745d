import { afterEach, describe, expect, it, vi } from 'vitest'
import { describeWithPostgres, describeWithRedis } from '../support/servers.ts'
import type { StoreKind } from '../support/store-spec.ts'
import { type Outcome, tokenId } from './commands.ts'
import { newStore } from './new-store.ts'
import { type Setting, type SettingOptions, startSetting } from './setting.ts'

let setting: Setting | undefined
afterEach(async () => {
  await setting?.close()
  setting = undefined
})

async function start(options: Omit<SettingOptions, 'workers'>) {
  const started = await startSetting({ ...options, workers: 2 })
  setting = started
  const [first, second] = started.workers
  if (!first || !second) throw new Error('there are two')
  const ask = { do: 'tokens', count: 3, ...started.whom } as const
  /** From now on the first worker's store takes nothing. */
  const breakSaving = () => first.call({ do: 'store', fault: { on: 'save', effect: 'before', times: 1_000 } })
  const heal = () => first.call({ do: 'store', fault: { on: 'nothing' } })
  const stored = async () => tokenId((await started.client.getTokens({ tenantId: 't1' })).accessToken)
  await started.expire()
  return { ...started, first, second, ask, breakSaving, heal, stored }
}

function onlyToken(outcome: Outcome | 'died'): string {
  if (outcome === 'died') throw new Error('it died')
  const [token, ...others] = Object.keys(outcome.tokens)
  expect(outcome.errors).toEqual({})
  expect(others).toEqual([])
  if (token === undefined) throw new Error('no token')
  return token
}

function outages(kind: StoreKind): void {
  it('keeps the tokens that could not be saved: served here, not spent elsewhere, told, saved later', async () => {
    const { first, second, ask, breakSaving, heal, stored, simulated } = await start({
      store: newStore(kind),
      manner: 'strict',
    })
    await breakSaving()
    const token = onlyToken(await first.call(ask))
    expect(first.heard).toContainEqual({ kind: 'heard', hook: 'error', code: 'store_failed', tenantId: 't1' })
    expect(await stored()).not.toBe(token)

    const waiting = second.call(ask)
    expect(onlyToken(await first.call(ask))).toBe(token)
    await heal()
    expect(onlyToken(await waiting)).toBe(token)
    expect(await stored()).toBe(token)
    expect(simulated.refreshRequests()).toBe(1)
  }, 30_000)

  it('saves on close what could not be saved before', async () => {
    const { first, ask, breakSaving, heal, stored } = await start({ store: newStore(kind), manner: 'strict' })
    await breakSaving()
    const token = onlyToken(await first.call(ask))
    const failed = () => first.heard.filter(({ code }) => code === 'store_failed').length
    // The next attempt by itself is now two seconds away.
    await vi.waitUntil(() => failed() >= 4, { timeout: 10_000, interval: 5 })
    await heal()
    expect(await stored()).not.toBe(token)
    await first.call({ do: 'close' })
    expect(await stored()).toBe(token)
    expect(await first.ended).toBe(0)
  }, 30_000)

  it('does not overwrite newer tokens with those that come late', async () => {
    const { first, second, ask, breakSaving, heal, stored, simulated } = await start({
      store: newStore(kind),
      manner: 'graceful',
      leaseMs: 700,
    })
    await breakSaving()
    const late = onlyToken(await first.call(ask))
    // The lease is over, and the provider has a grace: the second process refreshes with what is stored.
    const newer = onlyToken(await second.call(ask))
    expect(newer).not.toBe(late)
    await heal()
    await vi.waitUntil(async () => onlyToken(await first.call(ask)) === newer, {
      timeout: 10_000,
      interval: 20,
    })
    expect(await stored()).toBe(newer)
    expect(simulated.refreshRequests()).toBe(2)
  }, 30_000)

  it('takes a write that seemed to have failed for what it was', async () => {
    const { first, second, ask, stored, simulated } = await start({ store: newStore(kind), manner: 'strict' })
    await first.call({ do: 'store', fault: { on: 'save', effect: 'after', times: 1 } })
    const token = onlyToken(await first.call(ask))
    expect(await stored()).toBe(token)
    expect(onlyToken(await second.call(ask))).toBe(token)
    expect(onlyToken(await first.call(ask))).toBe(token)
    expect(simulated.refreshRequests()).toBe(1)
  }, 30_000)
}

describe('a store that fails after a rotation', () => {
  describe('on LMDB', () => outages('lmdb'))
})
describeWithRedis('a store that fails after a rotation, on Redis', () => outages('redis'))
describeWithPostgres('a store that fails after a rotation, on Postgres', () => outages('postgres'))
